internal import Models

/// Two thirds of a cap are used.
struct BudgetNotice: Sendable, CustomStringConvertible {
    let cap: BudgetExhausted.Cap
    let used: String
    let limit: String

    var description: String { "two thirds of the budget are used: \(used) of \(limit) \(cap.unit)" }
}

extension BudgetExhausted.Cap {
    /// What its amounts are counted in, as a notice says it.
    var unit: String {
        switch self {
        case .usd: "USD"
        case .tokens: "tokens"
        case .calls: "calls"
        case .wallClock: "of time"
        case .agents: "workers"
        }
    }

    /// An amount as a person reads it.
    func text(_ amount: Double) -> String {
        self == .usd ? Usage.dollars(amount) : "\(Int(amount))"
    }
}
