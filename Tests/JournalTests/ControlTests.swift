import Core
import Foundation
import Journal
import Synchronization
import TestSupport
import Testing

@Suite("Requests of other processes", .tags(.medium), .temporaryDirectory)
struct ControlTests {
    @Test("stop a run before its next step", arguments: Control.allCases)
    func nextStep(control: Control) async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        _ = try await journal.step("a", input: 1) { 1 }
        try await openStore().request(control, of: journal.run, at: 5)
        try await Task.sleep(for: RunJournal.controlInterval)
        let error = await #expect(throws: JournalError.self) { try await journal.step("b", input: 1) { 1 } }
        #expect(error == .stopRequested(journal.run, control))
        #expect(error?.kind.exitStatus == 130)
        try await journal.record(control == .pause ? .runPaused : .runCancelled)
        let again = try await reopened(journal)
        try await again.record(.runResumed)
        #expect(try await again.step("b", input: 1) { 1 } == 1)
    }

    @Test("reach a running step within 100 ms")
    func runningStep() async throws {
        let store = try await openStore()
        let other = try await openStore()
        let journal = try await startJournal(store)
        let clock = ContinuousClock()
        let asked = try await withThrowingTaskGroup(of: ContinuousClock.Instant?.self) { group in
            group.addTask {
                for await control in journal.controlRequests() where control == .cancel { break }
                return nil
            }
            try await Task.sleep(for: .milliseconds(120))
            try await journal.record(EventKind("test"))
            let asked = clock.now
            try await other.request(.cancel, of: journal.run, at: 5)
            try await group.waitForAll()
            return asked
        }
        // The interval is 50 ms; the rest is slack for a busy machine, and far below a request that is never seen.
        #expect(clock.now - asked < .seconds(10))
    }

    @Test("are given out once each, and end with the reader")
    func onceEach() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        try await store.request(.pause, of: journal.run, at: 5)
        let seen = Mutex<[Control]>([])
        let reading = Task {
            for await control in journal.controlRequests() {
                seen.withLock { $0.append(control) }
            }
        }
        try await waitUntil { seen.withLock { $0 == [.pause] } }
        try await store.request(.cancel, of: journal.run, at: 6)
        try await waitUntil { seen.withLock { $0 == [.pause, .cancel] } }
        reading.cancel()
        await reading.value
        #expect(seen.withLock { $0 } == [.pause, .cancel])
    }

    /// Looks again and again for as long as a busy machine may take.
    private func waitUntil(_ holds: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !holds() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    @Test("that were made before the run was resumed are done with, later ones are not")
    func answered() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        try await store.request(.cancel, of: journal.run, at: 5)
        try await journal.record(.runResumed)
        #expect(try await journal.step("a", input: 1) { 1 } == 1)
        try await store.request(.pause, of: journal.run, at: 6)
        let again = try await reopened(journal)
        await #expect(throws: JournalError.stopRequested(journal.run, .pause)) {
            try await again.step("b", input: 1) { 1 }
        }
    }
}

@Suite("The lease of a run's journal", .tags(.medium), .temporaryDirectory)
struct LeaseTests {
    @Test("is renewed while the run works")
    func renewal() async throws {
        let store = try await openStore()
        let first = try await startRun(store, at: SystemClock().milliseconds)
        try await store.release(first)
        let start = SystemClock().milliseconds
        let lease = try await store.acquireLease(
            on: first.run,
            owner: .current,
            duration: .milliseconds(300),
            at: start
        )
        let journal = try await RunJournal(store: store, run: lease.run, lease: lease)
        let keeping = Task { try await journal.keepLease() }
        try await Task.sleep(for: .milliseconds(700))
        #expect(try await store.holder(of: lease.run, at: SystemClock().milliseconds) == .current)
        keeping.cancel()
        try await keeping.value
        try await journal.release()
        #expect(try await store.holder(of: lease.run, at: start) == nil)
    }

    @Test("once lost ends the work of the old owner")
    func lost() async throws {
        let store = try await openStore()
        let clock = ManualClock()
        let first = try await startRun(store, at: clock.milliseconds)
        let journal = try await RunJournal(store: store, run: first.run, lease: first, clock: clock)
        _ = try await journal.step("a", input: 1) { 1 }
        clock.advance(by: .seconds(31))
        let second = try await store.acquireLease(
            on: first.run,
            owner: otherLivingProcess,
            duration: .milliseconds(30),
            at: clock.milliseconds
        )
        await #expect(throws: JournalError.leaseLost(first.run)) { try await journal.step("b", input: 1) { 1 } }
        #expect(try await journal.step("a", input: 1) { 2 } == 1)
        let other = try await RunJournal(store: store, run: first.run, lease: second, clock: clock)
        #expect(try await other.step("b", input: 1) { 3 } == 3)
        #expect(try await store.events(of: first.run).filter { $0.step == "b" }.count == 2)
    }

    @Test("is not taken from a process of another machine or space before it expires")
    func elsewhere() async throws {
        let here = ProcessIdentity.current
        let strangers = [
            ProcessIdentity(machine: "m", boot: "b", space: here.space, process: 99, start: 1),
            ProcessIdentity(machine: here.machine, boot: here.boot, space: "pid:[1]", process: 4_000_000, start: 1),
        ]
        #expect(strangers.allSatisfy { !$0.hasEnded })
        let restarted = ProcessIdentity(machine: "m", boot: "b", space: here.space, process: 99, start: 1)
        #expect(restarted.hasEnded == (here.machine == "m"))
        #expect(!here.hasEnded)
        #expect(!otherLivingProcess.hasEnded)
        #expect(deadProcess.hasEnded)
        #expect(identity(process: 4_194_305, start: 1).hasEnded)
    }
}
