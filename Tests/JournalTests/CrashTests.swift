import Core
import Foundation
import Journal
import TestSupport
import Testing

@Suite("A journal whose process dies", .tags(.medium), .temporaryDirectory)
struct CrashTests {
    @Test("is taken over at once, with all that was recorded", .timeLimit(.minutes(1)))
    func killed() async throws {
        let path = journalPath
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try await SQLiteJournal(path: path)
            let journal = try await startJournal(store)
            _ = try await journal.step("a", input: 1) { "made" }
            _ = try await journal.step("b", input: 1) { () async throws -> String in
                kill(getpid(), SIGKILL)
                return "never"
            }
        }
        let store = try await openStore()
        let run = runID(1)
        #expect(
            try await store.events(of: run).map(\.kind.rawValue) == [
                "run.created", "step.began", "step.ended", "step.began",
            ]
        )
        #expect(try await store.verify(nil).isEmpty)
        let now = SystemClock().milliseconds
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(30), at: now)
        let journal = try await RunJournal(store: store, run: run, lease: lease)
        #expect(try await journal.step("a", input: 1) { "again" } == "made")
        #expect(try await journal.step("b", input: 1) { "again" } == "again")
        #expect(try await store.events(of: run).suffix(2).first?.body["again"] == true)
    }

    @Test("loses nothing that an append has returned", .timeLimit(.minutes(1)))
    func killedWhileAppending() async throws {
        let path = journalPath
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try await SQLiteJournal(path: path)
            let journal = try await startJournal(store)
            let calls = Counter()
            try await withThrowingTaskGroup { group in
                for task in 0..<8 {
                    group.addTask {
                        for number in 0..<1_000 {
                            let step = StepPath("\(task)/\(number)")
                            _ = try await journal.step(step, input: number) { String(repeating: "x", count: 700) }
                            try Data().write(to: URL(filePath: path + "-\(task)-\(number)"))
                            if calls.next() == 60 {
                                kill(getpid(), SIGKILL)
                            }
                        }
                    }
                }
                try await group.waitForAll()
            }
        }
        let store = try await openStore()
        #expect(try await store.verify(nil).isEmpty)
        let state = RunState(try await store.events(of: runID(1)))
        var found = 0
        for name in try FileManager.default.contentsOfDirectory(atPath: TemporaryDirectory.current.path) {
            let parts = name.split(separator: "-")
            guard parts.count == 3, let task = Int(parts[1]), let number = Int(parts[2]) else { continue }
            #expect(state.steps[StepPath("\(task)/\(number)")]?.result != nil)
            found += 1
        }
        #expect(found >= 60)
    }

    @Test("keeps what it has when the disk is full, and goes on when there is space again", .enabled(if: getuid() == 0))
    func fullDisk() async throws {
        let disk = TemporaryDirectory.current.appending(path: "disk").path
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        guard unsafe mount("tmpfs", disk, "tmpfs", 0, "size=1m") == 0 else {
            Issue.record("cannot mount a small disk: errno \(errno)")
            return
        }
        defer { _ = unsafe umount2(disk, Int32(MNT_DETACH)) }
        let store = try await SQLiteJournal(path: disk + "/journal.db")
        let journal = try await startJournal(store)
        let ballast = disk + "/ballast"
        try Data(count: 500_000).write(to: URL(filePath: ballast))
        var recorded: [StepPath] = []
        var fault: (any ReportableError)?
        while fault == nil, recorded.count < 200 {
            let path = StepPath("\(recorded.count)")
            do {
                _ = try await journal.step(path, input: 1) { String(repeating: "x", count: 20_000) + "\(path)" }
                recorded.append(path)
            } catch {
                fault = error as? any ReportableError
            }
        }
        #expect(fault?.kind == .diskFull)
        #expect(fault?.description.contains("no space left") == true)
        #expect(recorded.count > 3)
        try FileManager.default.removeItem(atPath: ballast)
        let again = try await reopened(journal)
        for path in recorded {
            #expect(try await again.step(path, input: 1) { "another" } != "another")
        }
        #expect(try await again.step("last", input: 1) { "made" } == "made")
        #expect(try await store.verify(nil).isEmpty)
    }
}
