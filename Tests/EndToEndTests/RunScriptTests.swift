import Core
import Foundation
import TestSupport
import Testing

/// `scripts/run` as it stands, in a clone in which there is nothing to install and nothing to build.
@Suite("The script from a clone to a project", .tags(.large), .temporaryDirectory)
struct RunScriptTests {
    private let clone: URL
    private let home: URL

    init() async throws {
        let root = TemporaryDirectory.current
        clone = root.appending(path: "clone")
        home = root.appending(path: "dock")
        let scripts = clone.appending(path: "scripts")
        try FileManager.default.createDirectory(at: scripts, withIntermediateDirectories: true)
        let script = Document.root.appending(path: "scripts/run")
        try FileManager.default.copyItem(at: script, to: scripts.appending(path: "run"))
        for (name, line) in [("setup", "exit 0"), ("build", "echo '\(Program.binary)'")] {
            let file = scripts.appending(path: name)
            try Data("#!/bin/sh\n\(line)\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        let commit = ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-qm", "a"]
        for words in [["init", "-q"], ["add", "."], commit] {
            #expect(try await Tool.run(["git"] + words, in: clone).status == 0)
        }
    }

    private func run(_ words: [String], in folder: URL) async throws -> ProgramOutcome {
        let script = clone.appending(path: "scripts/run").path
        return try await Tool.run(["env", "DRYDOCK_HOME=\(home.path)", script] + words, in: folder)
    }

    @Test("makes the project in the folder in which it is called, and leaves the clone clean")
    func inside() async throws {
        try Data("mine".utf8).write(to: clone.appending(path: "note"))
        let made = try await run([Program.description, "--into", "roman numerals"], in: clone)
        #expect(made.status == 0, "\(made.output)")
        try await Tool.checkRepository(clone.appending(path: "roman numerals"))
        let status = try await Tool.run(["git", "status", "--porcelain"], in: clone)
        #expect(status.output == "?? note\n")
    }

    @Test("called elsewhere makes it there, and ends as the program does")
    func outside() async throws {
        let folder = TemporaryDirectory.current.appending(path: "elsewhere")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let made = try await run([Program.description, "--into", "roman"], in: folder)
        #expect(made.status == 0, "\(made.output)")
        try await Tool.checkRepository(folder.appending(path: "roman"))
        #expect(try await Tool.run(["git", "status", "--porcelain", "--ignored"], in: clone).output.isEmpty)
        for place in [folder, clone] {
            #expect(try await run([""], in: place).status == 2)
            #expect(try await run([], in: place).status == 2)
        }
    }
}
