import Models
import TestSupport
import Testing

@Suite("A retry policy", .tags(.small))
struct RetryPolicyTests {
    private static let now: Int64 = 784_111_777_000

    private func step(
        _ fault: ProviderFault,
        attempt: Int = 1,
        isLast: Bool = true,
        policy: RetryPolicy = .standard,
        random: RetryPolicy.Random = { $0.upperBound }
    ) -> RetryPolicy.Step {
        policy.step(after: fault, attempt: attempt, isLast: isLast, now: Self.now, random: random)
    }

    private static func limited(_ time: RetryTime?) -> ProviderFault {
        ProviderFault(.rateLimited, "slow", status: 429, retryTime: time)
    }

    @Test("doubles its wait from 2 s up to 60 s, half of it left to chance")
    func waits() {
        let policy = RetryPolicy(attempts: 100)
        let fault = ProviderFault(.server, "")
        let waits: [(Int, Int64)] = [
            (1, 2_000), (2, 4_000), (3, 8_000), (4, 16_000), (5, 32_000), (6, 60_000), (99, 60_000),
        ]
        for (attempt, wait) in waits {
            #expect(step(fault, attempt: attempt, policy: policy) == .again(after: wait))
            #expect(step(fault, attempt: attempt, policy: policy) { $0.lowerBound } == .again(after: wait / 2))
        }
    }

    @Test("asks 3 times and no more")
    func attempts() {
        let fault = ProviderFault(.timeout, "")
        #expect((1...4).map { step(fault, attempt: $0) == .next } == [false, false, true, true])
    }

    @Test(
        "obeys a provider's own time when it is short, and leaves it for another when it is long",
        arguments: [
            (RetryTime.after(milliseconds: 7_000), RetryPolicy.Step.again(after: 7_700)),
            (.after(milliseconds: 60_000), .again(after: 66_000)), (.after(milliseconds: 60_001), .next),
            (.after(milliseconds: 0), .again(after: 110)), (.at(milliseconds: now + 20_000), .again(after: 22_000)),
            (.at(milliseconds: now - 20_000), .again(after: 110)), (.at(milliseconds: now + 3_600_000), .next),
            (.at(milliseconds: .max), .next),
        ]
    )
    func retryAfter(time: RetryTime, expected: RetryPolicy.Step) {
        for reason in [ProviderFault.Reason.rateLimited, .overloaded, .server] {
            for isLast in [true, false] {
                let fault = ProviderFault(reason, "", status: 429, retryTime: time)
                #expect(step(fault, isLast: isLast) == expected)
            }
        }
        // Chance only ever adds to it.
        if case .again(let wait) = step(Self.limited(time), random: { $0.lowerBound }) {
            #expect(wait == max(100, time.wait(at: Self.now)))
        }
    }

    @Test("leaves a provider that gives no time for another one, and asks it again when there is none")
    func noTime() {
        #expect(step(Self.limited(nil), isLast: false) == .next)
        #expect(step(Self.limited(nil), isLast: true) == .again(after: 2_000))
        #expect(step(ProviderFault(.overloaded, "", status: 503), isLast: false) == .next)
        #expect(step(ProviderFault(.overloaded, "", status: 503), isLast: true) == .again(after: 2_000))
        #expect(step(ProviderFault(.server, "", status: 500), isLast: false) == .again(after: 2_000))
    }

    @Test("knows of every fault what to do", arguments: ProviderFault.Reason.allCases)
    func table(reason: ProviderFault.Reason) {
        let expected: RetryPolicy.Step =
            switch reason {
            case .keyMissing, .unauthorized, .creditExhausted, .notLoggedIn: .stop
            case .server, .timeout, .connection, .cutOff, .malformed: .again(after: 2_000)
            default: .next
            }
        #expect(step(ProviderFault(reason, ""), isLast: false) == expected)
    }
}
