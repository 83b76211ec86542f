/// How a model has done lately, as it is kept between calls and between processes.
package struct BreakerRecord: Codable, Sendable, Hashable {
    package let model: ModelIdentity
    /// Failures since the last success.
    package var failures: Int
    /// In milliseconds since 1970.
    package var lastFailure: Int64?
    /// Until when the model is left alone, in milliseconds since 1970; `nil` when calls are let through.
    ///
    /// Past that time one call may try.
    package var openUntil: Int64?
    /// Why the last call failed.
    package var reason: String?

    package init(
        _ model: ModelIdentity,
        failures: Int = 0,
        lastFailure: Int64? = nil,
        openUntil: Int64? = nil,
        reason: String? = nil
    ) {
        self.model = model
        self.failures = failures
        self.lastFailure = lastFailure
        self.openUntil = openUntil
        self.reason = reason
    }
}

/// What a breaker does with calls.
package enum BreakerState: Codable, Sendable, Hashable {
    /// Lets them through.
    case closed
    /// Refuses them until this time, in milliseconds since 1970.
    case open(until: Int64)
    /// Lets one through, to see whether the model answers again.
    case halfOpen
}

/// When a breaker opens and for how long; times in milliseconds.
package struct BreakerRules: Codable, Sendable, Hashable {
    /// Failures in a row that open it.
    package let failureLimit: Int
    /// How long it stays open.
    package let openTime: Int64
    /// After so long without another failure the earlier ones are forgotten.
    package let memory: Int64

    /// Opens for 60 s after 5 failures, each at most 10 min after the one before.
    package static let standard = BreakerRules()

    package init(failureLimit: Int = 5, openTime: Int64 = 60_000, memory: Int64 = 600_000) {
        self.failureLimit = max(1, failureLimit)
        self.openTime = max(1, openTime)
        self.memory = max(1, memory)
    }
}

extension BreakerRecord {
    /// What the record says at a time; an end too far away is one of a clock that was set back, and counts as past.
    func state(at now: Int64, _ rules: BreakerRules) -> BreakerState {
        guard let openUntil else { return .closed }
        return openUntil > now && openUntil - now <= rules.openTime ? .open(until: openUntil) : .halfOpen
    }

    /// Notes a failure; says whether the breaker opens by it.
    mutating func fail(_ why: String, at now: Int64, isProbe: Bool, _ rules: BreakerRules) -> Bool {
        reason = why
        // Calls that were under way when it opened have nothing to add.
        if case .open = state(at: now, rules) { return false }
        if let lastFailure, now - lastFailure > rules.memory { failures = 0 }
        failures = min(failures + 1, .max - 1)
        lastFailure = now
        guard isProbe || failures >= rules.failureLimit else { return false }
        openUntil = now + rules.openTime
        return true
    }

    /// Notes a success; says whether the breaker closes by it.
    mutating func succeed(isProbe: Bool) -> Bool {
        // One that was under way when it opened says nothing of now.
        guard isProbe || openUntil == nil else { return false }
        defer { self = BreakerRecord(model) }
        return openUntil != nil
    }
}
