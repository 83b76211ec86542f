internal import Core

/// The fragments that a run may use, with the search over them.
package struct SkillCatalogue: Sendable {
    /// How many fragments a search gives when nobody says.
    package static let usualCount = 3

    /// In the order of their slugs.
    package let fragments: [SkillFragment]

    /// - Parameters:
    ///   - fragments: The fragments of all areas.
    ///   - areas: The areas to keep, whatever the case of their letters; empty keeps all.
    package init(_ fragments: [SkillFragment], areas: [String] = []) {
        let wanted = Set(areas.map { $0.trimmed.lowercased() }.filter { !$0.isEmpty })
        self.fragments = fragments.filter { wanted.isEmpty || wanted.contains($0.area) }.sorted { $0.slug < $1.slug }
    }

    /// One line per fragment: slug, area, name, weight.
    package var listing: String {
        fragments.map { "\($0.slug) [\($0.area)] \($0.name) (weight \(Self.written($0.weight)))" }
            .joined(separator: "\n")
    }

    private static func written(_ weight: Double) -> String {
        weight == weight.rounded() ? String(Int(weight)) : String(weight)
    }

    /// The fragments that fit best, the best first; equal ones in the order of their slugs.
    ///
    /// A keyword in the role counts 5, in the task 2; a technology of the fragment that is asked for 3; the slug in
    /// the role 4; the area in the role 3; the sum is multiplied by the weight. Whole words only. A `count` of 0 and
    /// less stands for ``usualCount``.
    package func search(role: String, tech: String, task: String, count: Int = usualCount) -> [SkillFragment] {
        let query = Query(role: Tokens(role), tech: Tokens(tech), task: Tokens(task))
        let scored = fragments.enumerated().map { (index: $0.offset, score: query.score(of: $0.element)) }
        return scored.filter { $0.score > 0 }
            .sorted { ($1.score, $0.index) < ($0.score, $1.index) }
            .prefix(count > 0 ? count : Self.usualCount)
            .map { fragments[$0.index] }
    }

    /// The text of these fragments for a prompt, in the order asked; unknown slugs are skipped.
    package func select(_ slugs: [String]) -> String {
        slugs.compactMap { slug in fragments.first { $0.slug == slug } }
            .map { "### \($0.name)\n\($0.body)" }
            .joined(separator: "\n\n")
    }

    private struct Query {
        let role: Tokens
        let tech: Tokens
        let task: Tokens

        func score(of fragment: SkillFragment) -> Double {
            var score = 0
            for keyword in fragment.keywords {
                score += role.contains(keyword) ? 5 : 0
                score += task.contains(keyword) ? 2 : 0
            }
            score += fragment.tech.contains { tech.contains($0) } ? 3 : 0
            score += role.contains(fragment.slug) ? 4 : 0
            score += role.contains(fragment.area) ? 3 : 0
            return Double(score) * fragment.weight
        }
    }
}
