import Core
import Engine
import Journal
import JournalTesting
import Models
import Synchronization
import TestSupport
import Testing

/// A store in which something happens just before a lease is asked for, as if by another process.
private final class InterposedStore: ForwardingStore {
    let base: any JournalStore
    private let before: Mutex<(@Sendable () async throws -> Void)?>

    init(_ base: any JournalStore, before: @escaping @Sendable () async throws -> Void) {
        self.base = base
        self.before = Mutex(before)
    }

    func acquireLease(on run: RunID, owner: ProcessIdentity, duration: Duration, at: Int64) async throws -> Lease {
        let action = before.withLock { action in
            defer { action = nil }
            return action
        }
        try await action?()
        return try await base.acquireLease(on: run, owner: owner, duration: duration, at: at)
    }
}

@Suite("A run that two processes want", .tags(.medium), .temporaryDirectory)
struct RaceTests {
    private let script = Script(files: []).provider()

    @Test("is not driven when the other ends it before this one has the lease")
    func cancelledBeforeLease() async throws {
        var yard = try await Yard(model: script)
        let other = yard.service
        let run = try await other.create(yard.request("count words"))
        yard.parts.store = InterposedStore(yard.store) { try await other.cancel(run) }
        await #expect(throws: RunError.alreadyEnded(run, .cancelled)) { _ = try await yard.service.drive(run) }
        #expect(try await other.report(run).state == .cancelled)
        #expect(script.requests.isEmpty)
    }

    @Test("is not marked as paused when the other has completed it meanwhile")
    func completedBeforeLease() async throws {
        var yard = try await Yard(model: script)
        let store = yard.store
        let run = try await yard.service.create(yard.request("count words"))
        let now = SystemClock().milliseconds
        yard.parts.store = InterposedStore(store) {
            let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(30), at: now)
            try await store.append([EventDraft(.runCompleted)], blobs: [], to: run, at: now, under: lease)
            try await store.release(lease)
        }
        await #expect(throws: RunError.alreadyEnded(run, .completed)) { try await yard.service.pause(run) }
        #expect(try await yard.service.report(run).state == .completed)
    }

    @Test("knows its model from the first moment, goes on with that one only, and replays without it")
    func model() async throws {
        let files = [
            FileText(path: "count_words/__init__.py", content: "def count(text):\n    return len(text.split())\n"),
            FileText(path: "tests/__init__.py", content: ""),
            FileText(
                path: "tests/test_count.py",
                content:
                    "import unittest\nfrom count_words import count\n\n\nclass T(unittest.TestCase):\n"
                    + "    def test_words(self):\n        self.assertEqual(count('a b'), 2)\n"
            ),
        ]
        let script = Script(files: files).provider()
        var yard = try await Yard(model: script)
        let run = try await yard.service.create(yard.request("count words"))
        let begun = RunReport.Model(provider: "scripted", name: "scripted")
        #expect(try await yard.service.report(run).model == begun)
        yard.parts.model = BuiltinModel()
        let refusal = RunError.modelUnavailable(begun, here: RunReport.Model(provider: "builtin", name: "builtin"))
        await #expect(throws: refusal) { _ = try await yard.service.drive(run) }
        #expect(refusal.kind == .configuration && refusal.hint != nil)
        #expect(try await yard.service.report(run).state == .running)
        yard.parts.model = script
        let outcome = try await yard.service.drive(run)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(outcome.report.scope == .described)
        yard.parts.model = BuiltinModel()
        #expect(try await yard.service.replay(run).differences == [])
        #expect(try await yard.service.report(run).model == begun)
    }
}
