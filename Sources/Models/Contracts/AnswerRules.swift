package import Core

/// Limits on the files that one answer may hold, and the check of their paths.
package struct FileRules: Sendable, Hashable {
    /// Characters of one file.
    package static let fileLimit = 1_000_000

    /// Files of one answer.
    package var count: Int
    /// UTF-8 bytes of all files of one answer.
    package var totalBytes: Int

    package init(count: Int = 100, totalBytes: Int = 4_000_000) {
        self.count = count
        self.totalBytes = totalBytes
    }

    /// What is wrong with files and deletions that have to lie inside what `owned` covers.
    func problems(files: [FileText], deletions: [String], owned: OwnedPaths) -> [String] {
        var problems: [String] = []
        if files.count > count {
            problems.append("'files' has \(files.count) elements, more than \(count)")
        }
        let bytes = files.reduce(0) { $0 + $1.content.utf8.count }
        if bytes > totalBytes {
            problems.append("'files' holds \(bytes) bytes, more than \(totalBytes)")
        }
        var seen: Set<ProjectPath> = []
        for (index, file) in files.enumerated() {
            problems += Self.problems(of: file.path, at: "files[\(index)].path", owned, &seen)
            if file.content.utf8.contains(0) {
                problems.append("'files[\(index)].content' holds a NUL byte")
            }
        }
        for (index, path) in deletions.enumerated() {
            problems += Self.problems(of: path, at: "deletions[\(index)]", owned, &seen)
        }
        return problems
    }

    private static func problems(
        of text: String,
        at place: String,
        _ owned: OwnedPaths,
        _ seen: inout Set<ProjectPath>
    ) -> [String] {
        do throws(ProjectPathError) {
            let path = try ProjectPath(text)
            if path.isRoot { return ["'\(place)' names the project's folder, not a file"] }
            if path.description.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) {
                return ["'\(place)' holds control characters"]
            }
            if path.components.first == ".drydock" { return ["'\(place)' lies in '.drydock', which is not yours"] }
            if !seen.insert(path).inserted { return ["'\(place)' names '\(path.description.printable)' again"] }
            guard owned.covers(path) else {
                return ["'\(place)' is '\(path.description.printable)', which is outside of \(owned.words)"]
            }
            return []
        } catch {
            return ["'\(place)': \(error)"]
        }
    }
}

/// The paths that a worker may write.
///
/// An entry ending in `/` (or `/**`) covers a folder, an entry with `*` in its last component covers names of that
/// form in its folder, any other covers exactly one file or the folder of that name.
package struct OwnedPaths: Sendable, Hashable {
    /// The folder of the component, around all entries.
    private let folder: ProjectPath
    /// Empty for the whole folder.
    private let entries: [String]

    /// The paths of a component's folder that `entries` cover; no entries cover all of it.
    package init(folder: String, entries: [String] = []) {
        self.folder = (try? ProjectPath(folder)) ?? .root
        self.entries = entries
    }

    package func covers(_ path: ProjectPath) -> Bool {
        guard path.isInside(folder), !path.isRoot else { return false }
        return entries.isEmpty || entries.contains { Self.entry($0, covers: path) }
    }

    /// Whether `path` is the component's own folder.
    func isWhole(_ path: ProjectPath) -> Bool { path == folder }

    /// The paths in words, for a message.
    var words: String {
        let place = folder.isRoot ? "the project's folder" : "the folder '\(folder.description.printable)'"
        guard !entries.isEmpty else { return place }
        return "what this worker owns: " + entries.prefix(20).map { "'\($0.printable)'" }.joined(separator: ", ")
    }

    private static func entry(_ text: String, covers path: ProjectPath) -> Bool {
        let plain = text.hasSuffix("/**") ? String(text.dropLast(3)) : text
        guard let entry = try? ProjectPath(plain) else { return false }
        if !entry.isRoot, entry.name.contains("*") {
            return entry.parent == path.parent && matches(Array(path.name), pattern: Array(entry.name))
        }
        return path.isInside(entry)
    }

    /// Whether `name` has the form of `pattern`, in which `*` stands for any characters.
    private static func matches(_ name: [Character], pattern: [Character]) -> Bool {
        var nameIndex = 0
        var patternIndex = 0
        var retry: (pattern: Int, name: Int)?
        while nameIndex < name.count {
            if patternIndex < pattern.count, pattern[patternIndex] == "*" {
                retry = (patternIndex + 1, nameIndex)
                patternIndex += 1
            } else if patternIndex < pattern.count, pattern[patternIndex] == name[nameIndex] {
                patternIndex += 1
                nameIndex += 1
            } else if let last = retry {
                retry = (last.pattern, last.name + 1)
                patternIndex = last.pattern
                nameIndex = last.name + 1
            } else {
                return false
            }
        }
        return pattern[patternIndex...].allSatisfy { $0 == "*" }
    }
}

