internal import Core
internal import YAMLKit

/// The Markdown part of a guide: the sheet, `# Layout`, and `# Blueprint: KINDS` with a `## PATH (ROLE)` per file.
struct GuideBody {
    struct Section {
        let blueprint: Blueprint
        /// The line of the heading, from 0 in the body.
        let line: Int
    }

    private(set) var sheet = ""
    private(set) var layout = ""
    private(set) var blueprints: [Section] = []

    private let matter: FrontMatter
    private var index = 0

    init(_ matter: FrontMatter) throws(ConfigurationFault) {
        self.matter = matter
        sheet = prose()
        guard !sheet.isEmpty else { throw matter.error(line: 0, "a guide needs a sheet before its first section") }
        while index < matter.body.count {
            try section()
        }
        guard !layout.isEmpty else { throw matter.error(line: 0, "a guide needs a section '# Layout'") }
    }

    /// The text up to the next heading of the first level; a `#` inside a fence is none.
    private mutating func prose() -> String {
        var lines: [Substring] = []
        var fence: Fence?
        while index < matter.body.count {
            let line = matter.body[index]
            if let open = fence {
                if open.isClosed(by: line) { fence = nil }
            } else if line.hasPrefix("# ") {
                break
            } else {
                fence = Fence(opening: line)
            }
            lines.append(line)
            index += 1
        }
        return lines.joined(separator: "\n").trimmed
    }

    private mutating func section() throws(ConfigurationFault) {
        let line = index
        let heading = String(matter.body[index].dropFirst(2)).trimmed
        index += 1
        if heading == "Layout" {
            guard layout.isEmpty else { throw matter.error(line: line, "there are two sections '# Layout'") }
            layout = prose()
        } else if heading.hasPrefix("Blueprint:") {
            let kinds = try kinds(of: heading.dropFirst("Blueprint:".count), line: line)
            blueprints.append(Section(blueprint: Blueprint(kinds: kinds, files: try files()), line: line))
        } else {
            throw matter.error(
                line: line,
                "there is no section '\(heading.printable)' in a guide",
                hint: "known sections: Layout, Blueprint: KIND, …"
            )
        }
    }

    private func kinds(of list: Substring, line: Int) throws(ConfigurationFault) -> [ProjectKind] {
        var kinds: [ProjectKind] = []
        for word in list.split(separator: ",") {
            guard let kind = ProjectKind(rawValue: String(word).trimmed) else {
                let known = ProjectKind.allCases.map { $0.rawValue }.joined(separator: ", ")
                throw matter.error(
                    line: line,
                    "'\(String(word).trimmed.printable)' is no kind of project",
                    hint: "known kinds: \(known)"
                )
            }
            kinds.append(kind)
        }
        return kinds
    }

    /// The files of a blueprint, up to the next heading of the first level.
    private mutating func files() throws(ConfigurationFault) -> [BlueprintFile] {
        var files: [BlueprintFile] = []
        while index < matter.body.count, !matter.body[index].hasPrefix("# ") {
            let line = matter.body[index]
            if line.hasPrefix("## ") {
                files.append(try file())
            } else {
                guard line.allSatisfy({ $0.isWhitespace }) else {
                    throw matter.error(line: index, "only headings '## PATH (ROLE)' and fences stand in a blueprint")
                }
                index += 1
            }
        }
        guard !files.isEmpty else { throw matter.error(line: index - 1, "the blueprint has no files") }
        return files
    }

    private mutating func file() throws(ConfigurationFault) -> BlueprintFile {
        let line = index
        let (path, role, isExecutable) = try heading(matter.body[index].dropFirst(3), line: line)
        index += 1
        while index < matter.body.count, matter.body[index].isEmpty { index += 1 }
        guard index < matter.body.count, let fence = Fence(opening: matter.body[index]) else {
            throw matter.error(line: line, "the file's text must follow between two fences '```'")
        }
        index += 1
        var content = ""
        while index < matter.body.count, !fence.isClosed(by: matter.body[index]) {
            content += matter.body[index] + "\n"
            if let unknown = Template(String(matter.body[index])).unknownPlaceholder {
                throw matter.error(line: index, "there is no placeholder '\(unknown)'", hint: Template.hint)
            }
            index += 1
        }
        guard index < matter.body.count else { throw matter.error(line: line, "the file's fence does not end") }
        index += 1
        return BlueprintFile(path: path, content: content, isExecutable: isExecutable, role: role)
    }

    /// The parts of `PATH (ROLE)` or `PATH (ROLE, executable)`.
    private func heading(
        _ text: Substring,
        line: Int
    ) throws(ConfigurationFault) -> (path: String, role: BlueprintFile.Role, isExecutable: Bool) {
        let parts = text.split(separator: " (", maxSplits: 1)
        let words = parts.last?.dropLast().split(separator: ",").map { String($0).trimmed } ?? []
        let roles = BlueprintFile.Role.allCases.map { $0.rawValue }.joined(separator: ", ")
        guard parts.count == 2, text.hasSuffix(")"), let role = words.first.flatMap(BlueprintFile.Role.init) else {
            throw matter.error(line: line, "a file's heading is '## PATH (ROLE)'", hint: "roles: \(roles)")
        }
        guard words.dropFirst().allSatisfy({ $0 == "executable" }) else {
            throw matter.error(line: line, "after the role only 'executable' may stand")
        }
        let path = String(parts[0]).trimmed
        if let unknown = Template(path).unknownPlaceholder {
            throw matter.error(line: line, "there is no placeholder '\(unknown)'", hint: Template.hint)
        }
        do {
            guard !(try ProjectPath(path)).isRoot else { throw matter.error(line: line, "the path is empty") }
        } catch let error as ProjectPathError {
            throw matter.error(line: line, error.description)
        } catch let fault as ConfigurationFault {
            throw fault
        } catch {
            throw matter.error(line: line, "\(error)")
        }
        return (path, role, words.count > 1)
    }
}

/// A line of three or more backticks that opens a block.
private struct Fence {
    private let length: Int

    init?(opening line: Substring) {
        length = line.prefix { $0 == "`" }.count
        guard length >= 3 else { return nil }
    }

    func isClosed(by line: Substring) -> Bool {
        line.count >= length && line.allSatisfy { $0 == "`" }
    }
}
