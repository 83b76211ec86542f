import Core
import Synchronization

/// Asks the models of a route table in their order, until one answers.
///
/// The contract of a request is the role that it is routed by. A model that fails is asked again after a wait where
/// that may help, else the next one is asked; what only a person can mend ends the call at once. Every decision is told
/// to the call's observer. The reply says which model gave it, and what it cost.
///
/// ```swift
/// let breaker = CircuitBreaker(FileBreakerStore(folder: stateFolder + "/models/breakers"))
/// let parts = RoutingParts(
///     breaker: breaker,
///     limiters: RateLimiters(["openai": ProviderLimits(requestsPerMinute: 500, concurrency: 8)]),
///     prices: PriceTable(["openai/gpt-5*": ModelPrice(inputPerMillion: 1.25, outputPerMillion: 10)]),
///     capability: CapabilityCheck(folder: stateFolder + "/models/capability")
/// )
/// let candidates = table.models.map { model in
///     RouteCandidate(profiles[model.provider], model: model.name, client: client, key: keys[model.provider])
/// }
/// let router = ModelRouter(table, candidates: candidates, isOffline: false, parts: parts)
/// let reply = try await router.complete(request, observer)
/// ```
///
/// One `RoutingParts` serves all routers of a process: with a limiter or a breaker for each, limits would not add up.
package struct ModelRouter: ModelProvider {
    package let table: RouteTable
    package let isOffline: Bool
    let parts: RoutingParts
    private let candidates: [ModelIdentity: RouteCandidate]
    private let unusable: [ModelIdentity: ProviderFault]
    private let told = ToldModels()

    /// - Parameters:
    ///   - table: Whom to ask for what.
    ///   - candidates: All models that can be asked; one that the table does not name is never asked.
    ///   - unusable: Why others of the table cannot be asked; of one that is in neither, it is said that nobody
    ///     configured it.
    ///   - isOffline: Leaves out all models that are not on this machine.
    ///   - parts: Shared by all routers of a process.
    package init(
        _ table: RouteTable,
        candidates: [RouteCandidate],
        unusable: [ModelIdentity: ProviderFault] = [:],
        isOffline: Bool = false,
        parts: RoutingParts = RoutingParts()
    ) {
        self.table = table
        self.unusable = unusable
        self.isOffline = isOffline
        self.parts = parts
        self.candidates = Dictionary(candidates.map { ($0.identity, $0) }) { first, _ in first }
    }

    /// The first choice; who really answers is in the reply.
    package var identity: ModelIdentity {
        let models = table.models
        return models.first { candidates[$0] != nil || unusable[$0] != nil } ?? models.first
            ?? ModelIdentity(provider: "none", name: "none")
    }

    package func firstChoice(for contract: String) -> ModelIdentity {
        sorted(contract).usable.first?.identity ?? identity
    }

    /// What the dearest of the models may use that may come to answer, by the length of the prompt.
    ///
    /// An answer whose length the request does not limit is taken for one of ``RoutingParts/expectedAnswer`` tokens.
    package func estimate(_ request: ModelRequest) -> Usage {
        let usages = sorted(request.contract).usable.map { candidate in
            // What is asked in another way than over HTTP knows better.
            guard candidate.baseURL != nil else { return candidate.provider.estimate(request) }
            let usage = Usage(
                inputTokens: RoutedCall.estimatedTokens(request),
                outputTokens: request.parameters.maxOutputTokens ?? RoutingParts.expectedAnswer,
                costUSD: 0
            )
            return parts.prices.priced(usage, of: candidate.identity)
        }
        let tokens = usages.max { $0.inputTokens + $0.outputTokens < $1.inputTokens + $1.outputTokens } ?? .zero
        return Usage(
            inputTokens: tokens.inputTokens,
            outputTokens: tokens.outputTokens,
            costUSD: usages.map(\.costUSD).max() ?? 0
        )
    }

    /// - Throws: ``ModelsExhausted`` when no model answered; ``ProviderFault`` when only a person can help, or when
    ///   Drydock is offline and no model is on this machine; `CancellationError`; and what else a model throws.
    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        var (usable, failed) = sorted(request.contract)
        await tell(failed.filter { !isWorker($0.model, request.contract) }, next: usable.first?.identity, observer)
        try checkOffline(usable, failed)
        var spent = Usage.zero
        while !usable.isEmpty {
            let candidate = usable.removeFirst()
            let call = RoutedCall(candidate, isLast: usable.isEmpty, parts: parts, observer: observer)
            do {
                let reply = try await call.reply(to: request, &spent)
                // Without what was spent before: a recorded answer is the same, however often it had to be asked for.
                return ModelReply(
                    text: reply.text,
                    usage: reply.usage,
                    ending: reply.ending,
                    model: reply.model ?? candidate.identity
                )
            } catch let left as RoutedCall.Left {
                failed.append(left.why)
                guard let next = usable.first?.identity, left.kind != .excluded || told.isFirst(left.why.model)
                else { continue }
                await observer.onNotice(RouteNotice(left.kind, candidate.identity, next: next, reason: left.reason))
            }
        }
        throw ModelsExhausted(role: request.contract, candidates: failed)
    }
}

