import Core
import Engine
import Journal
import Models
import Synchronization
import TestSupport
import Testing

/// A store in which something happens just before a lease is asked for, as if by another process.
private final class InterposedStore: JournalStore {
    private let inner: any JournalStore
    private let before: Mutex<(@Sendable () async throws -> Void)?>

    init(_ inner: any JournalStore, before: @escaping @Sendable () async throws -> Void) {
        self.inner = inner
        self.before = Mutex(before)
    }

    func acquireLease(on run: RunID, owner: ProcessIdentity, duration: Duration, at: Int64) async throws -> Lease {
        let action = before.withLock { action in
            defer { action = nil }
            return action
        }
        try await action?()
        return try await inner.acquireLease(on: run, owner: owner, duration: duration, at: at)
    }

    func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [[UInt8]]) async throws {
        try await inner.createRun(run, at: at, first: first, blobs: blobs)
    }

    func append(
        _ drafts: [EventDraft],
        blobs: [[UInt8]],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        try await inner.append(drafts, blobs: blobs, to: run, at: at, under: lease)
    }

    func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event] {
        try await inner.events(of: run, after: sequence, limit: limit)
    }

    func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event] {
        try await inner.controlEvents(of: run, after: sequence)
    }

    func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks] {
        try await inner.latest(kinds: kinds, limit: limit, before: before)
    }

    func runs(limit: Int?, before: RunID?) async throws -> [RunID] {
        try await inner.runs(limit: limit, before: before)
    }
    func blob(_ digest: Digest) async throws -> [UInt8] { try await inner.blob(digest) }
    func renew(_ lease: Lease, at: Int64) async throws -> Lease { try await inner.renew(lease, at: at) }
    func release(_ lease: Lease) async throws { try await inner.release(lease) }

    func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity? { try await inner.holder(of: run, at: at) }
    func changeMark() async throws -> Int64 { try await inner.changeMark() }
    func verify(_ run: RunID?) async throws -> [JournalDamage] { try await inner.verify(run) }

    func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention {
        try await inner.dropBlobs(ofRunsBefore: time, at: at, dryRun: dryRun)
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
