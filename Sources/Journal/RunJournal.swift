package import Core
internal import HashKit
internal import Synchronization

/// The journal of one run that this process owns, and the durable steps of that run.
///
/// No actor: what many steps at once share is looked at in a few lines under a lock, and a change of tasks for each
/// would cost more than all else that a step does before its intent is written.
package final class RunJournal: Sendable {
    /// Whether steps may act.
    package enum Mode: Sendable {
        case live
        /// Every result comes from the journal, and nothing is written.
        case replay
    }

    package let store: any JournalStore
    package let run: RunID
    package let mode: Mode
    let clock: any WallClock
    let redactor: Redactor
    let situation: Mutex<Situation>

    /// What the run's tasks share.
    struct Situation: Sendable {
        var lease: Lease?
        var state: RunState
        /// The steps that this process has passed, and how.
        var passed: [StepPath: Passage] = [:]
        var inFlight: Set<StepPath> = []
        var controlMark: Int64?
        /// Up to where other processes' requests have been read.
        var controlSequence: Int
        var nextControlCheck: ContinuousClock.Instant?
    }

    struct Passage: Sendable {
        let outcome: StepOutcome
        let wasReplayed: Bool
    }

    /// Loads the run and checks its chain; `lease` may be `nil` only for a replay.
    ///
    /// - Throws: ``JournalError/runUnknown(_:)``, or ``JournalError/damaged(run:sequence:problem:)``.
    package init(
        store: any JournalStore,
        run: RunID,
        lease: Lease?,
        clock: any WallClock = SystemClock(),
        redactor: Redactor = .none,
        mode: Mode = .live
    ) async throws {
        let events = try await store.events(of: run)
        try EventChain.check(events, of: run)
        self.store = store
        self.run = run
        self.clock = clock
        self.redactor = redactor
        self.mode = mode
        situation = Mutex(
            Situation(lease: lease, state: RunState(events), controlSequence: events.last?.sequence ?? 0)
        )
    }

    /// What is recorded of a step.
    package func record(of path: StepPath) -> StepRecord? { situation.withLock { $0.state.steps[path] } }

    /// All recorded steps, in the order in which they began.
    package var steps: [StepRecord] {
        situation.withLock(\.state.steps).values.sorted { $0.began < $1.began }
    }

    /// The steps that this process has passed: what a replay compares with the recorded ones.
    package var passedOutcomes: Set<StepOutcome> { Set(situation.withLock(\.passed).values.map(\.outcome)) }

    /// The steps that are recorded with a result.
    package var recordedOutcomes: Set<StepOutcome> { situation.withLock(\.state).outcomes }

    /// Whether a step's result came from the journal; false when it was made now, or the step was not passed.
    package func wasReplayed(_ path: StepPath) -> Bool {
        situation.withLock { $0.passed[path]?.wasReplayed ?? false }
    }

    /// Appends an event about the run or a step, redacted; a body that is too large goes into a blob.
    ///
    /// A replay writes nothing and returns `nil`.
    @discardableResult
    package func record(
        _ kind: EventKind,
        step: StepPath? = nil,
        body: JSONValue = .object([:])
    ) async throws -> Event? {
        let (draft, value) = EventDraft(kind, step: step, body: redactor.redacting(body)).fitting
        return try await append([draft], values: value.map { [$0] } ?? []).first
    }

    /// Has the run continue from a step: it and every step that began after it do not count any more.
    ///
    /// - Throws: ``JournalError/stepUnknown(_:)``.
    package func rewind(to path: StepPath) async throws {
        guard record(of: path) != nil else { throw JournalError.stepUnknown(path) }
        try await append([EventDraft(.stepsRewound, step: path)])
    }

    @discardableResult
    func append(_ drafts: [EventDraft], values: [NamedValue] = []) async throws -> [Event] {
        guard mode == .live else { return [] }
        let lease = situation.withLock(\.lease)
        let events = try await store.append(drafts, blobs: values, to: run, at: clock.milliseconds, under: lease)
        situation.withLock { situation in
            for event in events {
                situation.state.apply(event)
            }
        }
        return events
    }
}

// MARK: - The parts of a step

extension RunJournal {
    /// What a step has to do.
    enum Opening: Sendable {
        case recorded(StepRecord)
        /// The step began before without a result, so that a probe may find one, or it did not.
        case act(mayBeDone: Bool)
    }