/// Whom to ask.
extension ModelRouter {
    /// The models of a role that can be asked, and those that cannot.
    private func sorted(_ role: String) -> (usable: [RouteCandidate], excluded: [ModelsExhausted.Candidate]) {
        var usable: [RouteCandidate] = []
        var excluded: [ModelsExhausted.Candidate] = []
        for model in table.chain(for: role) {
            if isWorker(model, role) {
                excluded.append(.init(model, reason: "writes files itself, and has written none that can be used"))
            } else if let candidate = candidates[model] {
                if isOffline, !candidate.isLocal {
                    excluded.append(.init(model, fault: Self.offline(model), reason: Self.offline(model).summary))
                } else {
                    usable.append(candidate)
                }
            } else {
                let fault = unusable[model]
                excluded.append(.init(model, fault: fault, reason: fault?.summary ?? "is not configured"))
            }
        }
        return (usable, excluded)
    }

    /// Whether a model has another way to answer for a role: then nobody asks it here.
    private func isWorker(_ model: ModelIdentity, _ role: String) -> Bool {
        candidates[model]?.notFor.contains(role) == true
    }

    private static func offline(_ model: ModelIdentity, _ message: String = "") -> ProviderFault {
        var fault = ProviderFault(.offline, message, provider: model.provider)
        fault.model = model.name
        return fault
    }

    /// - Throws: ``ProviderFault`` with ``ProviderFault/Reason/offline`` when nothing is left for that reason.
    private func checkOffline(_ usable: [RouteCandidate], _ excluded: [ModelsExhausted.Candidate]) throws {
        guard usable.isEmpty, let first = excluded.first(where: { $0.fault?.reason == .offline }) else { return }
        let others = excluded.filter { $0.model != first.model }.map { "'\($0.model)' \($0.reason)" }
        let message = others.isEmpty ? "no other model is configured" : "no other model can be asked: "
        throw Self.offline(first.model, message + others.joined(separator: "; "))
    }

    /// Says once for each model why it is never asked.
    private func tell(_ excluded: [ModelsExhausted.Candidate], next: ModelIdentity?, _ observer: CallObserver) async {
        for candidate in excluded where told.isFirst(candidate.model) {
            let notice = RouteNotice(.excluded, candidate.model, next: next, reason: "it " + candidate.reason)
            await observer.onNotice(notice)
        }
    }
}

/// The models of which something has been said once.
private final class ToldModels: Sendable {
    private let models = Mutex<Set<ModelIdentity>>([])

    func isFirst(_ model: ModelIdentity) -> Bool { models.withLock { $0.insert(model).inserted } }
}
