/// What an event says, as a dotted word.
///
/// Kinds that begin with `run.` concern the run as a whole, `step.` one durable step, and `control.` is what other
/// processes ask of the run's owner. Whoever appends events may use further kinds.
package struct EventKind: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }

    package init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    package var description: String { rawValue }

    package static let runCreated = EventKind("run.created")
    package static let runResumed = EventKind("run.resumed")
    package static let runPaused = EventKind("run.paused")
    package static let runParked = EventKind("run.parked")
    package static let runCancelled = EventKind("run.cancelled")
    package static let runCompleted = EventKind("run.completed")
    package static let runFailed = EventKind("run.failed")
    /// Retention dropped the run's blobs.
    package static let runPruned = EventKind("run.pruned")

    /// The intent: written before the effect.
    package static let stepBegan = EventKind("step.began")
    /// The result: written after the effect.
    package static let stepEnded = EventKind("step.ended")
    /// The effect threw; never counted as a result.
    package static let stepFailed = EventKind("step.failed")
    /// A person had the run continue from a step: it and what began after it do not count any more.
    package static let stepsRewound = EventKind("steps.rewound")

    package static let controlPause = EventKind("control.pause")
    package static let controlCancel = EventKind("control.cancel")

    /// The kinds that say where a run is in its life; the newest of them holds.
    static let states: [EventKind] = [.runCreated, .runResumed, .runPaused, .runParked] + endings

    /// The kinds after which nothing more happens in a run.
    static let endings: [EventKind] = [.runCancelled, .runCompleted, .runFailed]

    /// Whether any process may append it, without owning the run.
    package var isControl: Bool { rawValue.hasPrefix("control.") }

    /// Whether an event of this kind answers the control requests before it.
    package var answersControl: Bool { Self.states.contains(self) }
}
