/// An allowance that fills up evenly over a minute; a pure value.
struct TokenBucket: Sendable, Hashable {
    /// What comes in within a minute, and what it holds at most.
    let perMinute: Int
    /// Below zero when more was used than was there.
    private(set) var level: Double
    /// In milliseconds since 1970.
    private var filledAt: Int64

    init(perMinute: Int, at now: Int64) {
        self.perMinute = max(1, perMinute)
        level = Double(self.perMinute)
        filledAt = now
    }

    /// How many milliseconds to wait for so much; more than a minute's worth is given to a full bucket.
    mutating func wait(for amount: Int, at now: Int64) -> Int64 {
        fill(now)
        let missing = Double(min(amount, perMinute)) - level
        // The sum of many small fillings is a little off.
        guard missing > 1e-6 else { return 0 }
        return Int64((missing * 60_000 / Double(perMinute)).rounded(.up))
    }

    /// Takes more than is there, too, but never makes later calls wait for more than two minutes.
    mutating func take(_ amount: Int, at now: Int64) {
        fill(now)
        level = min(max(level - Double(amount), -Double(perMinute)), Double(perMinute))
    }

    /// A clock that was set back fills nothing, one that was set forward no more than the bucket holds.
    private mutating func fill(_ now: Int64) {
        let elapsed = now.subtractingReportingOverflow(filledAt)
        filledAt = now
        guard !elapsed.overflow, elapsed.partialValue > 0 else { return }
        level = min(Double(perMinute), level + Double(elapsed.partialValue) * Double(perMinute) / 60_000)
    }
}
