import CommandLineKit
import Foundation
import TestSupport
import Testing

/// The real shells, asked what they would offer.
@Suite("A completion script", .tags(.medium), .temporaryDirectory)
struct CompletionTests {
    static let hasZsh = FileManager.default.isExecutableFile(atPath: "/usr/bin/zsh")
    static let hasFish = FileManager.default.isExecutableFile(atPath: "/usr/bin/fish")

    static let cases: [(line: [String], offered: [String])] = [
        (["b"], ["build"]),
        (["ships", ""], ["list", "show", "help"]),
        (["build", "--pa"], ["--paint"]),
        (["build", "--paint", ""], ["red", "white", "blue"]),
        (["build", "--night", "-p", "w"], ["white"]),
        (["build", "--into", "fo"], ["folder one"]),
        (["ships", "show", "b"], ["beagle"]),
        (["lift", "a"], ["argonaut"]),
        (["ships", "show", "--h"], ["--help"]),
    ]

    /// Writes the script, a folder to complete, and a stand-in for the program that answers `ships list`.
    private func prepare(_ shell: Shell) throws -> URL {
        let folder = TemporaryDirectory.current
        let script = folder.appending(path: "completion")
        try Dock.completionScript(for: shell).write(to: script, atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(
            at: folder.appending(path: "folder one"),
            withIntermediateDirectories: true
        )
        let program = folder.appending(path: "dock")
        try "#!/bin/sh\n[ \"$1 $2\" = 'ships list' ] && printf 'argonaut\\nbeagle\\n'\n"
            .write(to: program, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: program.path)
        return script
    }

    private func output(of program: String, _ arguments: [String]) throws -> (text: String, status: Int32) {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        let outcome = try ChildProgram.run(
            program,
            arguments,
            environment: [
                "PATH": TemporaryDirectory.current.path + ":" + path, "HOME": TemporaryDirectory.current.path,
                "TERM": "dumb", "LC_ALL": "C.UTF-8",
            ],
            folder: TemporaryDirectory.current.path,
            together: true
        )
        return (outcome.output, outcome.status)
    }

    @Test("completes in bash", arguments: cases)
    func bash(line: [String], offered: [String]) throws {
        let script = try prepare(.bash)
        let words = (["dock"] + line).map { "'\($0)'" }.joined(separator: " ")
        let (text, status) = try output(
            of: "/bin/bash",
            [
                "-euc",
                """
                compopt() { :; }
                source '\(script.path)'
                COMP_WORDS=(\(words)); COMP_CWORD=\(line.count)
                _dock
                printf '%s\\n' "${COMPREPLY[@]}"
                """,
            ]
        )
        #expect(status == 0, "\(text)")
        let lines = text.split(separator: "\n").map(String.init).filter { !$0.hasPrefix("--") || line.last != "" }
        #expect(lines == offered)
    }

    @Test("completes the value after an equals sign in bash, which takes it apart")
    func bashEquals() throws {
        let script = try prepare(.bash)
        let line =
            "source '\(script.path)'; COMP_WORDS=(dock build --paint = re); COMP_CWORD=4; _dock; echo ${COMPREPLY[@]}"
        #expect(try output(of: "/bin/bash", ["-euc", line]).text == "red\n")
    }

    @Test("is good zsh", .enabled(if: hasZsh, "needs zsh"))
    func zshSyntax() throws {
        let script = try prepare(.zsh)
        let (text, status) = try output(of: "/usr/bin/zsh", ["-n", script.path])
        #expect(text.isEmpty && status == 0)
    }

    @Test("completes in zsh", .enabled(if: hasZsh, "needs zsh"), arguments: cases)
    func zsh(line: [String], offered: [String]) throws {
        let script = try prepare(.zsh)
        // Stand-ins for the four functions of zsh's own that offer something, since they work inside the line editor only.
        let (text, status) = try output(
            of: "/usr/bin/zsh",
            [
                "-fuc",
                """
                compdef() { :; }
                compset() { return 1; }
                compadd() { shift; print -l -- "$@"; }
                _files() { print -l -- *(/); }
                _describe() { for entry in "${offered[@]}"; do print -- "${entry%%:*}"; done; }
                source '\(script.path)'
                words=(dock \(line.map { "'\($0)'" }.joined(separator: " "))); CURRENT=\(line.count + 1)
                _dock
                """,
            ]
        )
        #expect(status == 0, "\(text)")
        let last = line.last ?? ""
        let lines = text.split(separator: "\n").map(String.init).filter { $0.hasPrefix(last) }
        #expect(lines == offered.filter { $0 != "help" })
    }

    @Test("completes in fish", .enabled(if: hasFish, "needs fish"), arguments: cases)
    func fish(line: [String], offered: [String]) throws {
        let script = try prepare(.fish)
        let typed = (["dock"] + line).joined(separator: " ")
        let (text, status) = try output(
            of: "/usr/bin/fish",
            ["--no-config", "-c", "source '\(script.path)'; complete -C '\(typed)'"]
        )
        #expect(status == 0, "\(text)")
        let lines = text.split(separator: "\n").map { line in
            String(line.prefix { $0 != "\t" }).trimmingCharacters(in: CharacterSet(charactersIn: "/"))
        }
        #expect(Set(lines) == Set(offered.filter { $0 != "help" }))
    }
}
