import Core
import Models
import Synchronization
import TestSupport
import Testing

@Suite("A rate limiter", .tags(.small), .timeLimit(.minutes(5)))
struct RateLimiterTests {
    private let time = ScriptedTime(isManual: true)
    private let log = Log()

    private func limiter(_ limits: ProviderLimits) -> RateLimiter { RateLimiter(limits, clock: time, sleeper: time) }

    @Sendable private static func silent(_ milliseconds: Int64, _ reason: String) async {}

    private func call(_ limiter: RateLimiter, _ name: Int = 0, tokens: Int = 0) async throws {
        try await limiter.withPermit(tokens: tokens, onWait: { log.wait($0, $1) }, { log.pass(name) })
    }

    @Test("lets 60 requests through at once, the 61st after a second, and the rest one a second")
    func requests() async throws {
        let limiter = limiter(ProviderLimits(requestsPerMinute: 60))
        for name in 0..<60 { try await call(limiter, name) }
        #expect(time.waits.isEmpty && log.waits.isEmpty)
        async let late: Void = call(limiter, 60)
        await time.waitUntil(waiting: 1)
        #expect(log.passed.count == 60 && time.waits == [1_000])
        #expect(log.waits == ["1000 its limit is 60 requests a minute"])
        time.advance(by: 999)
        #expect(time.waiting == 1)
        time.advance(by: 1)
        try await late
        time.advance(by: 120_000)
        for name in 61..<121 { try await call(limiter, name) }
        #expect(time.waits == [1_000])
    }

    @Test("serves those who wait in the order in which they came")
    func order() async throws {
        let limiter = limiter(ProviderLimits(requestsPerMinute: 1))
        try await call(limiter, 0)
        try await withThrowingTaskGroup { group in
            for name in 1...5 {
                group.addTask { try await self.call(limiter, name) }
                if name == 1 { await time.waitUntil(waiting: 1) }
                await until { limiter.waiting == name - 1 }
            }
            for name in 1...5 {
                await time.waitUntil(waiting: 1)
                time.advance(by: 60_000)
                await until { log.passed.last == name }
            }
            try await group.waitForAll()
        }
        #expect(log.passed == [0, 1, 2, 3, 4, 5])
        #expect(time.waits == Array(repeating: 60_000, count: 5))
    }

    @Test("counts tokens, those of answers when they have come")
    func tokens() async throws {
        let limiter = limiter(ProviderLimits(tokensPerMinute: 6_000))
        try await call(limiter, tokens: 1_000)
        limiter.settle(used: 5_500, charged: 1_000)
        async let second: Void = call(limiter, tokens: 1_500)
        await time.waitUntil(waiting: 1)
        // 500 are left, 1,000 are missing, 100 come in a second.
        #expect(time.waits == [10_000] && log.waits == ["10000 its limit is 6000 tokens a minute"])
        time.advance(by: 10_000)
        try await second
        // What was charged too much comes back.
        limiter.settle(used: 500, charged: 1_500)
        try await call(limiter, tokens: 1_000)
        #expect(time.waits == [10_000])
    }

    @Test("waits for a full allowance when a prompt is larger, and never for more than two minutes")
    func large() async throws {
        let limiter = limiter(ProviderLimits(tokensPerMinute: 100))
        try await call(limiter, tokens: 1_000_000)
        limiter.settle(used: .max, charged: 0)
        async let second: Void = call(limiter, tokens: 1_000_000)
        await time.waitUntil(waiting: 1)
        #expect(time.waits == [120_000])
        time.advance(by: 120_000)
        try await second
    }

    @Test("gives back no more than it took for a prompt that is larger than a minute's worth")
    func overestimated() async throws {
        let time = ScriptedTime()
        let limiter = RateLimiter(ProviderLimits(tokensPerMinute: 100), clock: time, sleeper: time)
        try await call(limiter, tokens: 1_000)
        limiter.settle(used: 500, charged: 1_000)
        try await call(limiter, tokens: 100)
        #expect(time.waits == [120_000])
    }

