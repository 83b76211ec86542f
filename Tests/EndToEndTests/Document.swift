import Foundation
import Testing

/// A Markdown page of the repository.
struct Document: Sendable, CustomTestStringConvertible {
    /// The path below the repository's root.
    let path: String
    let text: String

    var testDescription: String { path }

    static let root = URL(filePath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    init(_ path: String) throws {
        self.path = path
        text = try String(contentsOf: Self.root.appending(path: path), encoding: .utf8)
    }

    /// All pages but those of the knowledge folders, which are read by programs.
    static let all: [Document] = {
        let files = FileManager.default
        let pages = (files.enumerator(atPath: root.appending(path: "docs").path)?.compactMap { $0 as? String }) ?? []
        let top = (try? files.contentsOfDirectory(atPath: root.path)) ?? []
        let paths = (top + pages.map { "docs/" + $0 }).filter { $0.hasSuffix(".md") }
        return paths.sorted().compactMap { try? Document($0) }
    }()

    /// A line of the page that the tests run, and the status that it says it ends with.
    struct CommandLine: Sendable {
        let number: Int
        let text: String
        let status: Int32
    }

    /// The lines that begin with `$ ` in fences marked `sh`; a comment `# exit N` at the end is the expected status.
    var commandLines: [CommandLine] {
        lines(inFencesOf: "sh").compactMap { number, line in
            guard line.hasPrefix("$ ") else { return nil }
            let words = line.dropFirst(2).split(separator: "# exit ", omittingEmptySubsequences: false)
            let status = words.count == 2 ? Int32(words[1].prefix { $0.isNumber }) : nil
            return CommandLine(number: number, text: String(words[0]), status: status ?? 0)
        }
    }

    private func lines(inFencesOf language: String) -> [(number: Int, text: String)] {
        var fence: String?
        var found: [(number: Int, text: String)] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            if line.hasPrefix("```") {
                fence = fence == nil ? String(line.dropFirst(3)) : nil
            } else if fence == language {
                found.append((index + 1, String(line)))
            }
        }
        return found
    }

    /// The targets of the page's links and images, without those in fences.
    var links: [String] {
        prose.split(separator: "](").dropFirst().compactMap { rest in
            rest.firstIndex(of: ")").map { String(rest[..<$0]) }
        }
    }

    /// The page's headings as the anchors that links name.
    var anchors: Set<String> {
        let headings = prose.split(separator: "\n").filter { $0.hasPrefix("#") }
        return Set(
            headings.map { heading in
                heading.drop { $0 == "#" || $0 == " " }.lowercased()
                    .filter { $0.isLetter || $0.isNumber || "- _".contains($0) }
                    .replacingOccurrences(of: " ", with: "-")
            }
        )
    }

    private var prose: String {
        text.components(separatedBy: "\n```").enumerated().filter { $0.offset.isMultiple(of: 2) }
            .map(\.element).joined(separator: "\n")
    }

    /// The part below the heading that begins with `heading`, up to the next one of the same or a higher level.
    func section(_ heading: String) -> String? {
        let level = heading.prefix { $0 == "#" }.count
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        let isStart = { (line: Substring) in
            line == heading || line.hasPrefix(heading + " ") || line.hasPrefix(heading + "`")
        }
        guard let start = lines.firstIndex(where: isStart) else { return nil }
        let rest = lines[(start + 1)...]
        let end = rest.firstIndex { line in
            let depth = line.prefix { $0 == "#" }.count
            return depth > 0 && depth <= level && line.dropFirst(depth).hasPrefix(" ")
        }
        return lines[start..<(end ?? lines.endIndex)].joined(separator: "\n")
    }

    /// The rows of all tables, cell by cell, without backquotes around a cell.
    var tableRows: [[String]] {
        text.split(separator: "\n").filter { $0.hasPrefix("|") && !$0.hasPrefix("|-") }.map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " `")) }
        }
    }
}
