/// What detection has to know of a guide.
package struct StackSubject: Codable, Sendable, Hashable {
    package let name: String
    /// What people call the stack.
    package let title: String
    /// Words and phrases that mean the stack: `golang`, `node.js`.
    package let words: [String]
    /// Names that are ordinary words too, such as `go`; they count only where the text speaks of a language.
    package let names: [String]
    /// The kinds that the guide has starter code for; the first is the usual one.
    package let kinds: [ProjectKind]

    package init(name: String, title: String, words: [String], names: [String] = [], kinds: [ProjectKind]) {
        self.name = name
        self.title = title
        self.words = words
        self.names = names
        self.kinds = kinds
    }

    /// Whether it is for web pages alone: then its words name a kind rather than a language.
    var isForPagesOnly: Bool { kinds == [.webPage] }
}

/// A part of a project with the stack that was found for it.
package struct StackPart: Codable, Sendable, Hashable {
    package let guide: String
    package let kind: ProjectKind

    package init(guide: String, kind: ProjectKind) {
        self.guide = guide
        self.kind = kind
    }
}

/// What the words of a description say about stacks and kinds.
package struct StackFinding: Codable, Sendable, Hashable {
    /// The parts in the order of the text; empty only if ``unknown`` is set or there are no guides.
    package let parts: [StackPart]
    /// Whether the text names no stack, so that the default was taken.
    package let isDefault: Bool
    /// A language that the text asks for and that no guide knows.
    package let unknown: String?
    /// Sentences for the reader: what was assumed, and why.
    package let notes: [String]
}

/// Finds stacks and kinds in a description by rule: whole words and phrases, never parts of words.
///
/// A pure function: the same guides and the same text give the same finding.
package enum StackDetection {
    /// How much of a description is looked at, in characters.
    static let textLimit = 20_000

    /// - Parameters:
    ///   - text: The description, of any length and language.
    ///   - subjects: The guides, in the order that settles a tie.
    ///   - defaultGuide: The guide for a text that names no stack.
    /// - Returns: The parts, or the unknown language that the text asks for.
    package static func detect(
        _ text: String,
        among subjects: [StackSubject],
        defaultGuide: String
    ) -> StackFinding {
        let reading = DescriptionReading(text)
        if let unknown = reading.unknownLanguage(besides: subjects) {
            return StackFinding(parts: [], isDefault: false, unknown: unknown, notes: [])
        }
        let hits = reading.stackHits(among: subjects)
        guard !hits.isEmpty else { return usual(reading, subjects, defaultGuide) }
        var notes: [String] = []
        let starts = reading.segmentStarts(of: hits)
        let parts = hits.indices.compactMap { index -> StackPart? in
            let end = index + 1 < starts.count ? starts[index + 1] : reading.words.count
            guard let subject = subjects.first(where: { $0.name == hits[index].guide }) else { return nil }
            let wanted = reading.kind(in: starts[index]..<end)
            return part(of: subject, wanted: wanted, &notes)
        }
        return StackFinding(parts: parts, isDefault: false, unknown: nil, notes: notes)
    }

    private static func usual(
        _ reading: DescriptionReading,
        _ subjects: [StackSubject],
        _ defaultGuide: String
    ) -> StackFinding {
        let wanted = reading.kind(in: 0..<reading.words.count)
        let page = wanted == .webPage ? subjects.first { $0.isForPagesOnly } : nil
        let usual = subjects.first { $0.name == defaultGuide } ?? subjects.first
        guard let subject = page ?? usual else {
            return StackFinding(parts: [], isDefault: true, unknown: nil, notes: [])
        }
        let reason = page == nil ? "the default" : "which suits a web page"
        var notes = ["The description names no language or stack, so \(subject.title) is used, \(reason)."]
        let part = part(of: subject, wanted: wanted, &notes)
        return StackFinding(parts: [part], isDefault: true, unknown: nil, notes: notes)
    }

    private static func part(
        of subject: StackSubject,
        wanted: ProjectKind?,
        _ notes: inout [String]
    ) -> StackPart {
        let kind = wanted.flatMap { subject.kinds.contains($0) ? $0 : nil } ?? subject.kinds.first ?? .commandLineTool
        if wanted == nil {
            notes.append("The description names no kind of project, so the \(subject.title) part is \(kind.phrase).")
        } else if let wanted, wanted != kind {
            notes.append(
                "There is no starter for \(wanted.phrase) in \(subject.title), so it begins as \(kind.phrase)."
            )
        }
        return StackPart(guide: subject.name, kind: kind)
    }
}
