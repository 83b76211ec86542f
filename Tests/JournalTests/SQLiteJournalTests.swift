import Core
import Foundation
import HashKit
import Journal
import SQLiteKit
import TestSupport
import Testing

@Suite("The journal in a SQLite file", .tags(.medium), .temporaryDirectory)
struct SQLiteJournalTests {
    @Test("keeps what every store keeps", arguments: StoreConformance.checks.map(\.name))
    func conformance(name: String) async throws {
        let check = try #require(StoreConformance.checks.first { $0.name == name })
        try await check.run(StoreConformance(store: try await openStore()))
    }

    @Test("is the same after it was opened again, by several at once")
    func reopening() async throws {
        let stores = try await withThrowingTaskGroup(of: SQLiteJournal.self) { [path = journalPath] group in
            for _ in 0..<6 {
                group.addTask { try await SQLiteJournal(path: path) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let lease = try await startRun(stores[0])
        for store in stores {
            try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        }
        for store in stores {
            #expect(try await store.events(of: lease.run).map(\.sequence) == Array(1...7))
            #expect(try await store.verify(nil).isEmpty)
        }
    }

    @Test("may be read by its owner only")
    func mode() async throws {
        let store = try await openStore()
        let lease = try await startRun(store)
        for suffix in ["", "-wal", "-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: journalPath + suffix)
            #expect(attributes[.posixPermissions] as? Int == 0o600)
        }
        try await store.release(lease)
    }

    @Test("of a newer version is not touched, and both versions are named")
    func newerSchema() async throws {
        _ = try await openStore()
        let database = try Database(path: journalPath)
        try await database.run("PRAGMA user_version = 7")
        let error = await #expect(throws: JournalError.self) { try await openStore() }
        #expect(error == .newerSchema(path: journalPath, found: 7, known: 2))
        #expect(error?.kind.exitStatus == 9)
        #expect(error?.description.contains("version 7") == true)
        #expect(error?.hint?.contains("DRYDOCK_HOME") == true)
        #expect(try await database.run("PRAGMA user_version") == [[.integer(7)]])
    }

    @Test("of an older version is brought up to date, or left as it was when that fails")
    func migration() async throws {
        let lease = try await startRun(try await openStore())
        let broken = Schema(migrations: Schema.current.migrations + [["CREATE TABLE note (a)", "NONSENSE"]])
        await #expect(throws: SQLiteError.self) { _ = try await SQLiteJournal(path: journalPath, schema: broken) }
        let database = try Database(path: journalPath)
        #expect(try await database.run("PRAGMA user_version") == [[.integer(2)]])
        #expect(try await database.run("SELECT 1 FROM sqlite_schema WHERE name = 'note'").isEmpty)
        let next = Schema(migrations: Schema.current.migrations + [["CREATE TABLE note (a)"]])
        let store = try await SQLiteJournal(path: journalPath, schema: next)
        #expect(try await database.run("PRAGMA user_version") == [[.integer(3)]])
        #expect(try await store.events(of: lease.run).count == 1)
        #expect(await #expect(throws: JournalError.self) { try await openStore() }?.kind == .damaged)
    }

    @Test("of the first version is brought up to date with its runs, whose ends count from the next lease on")
    func firstVersion() async throws {
        let first = Schema(migrations: Array(Schema.current.migrations.prefix(1)))
        try await {
            let writer = try Database(path: journalPath)
            for statement in first.migrations.joined() { try await writer.run(statement) }
            try await writer.run("PRAGMA application_id = \(0x4472_7964)")
            try await writer.run("PRAGMA user_version = 1")
            try await writer.run("INSERT INTO run (id, key) VALUES ('\(runID(1))', 1)")
        }()
        let store = try await openStore()
        let lease = try await store.acquireLease(on: runID(1), owner: .current, duration: .seconds(30), at: 1)
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        try await store.release(lease)
        #expect(try await store.verify(nil).isEmpty)
        let database = try Database(path: journalPath)
        try await database.run("DELETE FROM event")
        #expect(try await store.verify(nil).map(\.run) == [runID(1)])
    }

    @Test(
        "is not opened where something of it is gone",
        arguments: [
            "DROP TABLE blob", "DROP INDEX blob_prefix", "DROP INDEX event_mark", "ALTER TABLE run DROP COLUMN expires",
        ]
    )
    func missingPart(statement: String) async throws {
        _ = try await openStore()
        try await Database(path: journalPath).run(statement)
        let error = await #expect(throws: JournalError.self) { _ = try await openStore() }
        #expect(error?.kind == .damaged && error?.description.hasSuffix("is missing") == true)
    }

    @Test("is not opened where another program's database lies")
    func foreignDatabase() async throws {
        let database = try Database(path: journalPath)
        try await database.run("CREATE TABLE song (name TEXT)")
        await #expect(throws: JournalError.notAJournal(path: journalPath)) { _ = try await openStore() }
        try await database.run("PRAGMA user_version = 1")
        await #expect(throws: JournalError.notAJournal(path: journalPath)) { _ = try await openStore() }
        #expect(try await database.run("SELECT count(*) FROM sqlite_schema") == [[.integer(1)]])
    }

    @Test(
        "that is no database is called damaged",
        arguments: ["SQLite format 4", String(repeating: "text ", count: 5_000)]
    )
    func noDatabase(text: String) async throws {
        try Data(text.utf8).write(to: URL(filePath: journalPath))
        let error = await #expect(throws: SQLiteError.self) { _ = try await openStore() }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains("is damaged") == true)
        #expect(try Data(contentsOf: URL(filePath: journalPath)) == Data(text.utf8))
    }

    @Test("cannot be opened without its folder")
    func missingFolder() async throws {
        let error = await #expect(throws: SQLiteError.self) {
            _ = try await SQLiteJournal(path: "/nowhere/at/all/journal.db")
        }
        #expect(error?.kind == .configuration)
    }

    @Test("gives up waiting for another process's lock and says so")
    func locked() async throws {
        let store = try await SQLiteJournal(path: journalPath, busyTimeout: .milliseconds(20))
        let lease = try await startRun(store)
        let other = try Database(path: journalPath)
        try await other.run("BEGIN IMMEDIATE")
        let error = await #expect(throws: SQLiteError.self) {
            try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        }
        #expect(error?.kind == .busy)
        try await other.run("ROLLBACK")
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        #expect(try await store.events(of: lease.run).count == 2)
    }

    @Test("grows by no more than half of what is put into it")
    func size() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        for number in 0..<500 {
            let text = String((0..<1_022).map { Character(Unicode.Scalar(UInt8(97 + ($0 * 7 + number) % 26))) })
            _ = try await journal.step(StepPath("bench/step-\(number)"), input: number) {
                "\(number) \(text.dropFirst(4))"
            }
        }
        try await store.checkpoint()
        let bytes = try FileManager.default.attributesOfItem(atPath: journalPath)[.size] as? Int ?? .max
        #expect(Double(bytes) / (500 * 1_024) <= 1.5)
    }

