package import Core

/// What a run may use up, all its agents together; `nil` for no limit.
package struct BudgetCaps: Codable, Equatable, Sendable {
    package var usd: Double?
    /// Of prompts and answers together.
    package var tokens: Int?
    /// Calls of models.
    package var calls: Int?
    /// How long the run may be driven, in seconds; while it rests no time passes.
    package var seconds: Int?
    /// Workers that take part.
    package var agents: Int?
    /// Caps that are taken away where these replace others; `nil` for none.
    package var lifted: [BudgetExhausted.Cap]?

    package init(
        usd: Double? = nil,
        tokens: Int? = nil,
        calls: Int? = nil,
        seconds: Int? = nil,
        agents: Int? = nil,
        lifted: [BudgetExhausted.Cap]? = nil
    ) {
        self.usd = usd
        self.tokens = tokens
        self.calls = calls
        self.seconds = seconds
        self.agents = agents
        self.lifted = lifted
    }

    package static let none = BudgetCaps()

    /// These caps without those on what a provider counts and bills.
    var unbilled: BudgetCaps { replaced(by: BudgetCaps(lifted: [.usd, .tokens])) }

    /// These caps, with those of `other` where it has some, and without those that it lifts.
    package func replaced(by other: BudgetCaps) -> BudgetCaps {
        func kept<Amount>(_ cap: BudgetExhausted.Cap, _ amount: Amount?) -> Amount? {
            other.lifted?.contains(cap) == true ? nil : amount
        }
        return BudgetCaps(
            usd: other.usd ?? kept(.usd, usd),
            tokens: other.tokens ?? kept(.tokens, tokens),
            calls: other.calls ?? kept(.calls, calls),
            seconds: other.seconds ?? kept(.wallClock, seconds),
            agents: other.agents ?? kept(.agents, agents)
        )
    }
}

/// A cap that the next thing to be done would exceed; the run waits, with everything that was made.
package struct BudgetExhausted: ReportableError, Equatable {
    package enum Cap: String, CaseIterable, Codable, Sendable {
        case usd, tokens, calls, wallClock, agents
    }

    package let cap: Cap
    /// What was used up, and what the next step may take, as a person reads them.
    package let used: String
    package let limit: String

    package var kind: FaultKind { .limit }

    package var description: String {
        switch cap {
        case .usd: "the budget of \(limit) USD is used up: \(used)"
        case .tokens: "the budget of \(limit) tokens is used up: \(used)"
        case .calls: "the budget of \(limit) calls of models is used up: \(used)"
        case .wallClock: "the time of \(limit) is used up: the run was driven for \(used)"
        case .agents: "more workers than the \(limit) of the budget are needed: \(used)"
        }
    }

    package var hint: String? { "nothing is lost; go on with a larger one: drydock resume RUN \(cap.option)" }
}

extension BudgetExhausted.Cap {
    /// The option of `resume` that makes the cap a larger one.
    var option: String {
        switch self {
        case .usd: "--budget USD"
        case .tokens: "--max-tokens N"
        case .calls: "--max-calls N"
        case .wallClock: "--max-time TIME"
        case .agents: "--max-agents N"
        }
    }
}
