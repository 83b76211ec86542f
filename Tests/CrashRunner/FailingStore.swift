import Core
import Foundation
import Journal
import Synchronization

/// Where the process kills itself.
enum KillPlace: Sendable {
    case never
    case after(append: Int)
    case during(append: Int, microseconds: UInt32)

    init(_ words: ArraySlice<String>) {
        let words = Array(words)
        self =
            switch words.first {
            case "after": .after(append: Int(words[1]) ?? 0)
            case "during": .during(append: Int(words[1]) ?? 0, microseconds: UInt32(words[2]) ?? 0)
            default: .never
            }
    }

    func strike(at append: Int) {
        switch self {
        case .after(append):
            kill(getpid(), SIGKILL)
        case .during(append, let microseconds):
            Thread.detachNewThread {
                usleep(microseconds)
                kill(getpid(), SIGKILL)
            }
        default: break
        }
    }
}

/// The real store, which counts its durable appends and kills the process after one of them.
final class FailingStore: JournalStore {
    private let store: SQLiteJournal
    private let place: KillPlace
    private let count = Mutex(0)

    var appends: Int { count.withLock { $0 } }

    init(_ store: SQLiteJournal, place: KillPlace) {
        self.store = store
        self.place = place
    }

    private func appended() {
        let append = count.withLock { count in
            count += 1
            return count
        }
        place.strike(at: append)
    }

    func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [[UInt8]]) async throws {
        try await store.createRun(run, at: at, first: first, blobs: blobs)
        appended()
    }

    @discardableResult
    func append(
        _ drafts: [EventDraft],
        blobs: [[UInt8]],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        let events = try await store.append(drafts, blobs: blobs, to: run, at: at, under: lease)
        appended()
        return events
    }

    func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event] {
        try await store.events(of: run, after: sequence, limit: limit)
    }

    func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks] {
        try await store.latest(kinds: kinds, limit: limit, before: before)
    }

    func runs(limit: Int?, before: RunID?) async throws -> [RunID] {
        try await store.runs(limit: limit, before: before)
    }

    func blob(_ digest: Digest) async throws -> [UInt8] {
        try await store.blob(digest)
    }

    func acquireLease(
        on run: RunID,
        owner: ProcessIdentity,
        duration: Duration,
        at: Int64
    ) async throws -> Lease {
        try await store.acquireLease(on: run, owner: owner, duration: duration, at: at)
    }

    func renew(_ lease: Lease, at: Int64) async throws -> Lease {
        try await store.renew(lease, at: at)
    }

    func release(_ lease: Lease) async throws {
        try await store.release(lease)
    }

    func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity? {
        try await store.holder(of: run, at: at)
    }

    func changeMark() async throws -> Int64 {
        try await store.changeMark()
    }

    func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event] {
        try await store.controlEvents(of: run, after: sequence)
    }

    func verify(_ run: RunID?) async throws -> [JournalDamage] {
        try await store.verify(run)
    }

    func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention {
        try await store.dropBlobs(ofRunsBefore: time, at: at, dryRun: dryRun)
    }
}
