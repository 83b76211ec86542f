import Core

/// A script that is started but is no program: its executable bit is missing.
enum ExecutableBitRule {
    private static let signs = ["permission denied", "eacces", "not executable"]

    static func fix(_ failure: FailedCommand) -> Fix? {
        let scripts = failure.input.files.filter { $0.executable != true && $0.content.hasPrefix("#!") }
        let complaints = failure.lines.filter { line in
            let text = line.lowercased()
            return signs.contains { text.contains($0) }
        }
        guard !complaints.isEmpty || failure.input.exitCode == 126 else { return nil }
        let started = failure.input.command.first.flatMap { failure.file(named: $0) }
        let named = scripts.filter { script in
            script == started || complaints.contains { failure.names(script, in: $0) }
        }
        guard !named.isEmpty else { return nil }
        let paths = named.map { "'\($0.path.printable)'" }.joined(separator: ", ")
        return Fix(
            diagnosis: "\(paths) was started but is not executable; it gets the executable bit",
            fixed: true,
            files: named.map { FileText(path: $0.path, content: $0.content, executable: true) }
        )
    }
}

extension FailedCommand {
    /// Whether a line names a file as a whole word.
    fileprivate func names(_ file: FileText, in line: String) -> Bool {
        let path = relative(file)
        return line.split { " \t:'\"`()[],".contains($0) }.contains { word in
            let word = word.hasPrefix("./") ? word.dropFirst(2) : word
            return word == path || word.hasSuffix("/" + path)
        }
    }
}

/// A check of the format failed: the guide's own formatter is run.
enum FormatRule {
    private static let programs: Set = [
        "gofmt", "rustfmt", "prettier", "black", "clang-format", "fmt", "format", "ruff",
    ]
    private static let signs = [
        "Diff in ", "would reformat", "Code style issues found", "code should be clang-formatted",
        "Run Prettier to fix",
    ]

    static func fix(_ failure: FailedCommand) -> Fix? {
        let input = failure.input
        guard !input.guide.formatCommands.isEmpty, !input.guide.formatCommands.contains(input.command) else {
            return nil
        }
        let words = input.command.map { String($0.split(separator: "/").last ?? "") }
        let checksFormat = words.contains(where: programs.contains)
        let complains = failure.lines.contains { line in signs.contains { line.contains($0) } }
        guard checksFormat || complains else { return nil }
        guard !failure.lines.contains(where: isSyntaxError) else { return nil }
        return Fix(
            diagnosis: "the formatter complains; the guide's format command puts the files in order",
            fixed: true,
            commands: Array(input.guide.formatCommands.prefix(CommandRules.countLimit))
        )
    }

    /// A formatter that cannot read a file does not help by being run again.
    private static func isSyntaxError(_ line: String) -> Bool {
        line.contains(": expected ") || line.hasPrefix("error: expected") || line.contains("SyntaxError")
            || line.contains("cannot format")
    }
}

/// Tabs where spaces belong, or the other way round: Makefiles and Python.
enum SeparatorRule {
    static func fix(_ failure: FailedCommand) -> Fix? {
        makefile(failure) ?? python(failure)
    }

    private static func makefile(_ failure: FailedCommand) -> Fix? {
        for line in failure.lines where line.contains("*** missing separator") {
            let parts = line.split(separator: ":")
            guard let place = parts.firstIndex(where: { failure.file(named: $0) != nil }),
                let file = failure.file(named: parts[place]), place + 1 < parts.count, Int(parts[place + 1]) != nil
            else { continue }
            let text = file.content.textLines.map { line in
                guard line.hasPrefix(" "), !line.trimmed.isEmpty else { return line }
                return "\t" + line.drop { $0 == " " }
            }
            return failure.patch(
                "'\(file.path)' indents its commands with spaces, where make wants tabs",
                [file.path: text.joined(separator: "\n")]
            )
        }
        return nil
    }

    private static func python(_ failure: FailedCommand) -> Fix? {
        guard let place = failure.lines.firstIndex(where: { $0.contains("TabError:") }) else { return nil }
        let named = failure.lines[..<place].reversed().lazy.compactMap { $0.between("File \"", "\"") }.first
        guard let file = named.flatMap({ failure.file(named: $0) }) else { return nil }
        let text = file.content.textLines.map { line in
            let indent = line.prefix { $0 == " " || $0 == "\t" }
            return indent.replacing("\t", with: "    ") + line.dropFirst(indent.count)
        }
        return failure.patch(
            "'\(file.path)' mixes tabs and spaces; it gets spaces",
            [file.path: text.joined(separator: "\n")]
        )
    }
}

/// A file without a line feed at its end, where a linter or compiler wants one.
enum FinalNewlineRule {
    private static let signs = [
        "no newline at end of file", "newline required at end of file", "missing newline at end of file",
        "missing trailing newline", "eol-last",
    ]

    static func fix(_ failure: FailedCommand) -> Fix? {
        var texts: [String: String] = [:]
        var last: FileText?
        for line in failure.lines where !line.isEmpty {
            let named = line.split { ": \t()".contains($0) }.lazy.compactMap { failure.file(named: $0) }.first
            last = named ?? last
            let text = line.lowercased()
            guard signs.contains(where: { text.contains($0) }), let file = last else { continue }
            if !file.content.isEmpty, !file.content.hasSuffix("\n") { texts[file.path] = file.content + "\n" }
        }
        return failure.patch("the last line of \(texts.keys.sorted().joined(separator: ", ")) has no line feed", texts)
    }
}