/// What a command from a model has to be: an argument vector, no text for a shell.
enum CommandRules {
    static let countLimit = 20
    private static let wordLimit = 100
    private static let lengthLimit = 4_000
    private static let shells: Set = ["sh", "bash", "dash", "zsh", "ksh", "fish", "csh", "tcsh", "ash"]
    /// Programs that start another one, which the rules then hold for.
    private static let starters: Set = ["env", "busybox", "nice", "timeout", "xargs", "nohup", "time", "stdbuf"]
    private static let raisers: Set = ["sudo", "su", "doas", "pkexec", "chroot", "nsenter", "unshare"]
    private static let idle: Set = ["echo", "true", ":", "printf", "false", "sleep", "exit"]
    private static let operators: Set = ["&&", "||", "|", ";", "&", ">", ">>", "<", "<<", "2>&1"]

    static func problems(in commands: [[String]], at place: String, asChecks: Bool = false) -> [String] {
        var problems: [String] = []
        if commands.count > countLimit {
            problems.append("'\(place)' has \(commands.count) elements, more than \(countLimit)")
        }
        for (index, argv) in commands.prefix(countLimit).enumerated() {
            if let reason = problem(with: argv, asCheck: asChecks) {
                problems.append("'\(place)[\(index)]' \(reason)")
            }
        }
        return problems
    }

    private static func problem(with argv: [String], asCheck: Bool) -> String? {
        guard let program = argv.first, !program.isEmpty else { return "names no program" }
        guard argv.count <= wordLimit else { return "has \(argv.count) words, more than \(wordLimit)" }
        guard argv.allSatisfy({ $0.utf8.count <= lengthLimit }) else {
            return "has a word longer than \(lengthLimit) bytes"
        }
        guard argv.allSatisfy({ word in word.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F } })
        else { return "holds control characters" }
        guard !program.contains(where: \.isWhitespace) else {
            return "is a line for a shell; give the program and each argument as strings of their own"
        }
        if let word = argv.dropFirst().first(where: operators.contains) {
            return "holds the shell operator '\(word)'; give one program per command"
        }
        let name = String(program.split(separator: "/").last ?? "")
        if runsShellLine(argv) { return "is a line for a shell; name the program itself" }
        if raisers.contains(name) { return "asks for other rights with '\(name)'" }
        if asCheck, idle.contains(name) { return "checks nothing" }
        return nil
    }
}

extension CommandRules {
    /// Whether the command, or one that it starts, is a shell with a line to run.
    private static func runsShellLine(_ argv: [String]) -> Bool {
        let names = argv.map { String($0.split(separator: "/").last ?? "") }
        guard let first = names.first else { return false }
        guard let place = starters.contains(first) ? names.firstIndex(where: shells.contains) : 0,
            shells.contains(names[place])
        else { return false }
        let rest = argv[(place + 1)...]
        return rest.isEmpty || rest.contains { $0.hasPrefix("-") && !$0.hasPrefix("--") && $0.contains("c") }
    }
}
