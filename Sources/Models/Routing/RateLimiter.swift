package import Core
import Synchronization

/// Holds the calls to one provider to its limits: first come, first served, and nobody asks again and again.
///
/// Shared by all that call the provider in a process. Requests and tokens come from allowances that fill up over
/// a minute. A call is charged with its prompt beforehand, and with the rest when its answer has come; so an allowance
/// can be overdrawn, and the next call waits for it.
package final class RateLimiter: Sendable {
    private struct Buckets {
        var requests: TokenBucket?
        var tokens: TokenBucket?
    }

    package let limits: ProviderLimits
    private let buckets: Mutex<Buckets>
    private let slots: PermitQueue?
    /// Whoever holds it is first in line.
    private let front = PermitQueue(1)
    private let clock: any WallClock
    private let sleeper: any Sleeper

    package init(
        _ limits: ProviderLimits,
        clock: any WallClock = SystemClock(),
        sleeper: any Sleeper = SystemSleeper()
    ) {
        self.limits = limits
        self.clock = clock
        self.sleeper = sleeper
        let now = clock.milliseconds
        buckets = Mutex(
            Buckets(
                requests: limits.requestsPerMinute.map { TokenBucket(perMinute: $0, at: now) },
                tokens: limits.tokensPerMinute.map { TokenBucket(perMinute: $0, at: now) }
            )
        )
        slots = limits.concurrency.map { PermitQueue($0) }
    }

    /// How many calls stand in line, the first one aside.
    package var waiting: Int { front.waiting }

    /// Whether a call is first in line, waiting for a place or for an allowance.
    package var isFrontTaken: Bool { front.free == 0 }

    /// How many more calls may be under way at once; `nil` when there is no limit.
    package var freeSlots: Int? { slots?.free }

    /// Runs `body` as soon as the limits allow it.
    ///
    /// - Parameters:
    ///   - tokens: About how long the prompt is.
    ///   - onWait: Told once when the call has to wait for an allowance: for how many milliseconds, and for which.
    ///   - body: The call; keeps a place until it ends.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and `CancellationError` when cancelled in line; then nothing was charged.
    package func withPermit<Result>(
        tokens: Int,
        onWait: (_ milliseconds: Int64, _ reason: String) async -> Void,
        _ body: () async throws -> Result
    ) async throws -> Result {
        guard let slots else {
            try await pass(tokens, onWait)
            return try await body()
        }
        try await enter(slots, tokens, onWait)
        defer { slots.release() }
        return try await body()
    }

    /// Charges what a call has used beyond what it was charged with beforehand, or gives back what it has not.
    package func settle(used: Int, charged: Int) {
        buckets.withLock { $0.tokens?.take(used - charge(charged), at: clock.milliseconds) }
    }

    /// What a prompt is charged with beforehand: more than a minute's worth could not be waited for.
    ///
    /// Nor could it be given back: the allowance does not remember by how much more it was overdrawn.
    private func charge(_ tokens: Int) -> Int { min(tokens, limits.tokensPerMinute ?? tokens) }

    private func enter(
        _ slots: PermitQueue,
        _ tokens: Int,
        _ onWait: (Int64, String) async -> Void
    ) async throws {
        try await front.withPermit {
            try await slots.acquire()
            do {
                try await waitForAllowance(tokens, onWait)
            } catch {
                slots.release()
                throw error
            }
        }
    }

    private func pass(_ tokens: Int, _ onWait: (Int64, String) async -> Void) async throws {
        guard limits.requestsPerMinute != nil || limits.tokensPerMinute != nil else { return }
        try await front.withPermit { try await waitForAllowance(tokens, onWait) }
    }

    /// For the first in line alone: nobody else takes from the allowances meanwhile, though answers may be charged.
    private func waitForAllowance(_ tokens: Int, _ onWait: (Int64, String) async -> Void) async throws {
        var isTold = false
        while let (wait, reason) = takeOrWait(tokens) {
            if !isTold { await onWait(wait, reason) }
            isTold = true
            try await sleeper.sleep(milliseconds: wait)
        }
    }

    /// Takes what the call needs, or says how long to wait and for what.
    private func takeOrWait(_ tokens: Int) -> (wait: Int64, reason: String)? {
        let now = clock.milliseconds
        return buckets.withLock { buckets in
            let forRequests = buckets.requests?.wait(for: 1, at: now) ?? 0
            let forTokens = buckets.tokens?.wait(for: tokens, at: now) ?? 0
            guard max(forRequests, forTokens) > 0 else {
                buckets.requests?.take(1, at: now)
                buckets.tokens?.take(charge(tokens), at: now)
                return nil
            }
            return forRequests >= forTokens
                ? (forRequests, "its limit is \(limits.requestsPerMinute ?? 0) requests a minute")
                : (forTokens, "its limit is \(limits.tokensPerMinute ?? 0) tokens a minute")
        }
    }
}

/// The limiters of all providers of a process.
package struct RateLimiters: Sendable {
    private let limiters: [String: RateLimiter]

    /// Holds nobody to anything.
    package static let none = RateLimiters([:])

    /// - Parameters:
    ///   - limits: By the names of the providers.
    ///   - clock: The time of day.
    ///   - sleeper: What waits.
    package init(
        _ limits: [String: ProviderLimits],
        clock: any WallClock = SystemClock(),
        sleeper: any Sleeper = SystemSleeper()
    ) {
        limiters = limits.mapValues { RateLimiter($0, clock: clock, sleeper: sleeper) }
    }

    /// The limiter of a provider, if it has one.
    package subscript(provider: String) -> RateLimiter? { limiters[provider] }
}
