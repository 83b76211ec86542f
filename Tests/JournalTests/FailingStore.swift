import Core
import Journal
import JournalTesting

/// A store that stands for a process that dies: an append of a certain kind never reaches the store below.
struct FailingStore: ForwardingStore {
    struct Failure: Error {}

    let base: any JournalStore
    let kind: EventKind

    init(_ base: any JournalStore, when kind: EventKind) {
        self.base = base
        self.kind = kind
    }

    func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        guard !drafts.contains(where: { $0.kind == kind }) else { throw Failure() }
        return try await base.append(drafts, blobs: blobs, to: run, at: at, under: lease)
    }
}
