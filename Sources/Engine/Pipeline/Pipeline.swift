/// A pipeline as data: what a run does, in which order, and under which conditions.
///
/// ``PipelineParser`` makes it from YAML and checks every name; ``Interpreter`` carries it out.
package struct Pipeline: Sendable, Equatable {
    package let name: String
    package let title: String
    /// The phases in their order.
    package let phases: [Phase]
    /// Phases that run however the others ended.
    package let closing: [Phase]
}

/// One named phase of a pipeline.
package struct Phase: Sendable, Equatable {
    /// Unique among its siblings: a part of the step path.
    package let name: String
    /// The phase is skipped when this does not hold.
    package let condition: Condition?
    /// Actions before and after the phase's own work.
    package let before: [ActionName]
    package let after: [ActionName]
    package let work: PhaseWork
}

/// What a phase does.
package indirect enum PhaseWork: Sendable, Equatable {
    /// Asks the model one question by a contract.
    case ask(ContractName)
    /// Does something that the engine knows how to do.
    case act(ActionName)
    /// Runs the inner phases once for each item, at most `width` at a time.
    case each(CollectionName, width: Int, phases: [Phase])
    /// Repeats the inner phases until the condition holds, `limit` is reached or a round ends as an earlier one did.
    case loop(limit: Int, until: Condition, phases: [Phase])
    /// A group chat of the component's workers.
    case chat(ChatPlan)
    /// Ends the run as not verified unless the condition holds.
    case gate(Condition, otherwise: String)
}

/// How a group chat is held.
package struct ChatPlan: Sendable, Equatable {
    /// Who speaks in a round.
    package enum Speakers: String, CaseIterable, Sendable {
        case allAtOnce = "all-at-once"
        case roundRobin = "round-robin"
    }

    package let speakers: Speakers
    /// The most rounds; at least 1.
    package let rounds: Int
    /// Whether a round that changes no file ends the chat.
    package let stopsWithoutChange: Bool
    /// What the engine does after each round.
    package let afterRound: [ActionName]
}

/// The contracts that a pipeline may ask.
package enum ContractName: String, CaseIterable, Sendable {
    case plan
    case staff
    case review
    case verdict
}

/// The actions that a pipeline may name.
package enum ActionName: String, CaseIterable, Sendable {
    /// Makes the run's repository.
    case workspace
    /// Refuses a delivery folder that is taken, before work is done.
    case target
    /// Chooses and enters the toolchain.
    case toolchain
    /// Lets the stack's own tool make the first files.
    case scaffold
    /// Runs the commands that the workers of the last round asked for, through the fix loop.
    case commands
    /// Runs the guide's commands up to its tests, through the fix loop.
    case check
    /// Brings the crews' branches together.
    case merge
    /// Runs the acceptance commands on the merged tree.
    case verify
    case snapshot
    case deliver
}

/// What a phase can be repeated over.
package enum CollectionName: String, CaseIterable, Sendable {
    case components
}

/// What a condition can ask about.
package enum FactName: String, CaseIterable, Sendable {
    /// The component's last checks all ended with 0.
    case checksPassed = "checks.passed"
    /// The component's last review accepted the work.
    case reviewAccepted = "review.accepted"
    /// All components were accepted.
    case allAccepted = "components.accepted"
    /// The acceptance commands all ended with 0 on the final tree.
    case verifyPassed = "verify.passed"
    case verdictApproved = "verdict.approved"
    /// All gates so far were passed.
    case gatePassed = "gate.passed"
}

/// A test of facts: names joined by `and`, `or` and `not`.
package indirect enum Condition: Sendable, Equatable {
    case fact(FactName)
    case not(Condition)
    case and(Condition, Condition)
    case or(Condition, Condition)

    package func holds(_ value: (FactName) -> Bool) -> Bool {
        switch self {
        case .fact(let name): value(name)
        case .not(let inner): !inner.holds(value)
        case .and(let left, let right): left.holds(value) && right.holds(value)
        case .or(let left, let right): left.holds(value) || right.holds(value)
        }
    }
}
