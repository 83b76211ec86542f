internal import Core
internal import YAMLKit

/// A few lines of advice for workers of one area.
package struct SkillFragment: Knowledge, Codable, Hashable {
    /// The longest body in lines.
    package static let lineLimit = 10

    package let name: String
    package let slug: String
    package let area: String
    package let keywords: [String]
    package let tech: [String]
    /// What the search multiplies its score by; 1 unless the file says otherwise.
    package let weight: Double
    package let body: String

    /// The slug of the header; the file's name where the header has none.
    package static func itemName(path: String, text: String?) -> String? {
        guard path.hasSuffix(".md"), let file = path.split(separator: "/").last, file.count > 3 else { return nil }
        let stem = String(file.dropLast(3))
        guard let text, let header = (try? FrontMatter(text: text, location: path))?.header,
            let entries = try? header.entries(), let slug = entries.first(where: { $0.key == "slug" }),
            let text = try? slug.value.string()
        else { return stem }
        return text
    }

    /// - Returns: `nil` for a file without a header or without a body, which is a note and no fragment.
    package init?(files: [KnowledgeFile], name: String) throws(ConfigurationFault) {
        guard let file = files.first else { return nil }
        guard files.count == 1 else { throw .twice(name: name, files: files.map { $0.location }) }
        guard let matter = try FrontMatter(text: file.text, location: file.location) else { return nil }
        let body = matter.body.joined(separator: "\n").trimmed
        guard !body.isEmpty else { return nil }
        let lines = body.split(separator: "\n", omittingEmptySubsequences: false).count
        guard lines <= Self.lineLimit else {
            throw matter.error(line: 0, "a fragment has at most \(Self.lineLimit) lines, this one has \(lines)")
        }
        do {
            let keys = ["name", "slug", "area", "keywords", "tech", "weight"]
            let fields = try YAMLFields(matter.header, of: "a fragment", known: keys)
            self.name = try fields.string("name") ?? name
            slug = name
            area = try fields.required("area").string().lowercased()
            keywords = try fields.strings("keywords") ?? []
            tech = try fields.strings("tech") ?? []
            weight = try fields.number("weight") ?? 1
        } catch {
            throw .malformed(error)
        }
        self.body = body
    }
}