    /// Writes a step's intent, unless its result is recorded.
    func begin(
        _ path: StepPath,
        input: NamedValue,
        keepsInput: Bool,
        marks: (@Sendable () async throws -> [String: JSONValue])?
    ) async throws -> Opening {
        try await checkControl()
        let known = try enter(path, input: input)
        if let known, known.outcome != nil { return .recorded(known) }
        do {
            let wasInFlight = known.map { $0.failure == nil } ?? false
            var draft = EventDraft(.stepBegan, step: path, input: input.digest)
            var members = try await marks?() ?? [:]
            if wasInFlight { members[StepRecord.againMember] = true }
            draft.body = .object(members)
            let room = Event.sizeLimit - draft.size - 32
            members[StepRecord.outlineMember] = InputOutline.outline(of: input.bytes, limit: room)
            draft.body = .object(members)
            try await append([draft], values: keepsInput ? [input] : [])
            return .act(mayBeDone: known != nil)
        } catch {
            leave(path)
            throw error
        }
    }

    /// Passes the step when its result is recorded, else takes it for this caller; returns what is recorded of it.
    private func enter(_ path: StepPath, input: NamedValue) throws(JournalError) -> StepRecord? {
        try situation.withLock { (situation) throws(JournalError) in
            let known = situation.state.steps[path]
            if let known, let outcome = known.outcome {
                guard known.input == input.digest else {
                    throw .inputChanged(step: path, what: InputOutline.change(from: known.outline, to: input.bytes))
                }
                situation.passed[path] = Passage(outcome: outcome, wasReplayed: true)
                return known
            }
            if mode == .replay {
                throw Self.replayError(path, known)
            }
            guard situation.inFlight.insert(path).inserted else { throw .stepInFlight(path) }
            return known
        }
    }

    /// Lets the step be taken again.
    private func leave(_ path: StepPath) {
        situation.withLock { _ = $0.inFlight.remove(path) }
    }

    private static func replayError(_ path: StepPath, _ known: StepRecord?) -> JournalError {
        guard let failure = known?.failure else { return .effectForbidden(step: path) }
        return .recordedFailure(step: path, class: failure.failureClass, message: failure.message)
    }

    /// Writes a step's result.
    func end(
        _ path: StepPath,
        input: Digest,
        result text: [UInt8],
        marks: [String: JSONValue]
    ) async throws {
        defer { leave(path) }
        let value = NamedValue(text)
        var draft = EventDraft(.stepEnded, step: path, result: value.digest)
        draft.body = .object(marks)
        // A long text does not even have to be tried.
        if text.count <= Event.sizeLimit {
            let short = JSONValue.string(String(decoding: text, as: UTF8.self))
            draft.body = .object(marks.merging([StepRecord.valueMember: short]) { first, _ in first })
        }
        let isApart = text.count > Event.sizeLimit || draft.size > Event.sizeLimit
        if isApart { draft.body = .object(marks) }
        // What was done must be recorded, whatever is said of it besides.
        if draft.size > Event.sizeLimit { draft.body = .object([:]) }
        try await append([draft], values: isApart ? [value] : [])
        let outcome = StepOutcome(path: path, input: input, result: value.digest)
        situation.withLock { $0.passed[path] = Passage(outcome: outcome, wasReplayed: false) }
    }

    /// Writes that a step's effect threw.
    func fail(_ path: StepPath, _ failure: StepFailure, marks: [String: JSONValue]) async throws {
        defer { leave(path) }
        var marks = marks
        var draft = EventDraft(.stepFailed, step: path, body: .object(marks))
        // That a step failed matters more than what else is to be said of it.
        if draft.size + 64 > Event.sizeLimit { marks = [:] }
        draft.body = .object(marks)
        let room = max(0, Event.sizeLimit - draft.size - 64)
        var message = redactor.redacting(failure.message).printable
        while message.utf8.count > room {
            message = String(message.dropLast(max(1, (message.utf8.count - room) / 4)))
        }
        let body = StepFailure(failureClass: failure.failureClass, message: message).body
        draft.body = .object(marks.merging(body.object ?? [:]) { _, last in last })
        try await append([draft])
    }
}
