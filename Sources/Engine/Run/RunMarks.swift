internal import Core
package import Journal

/// The events, besides steps, from which a run's report is folded.
extension EventKind {
    /// Names the value with all knowledge files of the run.
    package static let runKnowledge = EventKind("run.knowledge")
    /// Names the value that says which models there were when the run began.
    package static let runCatalogue = EventKind("run.catalogue")
    package static let runPlanned = EventKind("run.planned")
    package static let runModel = EventKind("run.model")
    package static let runToolchain = EventKind("run.toolchain")
    package static let runScaffolded = EventKind("run.scaffolded")
    package static let runVerified = EventKind("run.verified")
    package static let runVerdict = EventKind("run.verdict")
    package static let runSnapshot = EventKind("run.snapshot")
    package static let runDelivered = EventKind("run.delivered")
    /// Caps that a person has given a run instead of those that it began with.
    package static let runBudget = EventKind("run.budget")
    package static let phaseBegan = EventKind("phase.began")
    package static let phaseEnded = EventKind("phase.ended")
    package static let phaseSkipped = EventKind("phase.skipped")
    package static let loopEnded = EventKind("loop.ended")
    package static let chatEnded = EventKind("chat.ended")
    package static let commandEnded = EventKind("command.ended")
    /// What an agent was started with and how it ended.
    package static let agentEnded = EventKind("agent.ended")
    package static let fixEnded = EventKind("fix.ended")
    /// A tool could not do its work, and what was done instead.
    package static let fallback = EventKind("fallback")
    /// Something that a person should know: a repaired answer, a dropped field, a normalised mode.
    package static let notice = EventKind("notice")

    /// The kinds of which the newest of each is enough for a report without steps.
    package static let reportKinds: [EventKind] =
        [
            .runCreated, .runPlanned, .runModel, .runToolchain, .runScaffolded, .runVerified, .runVerdict,
            .runSnapshot, .runDelivered, .runBudget,
        ] + stateKinds.keys.sorted { $0.rawValue < $1.rawValue }

    /// The events that change a run's state; their payload is ``StateMark``.
    static let stateKinds: [EventKind: RunState] = [
        .runResumed: .running, .runPaused: .paused, .runParked: .parked, .runCancelled: .cancelled,
        .runCompleted: .completed, .runFailed: .failed,
    ]
}

extension RunState {
    /// The event that brings a run into this state.
    var eventKind: EventKind {
        switch self {
        case .running: .runResumed
        case .paused: .runPaused
        case .parked: .runParked
        case .cancelled: .runCancelled
        case .completed: .runCompleted
        case .failed: .runFailed
        }
    }
}

/// What goes with a change of state: what went wrong, if something did.
struct StateMark: Codable, Equatable {
    var kind: FaultKind?
    var failure: RunReport.Failure?
    var hint: String?
    /// When a model may answer again, in milliseconds since 1970; `nil` when no waiting helps.
    var retryAt: Int64?
    /// What `resume` needs besides the run's name, so that it does not stop at the same place again.
    var resumeOption: String?
    /// What the run had used by then; `nil` where it goes on.
    var usage: RunReport.Usage?
    /// For how long it had been driven by then; `nil` where it goes on.
    var drivenMilliseconds: Int64?
}

/// What was planned.
struct PlanMark: Codable, Equatable {
    var title: String
    var stack: [String]
    var notes: [String]
}

/// Which toolchain was entered and why that one.
struct ToolchainMark: Codable, Equatable {
    var level: RunReport.ToolchainLevel
    var reason: String
    var isolation: RunReport.IsolationLevel
    var missing: [String]

    var notes: [String] {
        guard !missing.isEmpty else { return [] }
        return ["Missing on this machine: \(missing.joined(separator: ", ")). 'drydock doctor' says how to get it."]
    }
}

/// How the components' first files came about.
struct ScaffoldMark: Codable, Equatable {
    /// Why no tool made a component's first files, in the plan's order.
    struct Generated: Codable, Equatable {
        var component: String
        var reason: String
    }

    var generated: [Generated]

    var notes: [String] {
        generated.map { "The files of '\($0.component)' were generated, not scaffolded: \($0.reason)." }
    }
}

/// What the acceptance commands came to on the final tree.
struct VerifyMark: Codable, Equatable {
    var passed: Bool
    var commit: String
    var checks: [RunReport.Check]
    /// Sentences on commands that ended with 0 without having tested anything.
    var unproven: [String] = []
}

struct VerdictMark: Codable, Equatable {
    var approved: Bool
    var scope: RunScope
    var reasons: [String]
    var missing: [String]
}
