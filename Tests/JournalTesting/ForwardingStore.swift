package import Core
package import Journal

/// A store that hands everything to another one; a test's store says only what it does differently.
package protocol ForwardingStore: JournalStore {
    var base: any JournalStore { get }
}

extension ForwardingStore {
    package func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [NamedValue]) async throws {
        try await base.createRun(run, at: at, first: first, blobs: blobs)
    }

    package func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        try await base.append(drafts, blobs: blobs, to: run, at: at, under: lease)
    }

    package func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event] {
        try await base.events(of: run, after: sequence, limit: limit)
    }

    package func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event] {
        try await base.controlEvents(of: run, after: sequence)
    }

    package func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks] {
        try await base.latest(kinds: kinds, limit: limit, before: before)
    }

    package func runs(limit: Int?, before: RunID?) async throws -> [RunID] {
        try await base.runs(limit: limit, before: before)
    }

    package func blob(_ digest: Digest) async throws -> [UInt8] { try await base.blob(digest) }

    package func acquireLease(
        on run: RunID,
        owner: ProcessIdentity,
        duration: Duration,
        at: Int64
    ) async throws -> Lease {
        try await base.acquireLease(on: run, owner: owner, duration: duration, at: at)
    }

    package func renew(_ lease: Lease, at: Int64) async throws -> Lease { try await base.renew(lease, at: at) }
    package func release(_ lease: Lease) async throws { try await base.release(lease) }

    package func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity? {
        try await base.holder(of: run, at: at)
    }

    package func controlMark(notOlderThan age: Duration) async throws -> Int64 {
        try await base.controlMark(notOlderThan: age)
    }

    package func verify(_ run: RunID?) async throws -> [JournalDamage] { try await base.verify(run) }

    package func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention {
        try await base.dropBlobs(ofRunsBefore: time, at: at, dryRun: dryRun)
    }
}
