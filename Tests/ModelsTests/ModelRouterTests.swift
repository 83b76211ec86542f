import Core
import Models
import TestSupport
import Testing

@Suite("A router", .tags(.small))
struct ModelRouterTests {
    private let time = ScriptedTime()
    private let notices = Notices()

    private func failing(_ name: String, _ fault: ProviderFault) -> ScriptedModel {
        ScriptedModel(name) { _ in throw fault }
    }

    private func answering(_ name: String) -> ScriptedModel { ScriptedModel(name) { _ in name } }

    @Test("asks again after a wait, and says so")
    func retry() async throws {
        let model = ScriptedModel("a") { call in
            guard call == 3 else { throw ProviderFault(.server, "trouble", status: 500) }
            return "fine"
        }
        let reply = try await Routing.router([model], time).complete(Routing.request, notices.observer)
        #expect(reply.text == "fine" && reply.model == model.identity)
        #expect(time.waits == [2_000, 4_000])
        #expect(notices.kinds == [.retry, .retry] && notices.waits == [2_000, 4_000])
        #expect(notices.all.first?.description == "asking 'a/m' again in 2 s: it failed (HTTP 500): trouble")
    }

    @Test("asks the next model when one gives no answer, and names the one that answered")
    func fallback() async throws {
        let (first, second) = (failing("a", ProviderFault(.server, "down", status: 503)), answering("b"))
        let reply = try await Routing.router([first, second], time).complete(Routing.request, notices.observer)
        #expect(reply.text == "b" && reply.model == second.identity)
        #expect(first.calls == 3 && second.calls == 1)
        #expect(notices.kinds == [.retry, .retry, .fallback])
        #expect(notices.all.last?.next == second.identity)
    }

    @Test(
        "asks the next model at once after a fault that no waiting mends",
        arguments: [
            ProviderFault.Reason.forbidden, .modelNotFound, .badRequest, .contextTooLong, .tls, .tooLarge, .offline,
            .refusedByPolicy,
        ]
    )
    func permanent(reason: ProviderFault.Reason) async throws {
        let (first, second) = (failing("a", ProviderFault(reason, "no")), answering("b"))
        let reply = try await Routing.router([first, second], time).complete(Routing.request, notices.observer)
        #expect(reply.text == "b" && first.calls == 1 && time.waits.isEmpty)
        #expect(notices.kinds == [.fallback])
    }

