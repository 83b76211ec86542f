package import Core

/// One entry of a run's journal, as it was recorded.
package struct Event: Sendable, Equatable {
    /// The most bytes that an event may have, all fields together and without the database's own overhead.
    package static let sizeLimit = 300

    package let run: RunID
    /// Counts from 1 without gaps.
    package let sequence: Int
    /// Milliseconds since 1970.
    package let at: Int64
    package let kind: EventKind
    package let step: StepPath?
    /// The hash of a step's input, which is kept as a blob where the step wants that.
    package let input: Digest?
    /// The hash of a step's result, or of the blob that holds what is too large for ``body``.
    package let result: Digest?
    package let body: JSONValue
    /// The hash over all fields and the previous event's hash.
    package let hash: Digest
}

/// An event that is about to be appended.
package struct EventDraft: Sendable, Equatable {
    package var kind: EventKind
    package var step: StepPath?
    package var input: Digest?
    package var result: Digest?
    package var body: JSONValue

    package init(
        _ kind: EventKind,
        step: StepPath? = nil,
        input: Digest? = nil,
        result: Digest? = nil,
        body: JSONValue = .object([:])
    ) {
        self.kind = kind
        self.step = step
        self.input = input
        self.result = result
        self.body = body
    }

    /// The draft as an event has room for it: a body that is too large becomes a value, which the event names as its
    /// result.
    package var fitting: (draft: EventDraft, value: NamedValue?) {
        guard size > Event.sizeLimit else { return (self, nil) }
        let value = NamedValue(Array(CompactJSON.text(of: body).utf8))
        var draft = self
        draft.body = .object([:])
        draft.result = value.digest
        return (draft, value)
    }

    /// How many bytes the event will have.
    package var size: Int {
        size(ofBody: CompactJSON.size(of: body))
    }

    func size(ofBody bytes: Int) -> Int {
        let numbers = 2 * MemoryLayout<Int64>.size
        let digests = (input == nil ? 1 : 2) + (result == nil ? 0 : 1)
        let names = RunID.length + kind.rawValue.utf8.count + (step?.description.utf8.count ?? 0)
        return numbers + names + digests * Digest.size + bytes
    }
}
