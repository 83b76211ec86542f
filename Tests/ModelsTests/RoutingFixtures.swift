import Core
import Models
import Synchronization
import TestSupport

/// A model that does as its script says, by the number of the call from 1.
final class ScriptedModel: ModelProvider {
    typealias Script = @Sendable (_ call: Int) async throws -> String

    let identity: ModelIdentity
    private let script: Script
    private let count = Atomic(0)

    init(_ name: String, _ script: @escaping Script) {
        identity = ModelIdentity(provider: name, name: "m")
        self.script = script
    }

    /// How often it was asked.
    var calls: Int { count.load(ordering: .relaxed) }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        let call = count.add(1, ordering: .relaxed).newValue
        let text = try await script(call)
        return ModelReply(text: text, usage: Usage(inputTokens: 1_000, outputTokens: 100, costUSD: 0))
    }
}

/// Counts from 0, also in many tasks at once.
final class Counter: Sendable {
    private let number = Atomic(0)

    var value: Int { number.load(ordering: .relaxed) }

    /// Adds, and returns the new number.
    @discardableResult
    func add(_ amount: Int = 1) -> Int { number.add(amount, ordering: .relaxed).newValue }
}

/// Keeps the notices of calls.
final class Notices: Sendable {
    private let list = Mutex<[RouteNotice]>([])
    private let sum = Mutex(Usage.zero)

    /// What was spent besides answers.
    var spent: Usage { sum.withLock { $0 } }
    var all: [RouteNotice] { list.withLock { $0 } }
    var kinds: [RouteNotice.Kind] { all.map(\.kind) }
    var waits: [Int?] { all.map(\.waitMilliseconds) }

    var observer: CallObserver {
        CallObserver { [self] notice in
            list.withLock { $0.append(notice) }
        } onSpent: { [self] usage in
            sum.withLock { $0 = $0 + usage }
        }
    }
}

enum Routing {
    static let request = ModelRequest(contract: "review", instructions: "Review.", input: ["title": "T"], schema: [:])

    /// The longest wait that chance may give.
    static let longest: RetryPolicy.Random = { $0.upperBound }

    static func parts(
        _ time: ScriptedTime,
        breaker: CircuitBreaker? = nil,
        limits: [String: ProviderLimits] = [:],
        prices: PriceTable = .none,
        capability: CapabilityCheck? = nil
    ) -> RoutingParts {
        RoutingParts(
            breaker: breaker ?? CircuitBreaker(clock: time),
            limiters: RateLimiters(limits, clock: time, sleeper: time),
            prices: prices,
            capability: capability,
            clock: time,
            sleeper: time,
            random: longest
        )
    }

    static func router(
        _ models: [ScriptedModel],
        _ time: ScriptedTime,
        local: Set<String> = [],
        isOffline: Bool = false,
        parts: RoutingParts? = nil
    ) -> ModelRouter {
        ModelRouter(
            RouteTable(models.map(\.identity)),
            candidates: models.map { RouteCandidate($0, isLocal: local.contains($0.identity.provider)) },
            isOffline: isOffline,
            parts: parts ?? Self.parts(time)
        )
    }
}
