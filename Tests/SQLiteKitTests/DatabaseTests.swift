import Core
import Foundation
import SQLiteKit
import TestSupport
import Testing

@Suite("A database", .tags(.medium), .temporaryDirectory)
struct DatabaseTests {
    private let path: String
    private let database: Database

    init() throws {
        path = TemporaryDirectory.current.appending(path: "test.db").path
        database = try Database(path: path, busyTimeout: .milliseconds(20))
    }

    @Test(
        "gives back the values that it was given",
        arguments: [
            SQLiteValue.null, .integer(.min), .integer(.max), .real(0.1), .text(""), .text("héllo 🦊"), .text("a\0b'"),
            .blob([]), .blob([0, 255, 0]), .blob([UInt8](repeating: 9, count: 100_000)),
        ]
    )
    func roundTrip(value: SQLiteValue) async throws {
        #expect(try await database.run("SELECT ?1", value) == [[value]])
    }

    @Test("forgets what a cached statement was bound to")
    func bindings() async throws {
        #expect(try await database.run("SELECT ?1", .integer(1)) == [[.integer(1)]])
        #expect(try await database.run("SELECT ?1") == [[.null]])
    }

    @Test("runs a statement inside the rows of the same statement")
    func nested() async throws {
        let sql = "SELECT value FROM (SELECT 1 AS value UNION SELECT 2)"
        let pairs = try await database.perform { connection in
            try connection.query(sql) { outer in
                try connection.query(sql) { inner in outer.integer(0) * 10 + inner.integer(0) }
            }
        }
        #expect(pairs == [[11, 12], [21, 22]])
    }

    @Test("names the step that failed and repeats SQLite's words")
    func syntaxError() async throws {
        let error = await #expect(throws: SQLiteError.self) { try await database.run("SELEC 1") }
        #expect(error?.operation == .prepare)
        #expect(error?.description.contains(#"could not prepare in '\#(path)': near "SELEC": syntax error"#) == true)
        #expect(error?.kind == .internalFault)
    }

    @Test("keeps nothing of a transaction that throws")
    func rollback() async throws {
        struct Stop: Error {}
        try await database.run("CREATE TABLE build (name TEXT)")
        await #expect(throws: Stop.self) {
            try await database.transaction { connection in
                try connection.run("INSERT INTO build VALUES ('a')")
                throw Stop()
            }
        }
        #expect(try await database.run("SELECT count(*) FROM build") == [[.integer(0)]])
        try await database.transaction { connection in _ = try connection.run("INSERT INTO build VALUES ('b')") }
        #expect(try await database.run("SELECT count(*) FROM build") == [[.integer(1)]])
    }

    @Test("waits for another connection's lock and then says that it is busy")
    func busy() async throws {
        let other = try Database(path: path)
        try await other.run("BEGIN IMMEDIATE")
        let error = await #expect(throws: SQLiteError.self) { try await database.run("BEGIN IMMEDIATE") }
        #expect(error?.kind == .busy)
        #expect(error?.hint?.isEmpty == false)
    }

    @Test("that is too large for its limit says that there is no space")
    func full() async throws {
        try await database.run("PRAGMA max_page_count = 3")
        try await database.run("CREATE TABLE build (data BLOB)")
        let error = await #expect(throws: SQLiteError.self) {
            try await database.run("INSERT INTO build VALUES (?1)", .blob([UInt8](repeating: 1, count: 90_000)))
        }
        #expect(error?.kind == .diskFull)
        #expect(error?.kind.exitStatus == 12)
    }

    @Test("that is another kind of file is damaged")
    func notADatabase() async throws {
        let other = TemporaryDirectory.current.appending(path: "other").path
        try Data(
            "a text that is long enough to be read as a header of a database file, and is none of it, as it has other words than those in front"
                .utf8
        )
        .write(to: URL(filePath: other))
        let error = await #expect(throws: SQLiteError.self) {
            try await Database(path: other).run("SELECT * FROM sqlite_schema")
        }
        #expect(error?.kind == .damaged)
        #expect(error?.kind.exitStatus == 9)
    }

    @Test("cannot be opened where there is no folder")
    func missingFolder() {
        let error = #expect(throws: SQLiteError.self) { try Database(path: "/nowhere/at\n/all.db") }
        #expect(error?.operation == .open)
        #expect(error?.kind == .configuration)
        #expect(error?.description.contains("\n") == false)
    }
}
