import Core
import HashKit
import Journal
import SQLiteKit
import TestSupport
import Testing

@Suite("Commits that appends share", .tags(.medium), .temporaryDirectory)
struct GroupCommitTests {
    @Test("take along the steps of many runs, and leave none waiting", .timeLimit(.minutes(2)))
    func manyRuns() async throws {
        let store = try await openStore()
        var journals: [RunJournal] = []
        for number in 1...30 {
            journals.append(try await startJournal(store, number))
        }
        // Each round begins with a writer that sleeps.
        for round in 0..<12 {
            try await withThrowingTaskGroup { [journals] group in
                for (number, journal) in journals.prefix(round.isMultiple(of: 3) ? 1 : 30).enumerated() {
                    for task in 0..<3 {
                        group.addTask {
                            let path = StepPath("\(round)/\(task)")
                            let made = try await journal.step(path, input: round) { "\(number) \(task)" }
                            #expect(made == "\(number) \(task)")
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        #expect(try await store.verify(nil).isEmpty)
        for journal in journals {
            #expect(journal.recordedOutcomes.count == (journal.run == runID(1) ? 36 : 24))
        }
    }

    @Test("refuse one append without harm to the others")
    func refusal() async throws {
        let store = try await openStore()
        let lease = try await startRun(store)
        let lost = Lease(run: lease.run, token: 0, owner: .current, expires: lease.expires, duration: lease.duration)
        try await withThrowingTaskGroup { group in
            for number in 0..<60 {
                group.addTask {
                    let draft = EventDraft(EventKind("test.\(number)"))
                    if number.isMultiple(of: 3) {
                        await #expect(throws: JournalError.leaseLost(lease.run)) {
                            try await store.append([draft], blobs: [], to: lease.run, at: 2, under: lost)
                        }
                    } else {
                        try await store.append([draft], blobs: [], to: lease.run, at: 2, under: lease)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await store.events(of: lease.run).count == 41)
        #expect(try await store.verify(nil).isEmpty)
    }

    @Test("continue the chain behind what another process has appended")
    func foreignAppends() async throws {
        let first = try await openStore()
        let second = try await openStore()
        let lease = try await startRun(first)
        for number in 0..<20 {
            let store = number % 3 == 0 ? second : first
            try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        }
        #expect(try await first.events(of: lease.run).map(\.sequence) == Array(1...21))
        #expect(try await second.verify(nil).isEmpty)
    }

    @Test("see at once that another process has taken the run over")
    func foreignLease() async throws {
        let first = try await openStore()
        let second = try await openStore()
        let old = try await startRun(first)
        try await first.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: old)
        let duration = Duration.seconds(30)
        let new = try await second.acquireLease(on: old.run, owner: .current, duration: duration, at: old.expires)
        await #expect(throws: JournalError.leaseLost(old.run)) {
            try await first.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: old)
        }
        try await first.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: new)
        #expect(try await first.events(of: old.run).count == 3)
        try await first.release(new)
        await #expect(throws: JournalError.leaseLost(old.run)) {
            try await first.append([EventDraft(.stepBegan)], blobs: [], to: old.run, at: 2, under: new)
        }
    }

    @Test("that fail are failures of every append, and leave a chain that goes on")
    func failure() async throws {
        let store = try await SQLiteJournal(path: journalPath, busyTimeout: .milliseconds(20))
        let lease = try await startRun(store)
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        let other = try Database(path: journalPath)
        try await other.run("CREATE TRIGGER refuse BEFORE INSERT ON event BEGIN SELECT RAISE(ABORT, 'no'); END")
        await withTaskGroup { group in
            for _ in 0..<10 {
                group.addTask {
                    await #expect(throws: SQLiteError.self) {
                        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
                    }
                }
            }
        }
        try await other.run("DROP TRIGGER refuse")
        try await store.append([EventDraft(.stepBegan)], blobs: [], to: lease.run, at: 2, under: lease)
        #expect(try await store.events(of: lease.run).map(\.sequence) == [1, 2, 3])
        #expect(try await store.verify(nil).isEmpty)
    }
}
