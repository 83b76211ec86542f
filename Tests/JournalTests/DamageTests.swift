import Core
import Foundation
import HashKit
import Journal
import SQLiteKit
import TestSupport
import Testing

@Suite("Damage of a journal", .tags(.medium), .temporaryDirectory)
struct DamageTests {
    /// A store with two runs of three steps each, one result large.
    private func filledStore() async throws -> SQLiteJournal {
        let store = try await openStore()
        for number in 1...2 {
            let journal = try await startJournal(store, number)
            for name in ["a", "b", "c"] {
                let text = String(repeating: "\(name)\(number)", count: name == "b" ? 2_000 : 3)
                _ = try await journal.step(StepPath(name), input: text) { text }
            }
            try await journal.record(.runCompleted)
        }
        #expect(try await store.verify(nil).isEmpty)
        return store
    }

    @Test(
        "is found in each field of an event, and the run is named",
        arguments: [
            "at = at + 1", "kind = 'step.Ended'", "step = 'x'", "step = NULL", "input = x'00'", "input = NULL",
            "result = randomblob(32)", "result = NULL", "body = '{}'", "body = body || ' '", "hash = randomblob(32)",
            "hash = x'00'", "key = key + 900", "key = key + (5 << 32)",
        ]
    )
    func alteredField(change: String) async throws {
        let store = try await filledStore()
        let database = try Database(path: journalPath)
        let target = "(SELECT key FROM run WHERE id = '\(runID(2))')"
        let isIntent = change.hasPrefix("input")
        try await database.run("UPDATE event SET \(change) WHERE run = \(target) AND sequence = \(isIntent ? 2 : 3)")
        let findings = try await store.verify(nil)
        #expect(findings.contains { $0.run == runID(2) && $0.sequence == (isIntent ? 2 : 3) })
        #expect(findings.allSatisfy { $0.run == runID(2) })
        let error = await #expect(throws: JournalError.self) {
            try await RunJournal(store: store, run: runID(2), lease: nil, mode: .replay)
        }
        #expect(error?.kind == .damaged)
        #expect(try await store.verify(runID(1)).isEmpty)
    }

    @Test("is found when a run has another name", arguments: ["id = '0000000000000000'", "id = 'x'"])
    func alteredRun(change: String) async throws {
        let store = try await filledStore()
        let database = try Database(path: journalPath)
        try await database.run("UPDATE run SET \(change) WHERE id = '\(runID(2))'")
        #expect(try await !store.verify(nil).isEmpty)
    }

    @Test("is found when an event is missing", arguments: [1, 2, 7])
    func missingEvent(sequence: Int) async throws {
        let store = try await filledStore()
        let database = try Database(path: journalPath)
        try await database.run("DELETE FROM event WHERE sequence = \(sequence) AND run = 1")
        let findings = try await store.verify(nil)
        #expect(findings.first?.run == runID(1))
        #expect(findings.first?.sequence == sequence)
    }

    @Test("is found when events are cut off the end of a run that nobody drives")
    func missingEnd() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store, 1)
        _ = try await journal.step(StepPath("a"), input: "") { "" }
        try await journal.record(.runCompleted)
        try await journal.release()
        let database = try Database(path: journalPath)
        for _ in 0..<2 {
            try await database.run("DELETE FROM event WHERE key = (SELECT max(key) FROM event)")
            #expect(try await store.verify(nil).map(\.run) == [runID(1)])
            await #expect(throws: JournalError.self) {
                try await store.acquireLease(on: runID(1), owner: .current, duration: .seconds(30), at: 9)
            }
        }
    }

    @Test("is found in each value that is cut, altered or gone")
    func alteredValue() async throws {
        let store = try await filledStore()
        let database = try Database(path: journalPath)
        let rows = try await database.run("SELECT digest, data FROM blob ORDER BY key")
        let row = try #require(rows.last)
        guard case .blob(let digest) = row[0], case .blob(let data) = row[1] else {
            Issue.record("a value is no blob")
            return
        }
        for variant in variants(of: data) {
            try await database.run("UPDATE blob SET data = ?2 WHERE digest = ?1", .blob(digest), .blob(variant))
            let findings = try await store.verify(nil)
            #expect(findings.map(\.run) == [runID(2)])
            #expect(findings.first?.blob?.bytes == digest)
        }
        await #expect(throws: JournalError.blobAltered(try #require(Digest(bytes: digest)))) {
            try await store.blob(try #require(Digest(bytes: digest)))
        }
        try await database.run("DELETE FROM blob WHERE digest = ?1", .blob(digest))
        #expect(try await store.verify(nil).map(\.problem) == ["it is missing"])
    }

    private func variants(of data: [UInt8]) -> [[UInt8]] {
        let cuts = stride(from: 0, to: data.count, by: 97).map { Array(data.prefix($0)) }
        let flips = stride(from: 0, to: data.count, by: 101).map { index in
            var flipped = data
            flipped[index] ^= 1 << UInt8(index % 8)
            return flipped
        }
        return cuts + flips + [data + [0]]
    }

    @Test("in the file itself is found wherever it hits a value or an event")
    func bitFlips() async throws {
        let path = journalPath
        try await {
            let store = try await filledStore()
            try await store.checkpoint()
        }()
        let original = try Data(contentsOf: URL(filePath: path))
        var random = SystemRandomNumberGenerator()
        let places = places(of: ["a1a1a1", "b2b2b2b2b2", "b1b1b1b1b1", "step.ended"], in: original)
        #expect(places.count > 7_000)
        for _ in 0..<60 {
            let index = try #require(places.randomElement(using: &random))
            let bit = UInt8.random(in: 0..<8, using: &random)
            var damaged = original
            damaged[index] ^= 1 << bit
            let copy = path + "-copy"
            for suffix in ["", "-wal", "-shm"] {
                try? FileManager.default.removeItem(atPath: copy + suffix)
            }
            try damaged.write(to: URL(filePath: copy))
            let store = try await SQLiteJournal(path: copy)
            let findings = try await store.verify(nil)
            #expect(
                findings.contains { $0.run != nil },
                "bit \(bit) of byte \(index), \(Array(original[(index - 40)..<(index + 20)])), \(findings)"
            )
        }
    }

    /// Where bytes of these texts stand in the file.
    private func places(of texts: [String], in data: Data) -> [Int] {
        var places: Set<Int> = []
        for text in texts {
            var start = data.startIndex
            while let range = data.range(of: Data(text.utf8), in: start..<data.endIndex) {
                places.formUnion(range)
                start = range.lowerBound + 1
            }
        }
        return places.sorted()
    }

    @Test("of whole pages is reported, not crashed on", arguments: [1, 2, 3, 4, 5, 6, 7, 8])
    func lostPage(page: Int) async throws {
        let path = journalPath
        try await {
            let store = try await filledStore()
            try await store.checkpoint()
        }()
        var data = try Data(contentsOf: URL(filePath: path))
        let start = page * 8_192
        guard start + 8_192 <= data.count else { return }
        data.replaceSubrange(start..<(start + 8_192), with: Data(repeating: 0xA5, count: 8_192))
        try data.write(to: URL(filePath: path))
        do {
            let store = try await SQLiteJournal(path: path)
            #expect(try await !store.verify(nil).isEmpty)
        } catch let error as SQLiteError {
            #expect(error.kind == .damaged)
        }
    }

    @Test("by cutting the file is reported", arguments: [0.2, 0.5, 0.9])
    func truncation(part: Double) async throws {
        let path = journalPath
        try await {
            let store = try await filledStore()
            try await store.checkpoint()
        }()
        let data = try Data(contentsOf: URL(filePath: path))
        try data.prefix(Int(Double(data.count) * part)).write(to: URL(filePath: path))
        do {
            let store = try await SQLiteJournal(path: path)
            #expect(try await !store.verify(nil).isEmpty)
        } catch let error as SQLiteError {
            #expect(error.kind == .damaged)
        }
    }
}
