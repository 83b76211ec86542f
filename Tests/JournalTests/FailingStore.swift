import Core
import Journal

/// A store that stands for a process that dies: an append of a certain kind never reaches the store below.
struct FailingStore: JournalStore {
    struct Failure: Error {}

    let base: any JournalStore
    let kind: EventKind

    init(_ base: any JournalStore, when kind: EventKind) {
        self.base = base
        self.kind = kind
    }

    func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [[UInt8]]) async throws {
        try await base.createRun(run, at: at, first: first, blobs: blobs)
    }

    func append(
        _ drafts: [EventDraft],
        blobs: [[UInt8]],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        guard !drafts.contains(where: { $0.kind == kind }) else { throw Failure() }
        return try await base.append(drafts, blobs: blobs, to: run, at: at, under: lease)
    }

    func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event] {
        try await base.events(of: run, after: sequence, limit: limit)
    }

    func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event] {
        try await base.controlEvents(of: run, after: sequence)
    }

    func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks] {
        try await base.latest(kinds: kinds, limit: limit, before: before)
    }

    func runs(limit: Int?, before: RunID?) async throws -> [RunID] {
        try await base.runs(limit: limit, before: before)
    }

    func blob(_ digest: Digest) async throws -> [UInt8] { try await base.blob(digest) }

    func acquireLease(
        on run: RunID,
        owner: ProcessIdentity,
        duration: Duration,
        at: Int64
    ) async throws -> Lease {
        try await base.acquireLease(on: run, owner: owner, duration: duration, at: at)
    }

    func renew(_ lease: Lease, at: Int64) async throws -> Lease { try await base.renew(lease, at: at) }
    func release(_ lease: Lease) async throws { try await base.release(lease) }
    func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity? { try await base.holder(of: run, at: at) }
    func changeMark() async throws -> Int64 { try await base.changeMark() }
    func verify(_ run: RunID?) async throws -> [JournalDamage] { try await base.verify(run) }

    func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention {
        try await base.dropBlobs(ofRunsBefore: time, at: at, dryRun: dryRun)
    }
}
