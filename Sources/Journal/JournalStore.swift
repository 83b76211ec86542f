package import Core

/// Where journals are kept: the one protocol of all drivers.
///
/// Every call is safe from any task. What `createRun` and `append` have returned from survives a crash of the
/// process and of the machine. A call whose task is cancelled still does all or nothing.
package protocol JournalStore: Sendable {
    /// Begins a run's journal with its first events.
    ///
    /// - Throws: ``JournalError/runExists(_:)``.
    func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [NamedValue]) async throws

    /// Appends events, all or none, and the values that their `result` fields name.
    ///
    /// Concurrent calls share one commit. `lease` may be `nil` only when all events are `control.` events.
    ///
    /// - Returns: The events as recorded; others may lie between those of two calls, never between those of one.
    /// - Throws: ``JournalError/leaseLost(_:)`` when the lease's token is not the run's current one.
    @discardableResult
    func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event]

    /// The events after a sequence number, in order, at most `limit`.
    func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event]

    /// The `control.` events after a sequence number, in order.
    func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event]

    /// For each of the newest runs the latest event of each of the kinds, among events that concern no single step.
    func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks]

    /// The runs, newest first.
    func runs(limit: Int?, before: RunID?) async throws -> [RunID]

    /// A value by its hash, checked against it.
    ///
    /// - Throws: ``JournalError/blobMissing(_:)`` or ``JournalError/blobAltered(_:)``.
    func blob(_ digest: Digest) async throws -> [UInt8]

    /// Takes the run for a process.
    ///
    /// A lease whose owner has died on this machine is taken over at once, any other when it has expired.
    ///
    /// - Throws: ``JournalError/busy(run:holder:)`` while another holder, be it this very process, has it.
    func acquireLease(on run: RunID, owner: ProcessIdentity, duration: Duration, at: Int64) async throws -> Lease

    /// Prolongs a lease by its duration.
    ///
    /// - Throws: ``JournalError/leaseLost(_:)``.
    func renew(_ lease: Lease, at: Int64) async throws -> Lease

    /// Gives a lease back; nothing happens when it is lost already.
    func release(_ lease: Lease) async throws

    /// Who owns the run and may write to it, or `nil`; a dead or expired holder does not count.
    func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity?

    /// A number that changes whenever a request to a run may have been appended, by any process; cheap enough to poll.
    ///
    /// It may be as old as `age`: what was looked up for others within that time is taken again.
    func controlMark(notOlderThan age: Duration) async throws -> Int64

    /// Checks each run's chain and each value, of one run or of all; empty when all is well.
    func verify(_ run: RunID?) async throws -> [JournalDamage]

    /// Drops the values of runs that have ended, whose last event is older, and that nobody owns; events stay.
    ///
    /// A value that a younger run names, too, stays.
    func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention
}

/// The latest events of the kinds that were asked for, of one run.
package struct RunMarks: Sendable, Equatable {
    package let run: RunID
    /// In order of their sequence numbers.
    package let events: [Event]

    package subscript(kind: EventKind) -> Event? {
        events.last { $0.kind == kind }
    }
}

/// One finding of a check.
package struct JournalDamage: Sendable, Equatable, CustomStringConvertible {
    /// The run that is hit, or `nil` for the store as a whole.
    package let run: RunID?
    /// The first event that is hit.
    package let sequence: Int?
    /// The value that is hit.
    package let blob: Digest?
    package let problem: String

    package init(run: RunID? = nil, sequence: Int? = nil, blob: Digest? = nil, problem: String) {
        self.run = run
        self.sequence = sequence
        self.blob = blob
        self.problem = problem
    }

    package var description: String {
        let parts = [
            run.map { "run \($0)" }, sequence.map { "event \($0)" }, blob.map { "value \($0)" }, problem.printable,
        ]
        return parts.compactMap(\.self).joined(separator: ": ")
    }
}

/// What retention dropped, or would drop.
package struct Retention: Sendable, Equatable {
    package var runs: [RunID] = []
    package var blobs = 0
    package var bytes: Int64 = 0

    package init() {}
}

extension JournalStore {
    /// The body of an event, read from its blob when it was too large to stand in the event.
    package func body(of event: Event) async throws -> JSONValue {
        guard event.kind != .stepEnded, event.kind != .stepBegan, let result = event.result else { return event.body }
        return try JSONValue(parsing: await blob(result))
    }

    /// The value with which a step ended; `nil` for any other event.
    package func result(of event: Event) async throws -> JSONValue? {
        guard event.kind == .stepEnded, let result = event.result else { return nil }
        if let value = event.body[StepRecord.valueMember]?.string { return try JSONValue(parsing: value) }
        return try JSONValue(parsing: await blob(result))
    }

    /// All events of a run.
    ///
    /// - Throws: ``JournalError/runUnknown(_:)``.
    package func events(of run: RunID) async throws -> [Event] {
        try await events(of: run, after: 0, limit: .max)
    }

    /// Asks a run's owner for something; needs no lease.
    package func request(_ control: Control, of run: RunID, at: Int64) async throws {
        try await append([EventDraft(control.kind)], blobs: [], to: run, at: at, under: nil)
    }
}
