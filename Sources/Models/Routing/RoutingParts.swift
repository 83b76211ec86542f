package import Core

/// What a router works with, besides the models: all that is shared by the routers of a process, and all that a test
/// puts in the place of time and chance.
package struct RoutingParts: Sendable {
    /// How long an answer may be taken to be, in tokens, where nothing limits it.
    package static let expectedAnswer = 8_192

    package var breaker: CircuitBreaker
    /// The limits of the providers that have some.
    package var limiters: RateLimiters
    package var retry: RetryPolicy
    package var prices: PriceTable
    /// Asks each model over HTTP, once, whether it can follow a schema at all; `nil` takes that for granted.
    package var capability: CapabilityCheck?
    package var clock: any WallClock
    package var sleeper: any Sleeper
    package var random: RetryPolicy.Random

    package init(
        breaker: CircuitBreaker = CircuitBreaker(),
        limiters: RateLimiters = .none,
        retry: RetryPolicy = .standard,
        prices: PriceTable = .none,
        capability: CapabilityCheck? = nil,
        clock: any WallClock = SystemClock(),
        sleeper: any Sleeper = SystemSleeper(),
        random: @escaping RetryPolicy.Random = { Int64.random(in: $0) }
    ) {
        self.breaker = breaker
        self.limiters = limiters
        self.retry = retry
        self.prices = prices
        self.capability = capability
        self.clock = clock
        self.sleeper = sleeper
        self.random = random
    }
}
