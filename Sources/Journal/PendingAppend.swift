internal import Core
internal import HashKit

/// An append that waits for the next commit, made ready on its caller's time so that the writer has only to write.
struct PendingAppend: Sendable {
    let run: RunID
    /// Milliseconds since 1970.
    let at: Int64
    let events: [PreparedEvent]
    let blobs: [NamedValue]
    /// The token of the lease that must be the run's; `nil` where none is needed.
    let token: Int64?
    let createsRun: Bool

    /// - Throws: What no state of the database could make right.
    init(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?,
        createsRun: Bool = false
    ) throws(JournalError) {
        var events: [PreparedEvent] = []
        events.reserveCapacity(drafts.count)
        for draft in drafts {
            guard createsRun || lease?.run == run || lease == nil && draft.kind.isControl else {
                throw .leaseNeeded(draft.kind)
            }
            events.append(try PreparedEvent(draft))
        }
        for blob in blobs where !drafts.contains(where: { $0.result == blob.digest || $0.input == blob.digest }) {
            throw .blobWithoutEvent(blob.digest)
        }
        self.run = run
        self.at = at
        self.events = events
        self.blobs = blobs
        token = lease?.token
        self.createsRun = createsRun
    }

    /// An event that the store itself appends to a run that nobody owns.
    init(ofStore draft: EventDraft, to run: RunID, at: Int64) throws(JournalError) {
        self.run = run
        self.at = at
        events = [try PreparedEvent(draft)]
        blobs = []
        token = nil
        createsRun = false
    }

    /// Whether this asks a run for something.
    var isRequest: Bool { events.contains { $0.draft.kind.isControl } }

    /// The events as they were recorded.
    func events(_ recorded: Recorded) -> [Event] {
        var sequence = recorded.last - Int64(events.count)
        return zip(events, recorded.hashes).map { event, hash in
            sequence += 1
            return Event(
                run: run,
                sequence: Int(sequence),
                at: at,
                kind: event.draft.kind,
                step: event.draft.step,
                input: event.draft.input,
                result: event.draft.result,
                body: event.draft.body,
                hash: hash
            )
        }
    }

    /// What the writer adds to the events of an append.
    struct Recorded: Sendable {
        /// The last event's sequence number.
        let last: Int64
        let hashes: [Digest]
    }
}

/// An event of which only the place in the chain is missing.
struct PreparedEvent: Sendable {
    let draft: EventDraft
    /// The text of the draft's body.
    let body: String
    /// What the event's hash covers besides its place.
    let content: [UInt8]

    /// - Throws: ``JournalError/eventTooLarge(_:bytes:)``.
    init(_ draft: EventDraft) throws(JournalError) {
        self.draft = draft
        body = CompactJSON.text(of: draft.body)
        let size = draft.size(ofBody: body.utf8.count)
        guard size <= Event.sizeLimit else { throw .eventTooLarge(draft.kind, bytes: size) }
        content = EventChain.content(
            kind: draft.kind.rawValue,
            step: draft.step?.description,
            input: draft.input?.bytes,
            result: draft.result?.bytes,
            body: body
        )
    }
}
