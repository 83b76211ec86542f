import Core
import Foundation
import TestSupport
import Testing

/// What commands say of a snapshot or a journal that somebody's hands, or a failing disk, have changed.
@Suite("What was changed by hand", .tags(.large), .temporaryDirectory)
struct AlteredStoreTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private var journal: URL { program.home.appending(path: "state/journal.sqlite") }

    /// Runs one statement on the journal, which no process may have open.
    private func change(_ sql: String) throws {
        let script =
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit(); c.close()"
        let outcome = try ChildProgram.run("/usr/bin/python3", ["-c", script, journal.path, sql])
        try #require(outcome.status == 0, "\(outcome.errors)")
    }

    /// Changes a byte of each value that a step stored.
    private func alterValues() throws {
        try change(
            """
            UPDATE blob SET data = x'00' || substr(data, 2)
            WHERE digest IN (SELECT result FROM event WHERE step IS NOT NULL AND kind = 'step.ended')
            """
        )
    }

    private func make() async throws -> JSONValue {
        try program.addGuide()
        let outcome = try await program.run(program.harbourCall())
        try #require(outcome.status == 0, "\(outcome.errors)")
        return try outcome.json()
    }

    enum Stand: CaseIterable { case link, fifo, folder }

    @Test("into something else than a file is a damaged snapshot to restore and verify", arguments: Stand.allCases)
    func noArchive(stand: Stand) async throws {
        let id = try #require(try await make()["snapshot"]?["id"]?.string)
        let archive = program.home.appending(path: "snapshots/\(id)/\(id).tar.zst").path
        try FileManager.default.moveItem(atPath: archive, toPath: archive + ".kept")
        switch stand {
        case .link:
            try FileManager.default.createSymbolicLink(atPath: archive, withDestinationPath: archive + ".kept")
        case .fifo: try await #require(Tool.run(["mkfifo", archive]).status == 0)
        case .folder: try FileManager.default.createDirectory(atPath: archive, withIntermediateDirectories: false)
        }
        let restored = try await program.run("restore", id, "again", "--json")
        #expect(restored.status == 9, "\(restored.errors)")
        #expect(try restored.error()["message"]?.string?.contains("the snapshot \(id) is damaged") == true)
        #expect(!FileManager.default.fileExists(atPath: program.path("again").path))
        #expect(try await program.run("verify").status == 9)
    }

    @Test("in a value of the journal ends a replay with 9, and not as a difference")
    func replay() async throws {
        _ = try await make()
        try alterValues()
        let outcome = try await program.run("replay", "latest", "--json")
        #expect(outcome.status == 9, "\(outcome.output) \(outcome.errors)")
        #expect(try outcome.error()["message"]?.string?.contains("is not what was recorded") == true)
    }

    @Test("in a value of a run that was stopped ends it for good: nothing says that it could be resumed again")
    func resume() async throws {
        try program.addGuide(build: "sleep 2")
        let call = try program.start(program.harbourCall())
        try await Patience.wait(for: "the build") { try call.errorsSoFar().contains("/check") }
        call.send(SIGKILL)
        _ = try await call.outcome()
        try alterValues()
        let outcome = try await program.run("resume", "latest")
        #expect(outcome.status == 9, "\(outcome.output) \(outcome.errors)")
        #expect(outcome.output.contains("is not what was recorded"), "\(outcome.output)")
        #expect(!(outcome.output + outcome.errors).contains("drydock resume"), "\(outcome.output)")
        #expect(try await program.run("show", "latest", "--json").json()["state"] == "failed")
        #expect(try await program.run("resume", "latest").status == 2)
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
    }

    @Test(
        "so that a table is gone is a damaged journal to every command",
        arguments: [["runs"], ["show", "latest"], ["verify"], ["replay", "latest"], ["new", "a harbourlang tool"]]
    )
    func table(words: [String]) async throws {
        _ = try await make()
        try change("DROP TABLE blob")
        let outcome = try await program.run(words + ["--json"])
        #expect(outcome.status == 9, "\(outcome.output) \(outcome.errors)")
        #expect(try outcome.error()["message"]?.string?.contains("the table blob is missing") == true)
    }

    @Test("to the format of a newer version is not called damaged")
    func newer() async throws {
        let id = try #require(try await make()["snapshot"]?["id"]?.string)
        let record = program.home.appending(path: "snapshots/\(id)/record.json")
        let text = try String(contentsOf: record, encoding: .utf8)
        let newer = text.replacing("\"version\" : 1", with: "\"version\" : 2")
        try #require(newer != text)
        try newer.write(to: record, atomically: false, encoding: .utf8)
        let said = "newer: the snapshot \(id) was made by a newer version (format 2)\n"
        let verified = try await program.run("verify", "--snapshot", id)
        #expect(verified.status == 9 && verified.output == said, "\(verified.output)")
        #expect(try await program.run("snapshots").errors.hasSuffix(said))
        #expect(try await program.run("restore", id, "again").status == 9)
    }

    @Test("by taking away the last event of a run is found, and nothing goes on from there")
    func lastEvent() async throws {
        let run = try #require(try await make()["run"]?.string)
        try change("DELETE FROM event WHERE key = (SELECT max(key) FROM event)")
        let verified = try await program.run("verify")
        #expect(verified.status == 9 && verified.output.contains("run \(run): event"), "\(verified.output)")
        let resumed = try await program.run("resume", run)
        #expect(resumed.status == 9, "\(resumed.output) \(resumed.errors)")
    }
}
