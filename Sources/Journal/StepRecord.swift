package import Core

/// What the journal knows of one step.
package struct StepRecord: Sendable, Equatable {
    package let path: StepPath
    /// The hash of the input with which the step last began.
    package let input: Digest
    /// The hash of the result, or `nil` when there is none.
    package let result: Digest?
    /// The result itself when it is small enough to stand in the event.
    package let value: String?
    /// The step's last failure; `nil` when it has a result.
    package let failure: StepFailure?
    /// The sequence number of the event with which the step last began.
    package let began: Int
    /// The hashes of the input's members, to say which one has changed.
    let outline: JSONValue?

    /// The member of an event's body that holds a small result's JSON text.
    static let valueMember = "value"
    static let outlineMember = "parts"
    /// Marks a step that was in flight when its process died, and was made once more.
    package static let againMember = "again"
    /// Marks a result that a probe found.
    package static let probedMember = "probed"

    /// What counts when two journals are compared; `nil` without a result.
    package var outcome: StepOutcome? {
        result.map { StepOutcome(path: path, input: input, result: $0) }
    }
}

/// Why a step's effect did not give a result.
package struct StepFailure: Sendable, Equatable {
    package let failureClass: FailureClass
    package let message: String
}

/// A fold over a run's events: its steps, and the requests of other processes that no one has answered.
package struct RunState: Sendable {
    package private(set) var steps: [StepPath: StepRecord] = [:]
    /// The last unanswered request.
    package private(set) var control: Control?
    /// The last event that answered requests: a request that was written before it is done with.
    private var answered = 0
    package private(set) var lastSequence = 0
    package private(set) var wasPruned = false

    package init() {}

    package init(_ events: some Sequence<Event>) {
        for event in events {
            apply(event)
        }
    }

    /// Takes in the next event.
    package mutating func apply(_ event: Event) {
        lastSequence = max(lastSequence, event.sequence)
        if let request = Control(event.kind), event.sequence > answered {
            control = control == .cancel ? .cancel : request
        } else if event.kind.answersControl {
            control = nil
            answered = event.sequence
        }
        switch event.kind {
        case .runPruned: wasPruned = true
        case .stepsRewound: rewind(to: event)
        case .stepBegan, .stepEnded, .stepFailed: applyStep(event)
        default: break
        }
    }

    private mutating func applyStep(_ event: Event) {
        guard let path = event.step else { return }
        if event.kind == .stepBegan, let input = event.input {
            let outline = event.body[StepRecord.outlineMember]
            steps[path] = StepRecord(
                path: path,
                input: input,
                result: nil,
                value: nil,
                failure: nil,
                began: event.sequence,
                outline: outline
            )
        } else if let known = steps[path] {
            let ended = event.kind == .stepEnded
            steps[path] = StepRecord(
                path: path,
                input: known.input,
                result: ended ? event.result : nil,
                value: ended ? event.body[StepRecord.valueMember]?.string : nil,
                failure: ended ? nil : StepFailure(event.body),
                began: known.began,
                outline: known.outline
            )
        }
    }

    private mutating func rewind(to event: Event) {
        guard let step = event.step, let first = steps[step]?.began else { return }
        steps = steps.filter { $0.value.began < first }
    }

    /// The steps that have a result.
    package var outcomes: Set<StepOutcome> {
        Set(steps.values.compactMap(\.outcome))
    }
}

extension StepFailure {
    init(_ body: JSONValue) {
        failureClass = body["class"]?.string.flatMap(FailureClass.init) ?? .infrastructure
        message = body["message"]?.string ?? ""
    }

    var body: JSONValue {
        ["class": .string(failureClass.rawValue), "message": .string(message)]
    }
}
