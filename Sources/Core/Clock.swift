internal import Glibc

/// The time of day, as a parameter, so that a test can fix it.
package protocol WallClock: Sendable {
    /// Milliseconds since 1970.
    var milliseconds: Int64 { get }
}

/// The machine's clock.
package struct SystemClock: WallClock {
    package init() {}

    package var milliseconds: Int64 {
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec) * 1_000 + Int64(now.tv_nsec) / 1_000_000
    }
}

/// Where new identifiers come from, as a parameter, so that a test can fix them.
package protocol IdentifierSource: Sendable {
    /// A run identifier that no other call on any machine returns.
    func nextRun(at milliseconds: Int64) -> RunID
}

/// Identifiers from the kernel's random numbers.
package struct RandomIdentifiers: IdentifierSource {
    package init() {}

    package func nextRun(at milliseconds: Int64) -> RunID {
        RunID(milliseconds: milliseconds, random: UInt64.random(in: .min ... .max))
    }
}
