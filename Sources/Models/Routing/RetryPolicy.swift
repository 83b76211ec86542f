/// When a model that failed is asked again.
package struct RetryPolicy: Codable, Sendable, Hashable {
    /// How often a model is asked for one answer at most.
    package let attempts: Int
    /// The wait before the second attempt, in milliseconds; it doubles with each further one.
    package let firstWait: Int64
    /// The longest wait, in milliseconds; a provider that wants a longer one is left for another.
    package let longestWait: Int64

    /// 3 attempts, 2 s between the first two, never more than 60 s.
    package static let standard = RetryPolicy()

    package init(attempts: Int = 3, firstWait: Int64 = 2_000, longestWait: Int64 = 60_000) {
        self.attempts = max(1, attempts)
        self.firstWait = max(1, firstWait)
        self.longestWait = max(1, longestWait)
    }

    /// A number from a range, as a parameter, so that a test can fix it.
    package typealias Random = @Sendable (ClosedRange<Int64>) -> Int64

    /// What is done after a fault.
    package enum Step: Sendable, Hashable {
        /// The same model is asked again after so many milliseconds.
        case again(after: Int64)
        /// The next model is asked.
        case next
        /// No model is asked: only a person can mend this.
        case stop
    }

    /// What to do after a fault.
    ///
    /// A provider's own time counts before ours. One that asks us to slow down, or says that it is overloaded, without a
    /// time is left for the next model, and asked again only when there is none.
    ///
    /// - Parameters:
    ///   - fault: What happened.
    ///   - attempt: How often the model has been asked by now, from 1.
    ///   - isLast: Whether there is no other model to ask.
    ///   - now: The time of day in milliseconds since 1970.
    ///   - random: Spreads the waits of many, so that they do not all come back at once.
    /// - Returns: The step to take.
    package func step(
        after fault: ProviderFault,
        attempt: Int,
        isLast: Bool,
        now: Int64,
        random: Random
    ) -> Step {
        guard !fault.stopsRun else { return .stop }
        guard fault.isTransient, attempt < attempts else { return .next }
        if let time = fault.retryTime {
            let wait = max(Self.shortestWait, time.wait(at: now))
            return wait <= longestWait ? .again(after: wait + random(0...wait / 10)) : .next
        }
        guard isLast || ![.rateLimited, .overloaded].contains(fault.reason) else { return .next }
        return .again(after: wait(after: attempt, random))
    }

    /// The doubled wait, of which the second half is left to chance.
    private func wait(after attempt: Int, _ random: Random) -> Int64 {
        let doublings = min(attempt - 1, 40)
        let (product, overflow) = firstWait.multipliedReportingOverflow(by: 1 << doublings)
        let longest = overflow ? longestWait : min(product, longestWait)
        return random((longest + 1) / 2...longest)
    }

    /// A provider may say "at once" again and again; in milliseconds.
    private static let shortestWait: Int64 = 100
}
