import Core
import Models
import Synchronization
import TestSupport
import Testing

@Suite("A router's breakers and limits", .tags(.small), .timeLimit(.minutes(5)))
struct RoutedLimitTests {
    private let time = ScriptedTime()
    private let notices = Notices()

    @Test("leave an open model without a call, and say when to come back when all are open")
    func open() async throws {
        let first = ScriptedModel("a") { _ in throw ProviderFault(.server, "down", status: 500) }
        let second = ScriptedModel("b") { call in
            guard call <= 3 else { throw ProviderFault(.connection, "gone") }
            return "b"
        }
        let router = Routing.router([first, second], time)
        for _ in 0..<3 { #expect(try await router.complete(Routing.request, notices.observer).text == "b") }
        #expect(first.calls == 5 && notices.kinds.count { $0 == .breakerOpened } == 1)
        let opened = time.milliseconds
        for _ in 0..<2 {
            await #expect(throws: ModelsExhausted.self) { try await router.complete(Routing.request) }
        }
        #expect(first.calls == 5 && second.calls == 8)
        let fault = await #expect(throws: ModelsExhausted.self) { try await router.complete(Routing.request) }
        #expect(first.calls == 5 && second.calls == 8)
        #expect(fault?.retryAt.map { $0 <= opened + 60_000 } == true)
        let reason = try #require(fault?.candidates.first?.reason)
        #expect(reason.hasPrefix("failed too often and is left alone until 2001-09-09"))
        #expect(reason.hasSuffix("; at last it failed (HTTP 500): down"))
    }

    @Test("let one of 20 calls try a model that is half open; the others go to the next one")
    func probe() async throws {
        let gate = Gate()
        let first = ScriptedModel("a") { call in
            guard call > 5 else { throw ProviderFault(.timeout, "late") }
            await gate.wait()
            return "a"
        }
        let second = ScriptedModel("b") { _ in "b" }
        let router = Routing.router([first, second], time)
        for _ in 0..<3 { _ = try await router.complete(Routing.request) }
        #expect(first.calls == 5)
        time.advance(by: 60_000)
        let answers = try await withThrowingTaskGroup { group in
            for _ in 0..<20 { group.addTask { try await router.complete(Routing.request).text } }
            await until { first.calls + second.calls == 5 + 3 + 20 }
            gate.open()
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(answers.count { $0 == "a" } == 1 && answers.count { $0 == "b" } == 19 && first.calls == 6)
    }

    @Test("do not take a model that is asked too often, or refuses a request, for one that is down")
    func wellBehaved() async throws {
        for fault in [
            ProviderFault(.rateLimited, "slow", status: 429), ProviderFault(.badRequest, "no", status: 400),
            ProviderFault(.modelNotFound, "", status: 404), ProviderFault(.offline, ""),
        ] {
            let (first, second) = (ScriptedModel("a") { _ in throw fault }, ScriptedModel("b") { _ in "b" })
            let router = Routing.router([first, second], time)
            for _ in 0..<20 { _ = try await router.complete(Routing.request, notices.observer) }
            #expect(first.calls == 20, "\(fault.reason)")
        }
        #expect(!notices.kinds.contains(.breakerOpened))
    }

    @Test("make calls wait, and say so; tokens count when they are known")
    func limited() async throws {
        let model = ScriptedModel("a") { _ in "a" }
        let parts = Routing.parts(time, limits: ["a": ProviderLimits(requestsPerMinute: 60, tokensPerMinute: 1_100)])
        let router = Routing.router([model], time, parts: parts)
        _ = try await router.complete(Routing.request, notices.observer)
        #expect(notices.all.isEmpty)
        // The first took all of 1,100 tokens, whatever its prompt was taken for.
        _ = try await router.complete(Routing.request, notices.observer)
        #expect(notices.kinds == [.limited] && notices.all.first?.reason == "its limit is 1100 tokens a minute")
        #expect(time.waits.count == 1)
    }

    @Test("leave no place taken when calls are cancelled, wherever they wait")
    func cancellation() async throws {
        let time = ScriptedTime(isManual: true)
        let gate = Gate()
        let model = ScriptedModel("a") { call in
            if call == 1 { await gate.wait() }
            guard call != 2 else { throw ProviderFault(.server, "") }
            return "a"
        }
        let parts = Routing.parts(time, limits: ["a": ProviderLimits(requestsPerMinute: 2, concurrency: 1)])
        let limiter = try #require(parts.limiters["a"])
        let router = Routing.router([model], time, parts: parts)
        let holder = Task { try await router.complete(Routing.request) }
        await until { model.calls == 1 }
        let queued = Task { try await router.complete(Routing.request) }
        await until { limiter.isFrontTaken }
        queued.cancel()
        await #expect(throws: CancellationError.self) { try await queued.value }
        gate.open()
        #expect(try await holder.value.text == "a")
        // In the wait before a second attempt a call holds no place.
        let retrying = Task { try await router.complete(Routing.request) }
        await time.waitUntil(waiting: 1)
        #expect(limiter.freeSlots == 1)
        retrying.cancel()
        await #expect(throws: CancellationError.self) { try await retrying.value }
        let limited = Task { try await router.complete(Routing.request) }
        await time.waitUntil(waiting: 1)
        #expect(limiter.freeSlots == 0)
        limited.cancel()
        await #expect(throws: CancellationError.self) { try await limited.value }
        #expect(limiter.freeSlots == 1 && !limiter.isFrontTaken && model.calls == 2)
        time.advance(by: 60_000)
        #expect(try await router.complete(Routing.request).text == "a")
    }
}