    @Test(
        "stops at once, with no further calls, when only a person can help",
        arguments: [ProviderFault.Reason.keyMissing, .unauthorized, .creditExhausted]
    )
    func stop(reason: ProviderFault.Reason) async throws {
        let (first, second) = (failing("a", ProviderFault(reason, "no")), answering("b"))
        let fault = await #expect(throws: ProviderFault.self) {
            try await Routing.router([first, second], time).complete(Routing.request, notices.observer)
        }
        #expect(fault?.reason == reason && fault?.hint != nil)
        #expect(first.calls == 1 && second.calls == 0 && notices.all.isEmpty)
    }

    @Test("passes on what is no provider's fault")
    func foreign() async throws {
        struct Strange: Error {}
        let (first, second) = (ScriptedModel("a") { _ in throw Strange() }, answering("b"))
        let router = Routing.router([first, second], time)
        await #expect(throws: Strange.self) { try await router.complete(Routing.request) }
        #expect(second.calls == 0)
    }

    @Test("says what each model did, and when to come back, when none answered")
    func exhausted() async throws {
        let start = time.milliseconds
        let first = failing("a", ProviderFault(.rateLimited, "slow", retryTime: .after(milliseconds: 90_000)))
        let second = failing("b", ProviderFault(.modelNotFound, "gone", status: 404))
        let third = failing("c", ProviderFault(.timeout, "late"))
        let fault = await #expect(throws: ModelsExhausted.self) {
            try await Routing.router([first, second, third], time).complete(Routing.request, notices.observer)
        }
        let found = try #require(fault)
        #expect(found.role == "review" && found.candidates.map(\.model.provider) == ["a", "b", "c"])
        #expect(found.candidates.map { $0.fault?.reason } == [.rateLimited, .modelNotFound, .timeout])
        #expect(found.candidates.map(\.retryAt) == [start + 90_000, nil, start + 6_000 + 60_000])
        #expect(found.retryAt == start + 66_000)
        #expect(found.kind == .failed && found.failureClass == .infrastructure)
        #expect(
            found.description == "no model answered 'review': 'a/m' is asked too often: slow; "
                + "'b/m' is not known to the provider (HTTP 404): gone; 'c/m' took too long: late"
        )
        #expect(found.hint == "resume the run at 2001-09-09 01:47:46 UTC or later, or configure another model")
    }

    @Test("says who can help when no waiting will")
    func hopeless() async throws {
        let router = Routing.router([failing("a", ProviderFault(.modelNotFound, "gone"))], time)
        let fault = await #expect(throws: ModelsExhausted.self) { try await router.complete(Routing.request) }
        #expect(fault?.retryAt == nil && fault?.kind == .configuration && fault?.failureClass == .user)
        #expect(fault?.hint == "choose a model that the provider lists")
        let empty = ModelRouter(RouteTable([]), candidates: [])
        let none = await #expect(throws: ModelsExhausted.self) { try await empty.complete(Routing.request) }
        #expect(none?.description == "no model is configured for 'review'" && none?.failureClass == .user)
    }

    @Test("goes by the role of the request, and then by what is for all roles")
    func roles() async throws {
        let (one, two, other) = (failing("a", ProviderFault(.tls, "")), answering("b"), answering("c"))
        let router = ModelRouter(
            RouteTable([two.identity, one.identity], chains: ["review": [one.identity], "plan": [other.identity]]),
            candidates: [one, two, other].map { RouteCandidate($0, isLocal: false) },
            parts: Routing.parts(time)
        )
        #expect(try await router.complete(Routing.request).text == "b" && one.calls == 1)
        let plan = ModelRequest(contract: "plan", instructions: "", input: [:], schema: [:])
        #expect(try await router.complete(plan).text == "c")
    }

    @Test("says once of a model that it is not configured")
    func unconfigured() async throws {
        let model = answering("b")
        let router = ModelRouter(
            RouteTable([ModelIdentity(provider: "a", name: "m"), model.identity]),
            candidates: [RouteCandidate(model, isLocal: false)],
            parts: Routing.parts(time)
        )
        for _ in 0..<3 { _ = try await router.complete(Routing.request, notices.observer) }
        #expect(notices.kinds == [.excluded] && notices.all.first?.next == model.identity)
        #expect(router.identity == model.identity)
    }

    @Test("says of a model that cannot be used why, and asks the others; who can help when there are none")
    func unusable() async throws {
        let agent = ModelIdentity(provider: "a", name: "a")
        let fault = ProviderFault(.notAllowed, "nobody vouches for it", provider: "a")
        let model = answering("b")
        let router = ModelRouter(
            RouteTable([agent, model.identity]),
            candidates: [RouteCandidate(model, isLocal: false)],
            unusable: [agent: fault],
            parts: Routing.parts(time)
        )
        for _ in 0..<2 { #expect(try await router.complete(Routing.request, notices.observer).text == "b") }
        #expect(router.identity == agent, "the run's model stays the one that it began with")
        let said = "'a' is not used: it is not allowed for this run: nobody vouches for it; asking 'b/m' instead"
        #expect(notices.all.map(\.description) == [said])
        let alone = ModelRouter(RouteTable([agent]), candidates: [], unusable: [agent: fault])
        let none = await #expect(throws: ModelsExhausted.self) { try await alone.complete(Routing.request) }
        #expect(none?.kind == .policy && none?.failureClass == .policy)
    }

    @Test("does not ask a model for a role that it has another way to answer")
    func workers() async throws {
        let (agent, model) = (answering("agent"), answering("b"))
        let candidates = [
            RouteCandidate(agent, isLocal: false, notFor: ["review"]), RouteCandidate(model, isLocal: false),
        ]
        let table = RouteTable([agent.identity, model.identity])
        let router = ModelRouter(table, candidates: candidates, parts: Routing.parts(time))
        #expect(try await router.complete(Routing.request, notices.observer).text == "b")
        #expect(agent.calls == 0 && notices.all.isEmpty)
        let plan = ModelRequest(contract: "plan", instructions: "", input: [:], schema: [:])
        #expect(try await router.complete(plan).text == "agent")
        let alone = ModelRouter(RouteTable([agent.identity]), candidates: candidates, parts: Routing.parts(time))
        let none = await #expect(throws: ModelsExhausted.self) { try await alone.complete(Routing.request) }
        #expect(agent.calls == 1 && none?.description.contains("'agent/m' writes files itself") == true)
    }

    @Test("asks only models of this machine when Drydock is offline")
    func offline() async throws {
        let (far, near) = (answering("far"), answering("near"))
        let router = Routing.router([far, near], time, local: ["near"], isOffline: true)
        #expect(try await router.complete(Routing.request, notices.observer).text == "near")
        #expect(far.calls == 0 && notices.kinds == [.excluded])
        let alone = Routing.router([far, answering("farther")], time, isOffline: true)
        let fault = await #expect(throws: ProviderFault.self) { try await alone.complete(Routing.request) }
        #expect(fault?.kind == .policy && fault?.failureClass == .policy && far.calls == 0)
        #expect(
            fault?.description == "'far/m' is not on this machine, and Drydock is offline: no other model can be "
                + "asked: 'farther/m' is not on this machine, and Drydock is offline"
        )
    }

    @Test("adds what the tokens cost")
    func price() async throws {
        let parts = Routing.parts(
            time,
            prices: PriceTable(["a/*": ModelPrice(inputPerMillion: 2, outputPerMillion: 10)])
        )
        let reply = try await Routing.router([answering("a")], time, parts: parts).complete(Routing.request)
        #expect(abs(reply.usage.costUSD - 0.003) < 1e-12)
    }

    @Test("takes the dearest model that may answer for what an answer may cost")
    func estimate() {
        let (a, b) = (answering("a"), answering("b"))
        let prices = ["a/m": 2.0, "b/m": 1_000].mapValues { ModelPrice(inputPerMillion: 0, outputPerMillion: $0) }
        let router = ModelRouter(
            RouteTable([a.identity], chains: ["plan": [b.identity]]),
            candidates: [a, b].map { RouteCandidate($0, isLocal: false, baseURL: "http://x") },
            parts: Routing.parts(time, prices: PriceTable(prices))
        )
        var request = ModelRequest(contract: "review", instructions: "", input: [:], schema: [:])
        let review = router.estimate(request)
        #expect((100...2_000).contains(review.inputTokens) && review.outputTokens == 8_192)
        #expect(abs(review.costUSD - 0.016384) < 1e-9)
        request = ModelRequest(
            contract: "plan",
            instructions: "",
            input: ["text": .string(String(repeating: "x", count: 40_000))],
            schema: [:],
            parameters: ModelParameters(maxOutputTokens: 1_000)
        )
        let plan = router.estimate(request)
        #expect(plan.inputTokens > 10_000 && plan.outputTokens == 1_000 && abs(plan.costUSD - 1) < 1e-9)
        #expect(ModelRouter(RouteTable([]), candidates: []).estimate(request) == .zero)
    }

    @Test("ends a wait as soon as its task is cancelled", .timeLimit(.minutes(5)))
    func cancellation() async throws {
        let time = ScriptedTime(isManual: true)
        let model = failing("a", ProviderFault(.server, "trouble"))
        let call = Task { try await Routing.router([model], time).complete(Routing.request) }
        await time.waitUntil(waiting: 1)
        call.cancel()
        await #expect(throws: CancellationError.self) { try await call.value }
        #expect(model.calls == 1 && time.waiting == 0)
    }
}