    @Test("holds only events of 300 bytes and less")
    func eventSize() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        let path = StepPath("crew/backend/round-1/api/command-3")
        for size in stride(from: 0, to: 400, by: 7) {
            let text = String(repeating: "\"", count: size)
            _ = try await journal.step(path.appending("\(size)"), input: ["a": text, "b": text]) { text }
            try await journal.record(EventKind("note"), step: path, body: .string(text))
        }
        for event in try await store.events(of: journal.run) {
            let draft = EventDraft(
                event.kind,
                step: event.step,
                input: event.input,
                result: event.result,
                body: event.body
            )
            #expect(draft.size <= 300)
        }
        #expect(try await store.verify(nil).isEmpty)
    }

    @Test("reads every body that fits into an event", arguments: [1, 60, 64, 65, 110, 140, 5_000])
    func deepBody(depth: Int) async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        let body = (0..<depth).reduce(JSONValue.array([])) { inner, _ in .array([inner]) }
        try await journal.record(EventKind("deep"), body: body)
        let again = try await reopened(journal)
        #expect(try await again.step("a", input: 1) { 1 } == 1)
        let event = try #require(try await store.events(of: journal.run).first { $0.kind.rawValue == "deep" })
        #expect((event.result == nil) == (depth <= 110))
        #expect(try await store.verify(nil).isEmpty)
    }

    @Test("lets a slow reader follow a fast writer from its own cursor")
    func slowReader() async throws {
        let store = try await openStore()
        let lease = try await startRun(store)
        async let writing: Void = {
            for _ in 0..<100 {
                let drafts = (0..<100).map { EventDraft(EventKind("test.\($0)")) }
                try await store.append(drafts, blobs: [], to: lease.run, at: 2, under: lease)
            }
        }()
        var cursor = 0
        while cursor < 10_001 {
            let page = try await store.events(of: lease.run, after: cursor, limit: 37)
            #expect(page.map(\.sequence) == Array((cursor + 1)..<(cursor + 1 + page.count)))
            cursor += page.count
        }
        try await writing
        #expect(cursor == 10_001)
    }

    @Test("writes and hashes events as it always has")
    func goldenChain() async throws {
        let store = try await openStore()
        let lease = try await startRun(store)
        let body: JSONValue = [
            "text": "\"\\\n\t\r\u{1}\u{7f}é🦊", "a/b": [true, nil, -3, .number(0.5)],
        ]
        let draft = EventDraft(.stepBegan, step: "a/b", input: .sha256(of: "in"), body: body)
        try await store.append([draft], blobs: [], to: lease.run, at: 2_000, under: lease)
        let hashes = try await store.events(of: lease.run).map(\.hash.hex)
        #expect(
            hashes == [
                "047b94cfae5ffa84f442c819eca0493781776a272d0525b1bbd7669c97a4b8f0",
                "9791d67ee776f1a4934edb2eeede9466c3ef855d64185f39249c54e7861c4c59",
            ]
        )
        let text = try await Database(path: journalPath).run("SELECT body FROM event WHERE sequence = 2")
        #expect(text == [[.text(#"{"a/b":[true,null,-3,0.5],"text":"\"\\\n\t\r\u0001\u007fé🦊"}"#)]])
    }
}
