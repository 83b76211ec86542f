internal import Core
internal import Journal

/// The newest event of each kind and step, besides those of the steps themselves.
///
/// A resumed run passes the places again where it has noted something; what is noted already is not noted twice.
actor MarkBook {
    private struct Key: Hashable {
        let kind: EventKind
        let step: StepPath?
    }

    private let journal: RunJournal
    private var events: [Key: Event] = [:]

    init(of journal: RunJournal, events: [Event]) {
        self.journal = journal
        for event in events {
            self.events[Key(kind: event.kind, step: event.step)] = event
        }
    }

    /// Records a mark, unless the newest one of its kind and step says the same; a replay records nothing.
    func note(_ kind: EventKind, at step: StepPath?, _ payload: JSONValue) async throws {
        guard journal.mode == .live else { return }
        let key = Key(kind: kind, step: step)
        if try await self.payload(of: key) == payload { return }
        events[key] = try await journal.record(kind, step: step, body: payload) ?? events[key]
    }

    /// What the newest mark of a kind and step says, or `nil` when there is none.
    func noted(_ kind: EventKind, at step: StepPath?) async throws -> JSONValue? {
        try await payload(of: Key(kind: kind, step: step))
    }

    /// Read from the store when it is not small: the outputs of all commands would not fit into memory.
    private func payload(of key: Key) async throws -> JSONValue? {
        guard let event = events[key] else { return nil }
        return try await journal.store.body(of: event)
    }
}
