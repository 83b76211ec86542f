import Core

/// Answers `fix` for causes that a rule can name and remove; everything else is no fix.
///
/// Rules are tried in order and the first that recognises the tool's message answers. None weakens a check.
enum BuiltinFix {
    /// How much of an output is looked at, from its end, in UTF-8 bytes.
    private static let outputLimit = 200_000

    private static let rules: [@Sendable (FailedCommand) -> Fix?] = [
        ExecutableBitRule.fix, FormatRule.fix, SeparatorRule.fix, FinalNewlineRule.fix, ImportRule.fix,
        WrongNameRule.fix,
    ]

    static func answer(_ input: FixInput) -> Fix {
        let failure = FailedCommand(input, outputLimit: outputLimit)
        for rule in rules {
            if let fix = rule(failure) { return fix }
        }
        return Fix(
            diagnosis:
                "no fix: '\(SafeText.cut(failure.words, limit: 200))' ended with \(input.exitCode) for a reason that "
                + "the built-in model has no rule for",
            fixed: false
        )
    }
}

/// A failed command, with its output in lines and its files by the names that tools give them.
struct FailedCommand {
    let input: FixInput
    let lines: [String]
    let names: ProjectNames

    init(_ input: FixInput, outputLimit: Int) {
        self.input = input
        let output = String(decoding: input.output.utf8.suffix(outputLimit), as: UTF8.self)
        lines = output.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).map { Self.plain($0) }
        names = ProjectNames(
            name: input.component.name,
            title: input.title,
            description: input.component.description
        )
    }

    private init(_ failure: FailedCommand, files: [FileText]) {
        let old = failure.input
        input = FixInput(
            title: old.title,
            description: old.description,
            component: old.component,
            command: old.command,
            exitCode: old.exitCode,
            output: old.output,
            files: files,
            guide: old.guide,
            attempt: old.attempt
        )
        lines = failure.lines
        names = failure.names
    }

    /// The same failure after a patch, for a rule that adds to it.
    func patched(by fix: Fix) -> FailedCommand {
        let files = input.files.map { file in fix.files.first { $0.path == file.path } ?? file }
        return FailedCommand(self, files: files)
    }

    var words: String { input.command.joined(separator: " ").printable }

    /// A line without the colour codes of terminals.
    private static func plain(_ line: Substring) -> String {
        guard line.contains("\u{1b}") else { return String(line) }
        var result = ""
        var rest = line
        while let escape = rest.firstIndex(of: "\u{1b}") {
            result += rest[..<escape]
            rest = rest[escape...].dropFirst()
            if rest.first == "[" {
                rest = rest.dropFirst().drop { $0.isNumber || $0 == ";" }.dropFirst()
            }
        }
        return result + rest
    }

    /// The path of a file relative to the component's folder.
    func relative(_ file: FileText) -> String {
        let folder = input.component.path
        return !folder.isEmpty && file.path.hasPrefix(folder + "/")
            ? String(file.path.dropFirst(folder.count + 1)) : file.path
    }

    /// The file that a tool means by `name`: relative, with `./` in front, or absolute in the sandbox.
    func file(named name: some StringProtocol) -> FileText? {
        var text = String(name)
        for prefix in ["file://", "./"] where text.hasPrefix(prefix) { text = String(text.dropFirst(prefix.count)) }
        guard !text.isEmpty else { return nil }
        if let exact = input.files.first(where: { relative($0) == text || $0.path == text }) { return exact }
        let ending = input.files.filter { text.hasSuffix("/" + relative($0)) }
        return ending.max { $0.path.utf8.count < $1.path.utf8.count }
    }

    /// The patch that replaces the texts of some files; `nil` when it would change nothing.
    func patch(_ diagnosis: String, _ texts: [String: String]) -> Fix? {
        let files = input.files.compactMap { file -> FileText? in
            guard let text = texts[file.path], text != file.content else { return nil }
            return FileText(path: file.path, content: text, executable: file.executable)
        }
        guard !files.isEmpty else { return nil }
        return Fix(diagnosis: SafeText.cut(diagnosis.printable, limit: 1_000), fixed: true, files: files)
    }
}

extension StringProtocol {
    /// What stands between the first `start` and the next `end` behind it.
    func between(_ start: String, _ end: String) -> String? {
        guard let first = self.firstRange(of: start) else { return nil }
        let rest = self[first.upperBound...]
        guard let last = rest.firstRange(of: end) else { return nil }
        return String(rest[..<last.lowerBound])
    }

    /// The text as lines, such that joining them with line feeds gives it again.
    var textLines: [String] {
        split(separator: "\n" as Character, omittingEmptySubsequences: false).map { String($0) }
    }
}
