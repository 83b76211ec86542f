import Core
import Models
import Synchronization
import TestSupport
import Testing

@Suite("What a routed call spends", .tags(.small))
struct RoutedSpendingTests {
    private let time = ScriptedTime()
    private let spent = Spent()
    /// The length of the prompt, in tokens as the router estimates them.
    private let prompt: Int

    init() {
        let silent = RouteCandidate(Silent(text: ""), isLocal: true, baseURL: "http://127.0.0.1:1")
        prompt = ModelRouter(RouteTable([silent.identity]), candidates: [silent]).estimate(Routing.request).inputTokens
    }

    private func router(
        _ models: [any ModelProvider],
        prices: PriceTable = .none,
        capability: CapabilityCheck? = nil
    ) -> ModelRouter {
        ModelRouter(
            RouteTable(models.map(\.identity)),
            candidates: models.map { RouteCandidate($0, isLocal: true, baseURL: "http://127.0.0.1:1/\($0.identity)") },
            parts: Routing.parts(time, prices: prices, capability: capability)
        )
    }

    @Test(
        "holds the attempts that may be billed, and no others",
        arguments: [
            (ProviderFault(.cutOff, "gone"), true), (ProviderFault(.malformed, "what?"), true),
            (ProviderFault(.timeout, "late"), true), (ProviderFault(.server, "amid the stream", status: 200), true),
            (ProviderFault(.server, "refused", status: 500), false), (ProviderFault(.connection, "no"), false),
        ]
    )
    func failures(fault: ProviderFault, isBilled: Bool) async throws {
        let model = ScriptedModel("a") { call in
            guard call == 3 else { throw fault }
            return "fine"
        }
        let prices = PriceTable(["a/*": ModelPrice(inputPerMillion: 1_000_000, outputPerMillion: 0)])
        let reply = try await router([model], prices: prices).complete(Routing.request, spent.observer())
        let lost = isBilled ? 2 * prompt : 0
        #expect(prompt > 10 && spent.sum.inputTokens == lost)
        #expect(spent.sum.estimatedTokens == lost && spent.sum.costUSD == Double(lost))
        // The answer is recorded as a step's result, which is the same whatever came before it.
        let other = ScriptedModel("a") { _ in "fine" }
        #expect(try await router([other], prices: prices).complete(Routing.request) == reply)
        #expect(reply.usage.inputTokens == 1_000 && reply.usage.costUSD == 1_000)
    }

    @Test("is known of models that gave no answer, and of a call that failed as a whole")
    func chain() async throws {
        let broken = ScriptedModel("a") { _ in throw ProviderFault(.cutOff, "gone") }
        let second = ScriptedModel("b") { _ in "fine" }
        let reply = try await router([broken, second]).complete(Routing.request, spent.observer())
        #expect(reply.usage.inputTokens == 1_000 && spent.sum.inputTokens == 3 * prompt)
        let alone = ScriptedModel("c") { _ in throw ProviderFault(.cutOff, "gone") }
        await #expect(throws: ModelsExhausted.self) {
            try await router([alone]).complete(Routing.request, spent.observer())
        }
        #expect(spent.sum.inputTokens == 6 * prompt)
    }

    @Test("ends before another attempt when that is not allowed")
    func refusal() async throws {
        struct Enough: Error {}
        let broken = ScriptedModel("a") { _ in throw ProviderFault(.cutOff, "gone") }
        let second = ScriptedModel("b") { _ in "fine" }
        await #expect(throws: Enough.self) {
            try await router([broken, second]).complete(Routing.request, spent.observer { throw Enough() })
        }
        #expect(broken.calls == 1 && second.calls == 0 && spent.sum.inputTokens == prompt)
    }

    @Test("is estimated where a model does not count, so that it is not free")
    func uncounted() async throws {
        let model = Silent(text: String(repeating: "word ", count: 80))
        let prices = PriceTable(["silent/m": ModelPrice(inputPerMillion: 0, outputPerMillion: 1_000_000)])
        let reply = try await router([model], prices: prices).complete(Routing.request)
        #expect(reply.usage.inputTokens == prompt && reply.usage.outputTokens == 100)
        #expect(reply.usage.estimatedTokens == prompt + 100 && reply.usage.costUSD == 100)
    }

    @Test("holds the check of what a model can do, also when it came to nothing")
    func capability() async throws {
        let model = ScriptedModel("a") { call in
            guard call == 1 else { throw ProviderFault(.forbidden, "no more", status: 403) }
            return "no schema"
        }
        let check = CapabilityCheck(folder: nil, clock: time)
        await #expect(throws: ModelsExhausted.self) {
            try await router([model], capability: check).complete(Routing.request, spent.observer())
        }
        #expect(spent.sum == Usage(inputTokens: 1_000, outputTokens: 100, costUSD: 0))
        let poet = ScriptedModel("poet") { _ in "Roses are red." }
        await #expect(throws: ModelsExhausted.self) {
            try await router([poet], capability: check).complete(Routing.request, spent.observer())
        }
        #expect(
            spent.notices.map(\.description) == [
                "'poet/m' was asked whether it can follow a schema: it cannot, found out with 2200 tokens"
            ]
        )
    }
}

/// Counts nothing.
private struct Silent: ModelProvider {
    let text: String
    let identity = ModelIdentity(provider: "silent", name: "m")

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        ModelReply(text: text)
    }
}

/// Adds up what a call tells that it has spent.
private final class Spent: Sendable {
    private let state = Mutex<(sum: Usage, notices: [RouteNotice])>((.zero, []))

    var sum: Usage { state.withLock(\.sum) }
    var notices: [RouteNotice] { state.withLock(\.notices) }

    func observer(_ check: @escaping @Sendable () throws -> Void = {}) -> CallObserver {
        CallObserver(
            onNotice: { notice in
                guard notice.kind == .checked else { return }
                self.state.withLock { $0.notices.append(notice) }
            },
            onSpent: { usage in self.state.withLock { $0.sum = $0.sum + usage } },
            check: check
        )
    }
}