    @Test("keeps so many calls under way at a time")
    func concurrency() async throws {
        let limiter = limiter(ProviderLimits(concurrency: 3))
        let running = Counter()
        let peak = Peak()
        try await withThrowingTaskGroup { group in
            for _ in 0..<200 {
                group.addTask {
                    try await limiter.withPermit(tokens: 0, onWait: Self.silent) {
                        peak.note(running.add())
                        for _ in 0..<5 { await Task.yield() }
                        running.add(-1)
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(peak.value == 3 && limiter.freeSlots == 3 && limiter.waiting == 0)
    }

    @Test("takes nothing for a call that is cancelled, wherever it waits")
    func cancellation() async throws {
        let limiter = limiter(ProviderLimits(requestsPerMinute: 2, concurrency: 1))
        let gate = Gate()
        let holder = Task { try await limiter.withPermit(tokens: 0, onWait: Self.silent) { await gate.wait() } }
        await until { limiter.freeSlots == 0 }
        // The first waits for the place, the second behind it.
        let first = Task { try await self.call(limiter, 1) }
        await until { limiter.isFrontTaken }
        let second = Task { try await self.call(limiter, 2) }
        await until { limiter.waiting == 1 }
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        gate.open()
        try await holder.value
        #expect(limiter.freeSlots == 1 && limiter.waiting == 0)
        // One request is left; then a third one waits for the allowance, with the place in hand.
        try await call(limiter, 3)
        let third = Task { try await self.call(limiter, 4) }
        await time.waitUntil(waiting: 1)
        third.cancel()
        await #expect(throws: CancellationError.self) { try await third.value }
        #expect(limiter.freeSlots == 1 && limiter.waiting == 0 && !limiter.isFrontTaken)
        time.advance(by: 30_000)
        try await call(limiter, 5)
        #expect(log.passed == [3, 5])
        let late = Task {
            await until { Task.isCancelled }
            try await self.call(limiter, 6)
        }
        late.cancel()
        await #expect(throws: CancellationError.self) { try await late.value }
        #expect(log.passed == [3, 5] && limiter.freeSlots == 1)
    }

    @Test("gives the place back when a call fails")
    func failure() async throws {
        struct Broken: Error {}
        let limiter = limiter(ProviderLimits(concurrency: 1))
        for _ in 0..<3 {
            await #expect(throws: Broken.self) {
                try await limiter.withPermit(tokens: 0, onWait: Self.silent) { throw Broken() }
            }
        }
        #expect(limiter.freeSlots == 1)
    }

    @Test("stands a clock that is set back and forth")
    func clock() async throws {
        let limiter = limiter(ProviderLimits(requestsPerMinute: 60))
        for _ in 0..<60 { try await call(limiter) }
        time.advance(by: -3_600_000)
        async let late: Void = call(limiter)
        await time.waitUntil(waiting: 1)
        #expect(time.waits == [1_000])
        time.advance(by: 7_200_000)
        try await late
        for _ in 0..<59 { try await call(limiter) }
        #expect(time.waits == [1_000])
    }
}

/// What happened, in its order.
private final class Log: Sendable {
    private let state = Mutex((passed: [Int](), waits: [String]()))

    var passed: [Int] { state.withLock { $0.passed } }
    var waits: [String] { state.withLock { $0.waits } }

    func pass(_ name: Int) { state.withLock { $0.passed.append(name) } }
    func wait(_ time: Int64, _ reason: String) { state.withLock { $0.waits.append("\(time) \(reason)") } }
}

/// The largest number so far.
private final class Peak: Sendable {
    private let number = Mutex(0)

    var value: Int { number.withLock { $0 } }

    func note(_ value: Int) { number.withLock { $0 = max($0, value) } }
}

/// Keeps a call under way until it is opened.
final class Gate: Sendable {
    private let isOpen = Atomic(false)

    func wait() async {
        await until { isOpen.load(ordering: .relaxed) }
    }

    func open() { isOpen.store(true, ordering: .relaxed) }
}
