import Core
import Foundation
import HTTPClientKit
import Models
import Synchronization
import TestSupport
import Testing

@Suite("A router over real sockets", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(5)))
struct RoutedProviderTests {
    private static let text = #"{"accepted":true,"feedback":"fine","issues":[]}"#

    private let time = ScriptedTime()
    private let notices = Notices()

    /// A router over providers of these profiles.
    private func router(
        _ profiles: [ProviderProfile],
        _ client: HTTPClient,
        key: KeySource = .none,
        isOffline: Bool = false,
        parts: RoutingParts? = nil
    ) -> ModelRouter {
        let key = ProviderKey(key, environment: ["TEST_KEY": "sk-wrong-key"])
        let candidates = profiles.map { RouteCandidate($0, model: "scripted", client: client, key: key) }
        return ModelRouter(
            RouteTable(candidates.map(\.identity)),
            candidates: candidates,
            isOffline: isOffline,
            parts: parts ?? Routing.parts(time)
        )
    }

    /// A provider that nobody answers for.
    private static let down = ProviderProfile.compatible(name: "down", baseURL: "http://127.0.0.1:1/v1")

    @Test("gets an answer after a failure of the provider", arguments: VendorFormat.allCases)
    func retry(format: VendorFormat) async throws {
        let vendor = try Self.vendor([.error(500), .error(529)])
        let client = HTTPClient()
        let reply = try await router([vendor.profile(format)], client).complete(Routing.request, notices.observer)
        #expect(reply.text == Self.text && reply.model?.provider == "scripted-\(format)")
        #expect(vendor.questions.count == 3 && time.waits == [2_000, 4_000])
        #expect(notices.kinds == [.retry, .retry])
        await client.shutdown()
    }

    @Test("waits as long as a provider says, and no longer than a minute", arguments: VendorFormat.allCases)
    func retryAfter(format: VendorFormat) async throws {
        let client = HTTPClient()
        let patient = try Self.vendor([.error(429, headers: [("Retry-After", "7")])])
        _ = try await router([patient.profile(format)], client).complete(Routing.request, notices.observer)
        #expect(time.waits == [7_700] && patient.questions.count == 2)
        #expect(notices.all.first?.description.hasPrefix("asking 'scripted-\(format)/scripted' again in 8 s") == true)
        let busy = try Self.vendor([.error(429, headers: [("Retry-After", "3600")])])
        let start = time.milliseconds
        let fault = await #expect(throws: ModelsExhausted.self) {
            try await router([busy.profile(format)], client).complete(Routing.request)
        }
        #expect(fault?.retryAt == start + 3_600_000 && busy.questions.count == 1)
        #expect(fault?.candidates.first?.fault?.status == 429)
        await client.shutdown()
    }

    @Test("asks the second provider when the first is down, and names it")
    func fallback() async throws {
        let vendor = try Self.vendor([])
        let client = HTTPClient()
        let parts = Routing.parts(time)
        let router = router([Self.down, vendor.profile(.anthropic)], client, parts: parts)
        let reply = try await router.complete(Routing.request, notices.observer)
        #expect(reply.model == ModelIdentity(provider: "scripted-anthropic", name: "scripted"))
        #expect(notices.kinds == [.retry, .retry, .fallback])
        // Two more failures open the breaker, and the next call goes to the second at once.
        _ = try await router.complete(Routing.request, notices.observer)
        #expect(notices.kinds.suffix(3) == [.retry, .breakerOpened, .fallback] && time.waits == [2_000, 4_000, 2_000])
        let opened = client.counters.openedConnections
        _ = try await router.complete(Routing.request, notices.observer)
        #expect(time.waits.count == 3 && client.counters.openedConnections == opened)
        #expect(notices.kinds.last == .fallback && vendor.questions.count == 3)
        await client.shutdown()
    }

    @Test("stops at a key that is not accepted or is missing, without another call", arguments: VendorFormat.allCases)
    func wrongKey(format: VendorFormat) async throws {
        let client = HTTPClient()
        let first = try ScriptedVendor(key: "sk-right-key") { _ in VendorAnswer(Self.text) }
        let second = try Self.vendor([])
        for (variable, reason, count) in [
            ("TEST_KEY", ProviderFault.Reason.unauthorized, 1), ("NO_SUCH_KEY", .keyMissing, 1),
        ] {
            let router = router([first.profile(format), second.profile(format)], client, key: .environment([variable]))
            let fault = await #expect(throws: ProviderFault.self) { try await router.complete(Routing.request) }
            #expect(fault?.reason == reason && first.questions.count == count)
        }
        #expect(second.questions.isEmpty && time.waits.isEmpty)
        await client.shutdown()
    }

    @Test("asks only this machine when it is offline")
    func offline() async throws {
        let vendor = try Self.vendor([])
        let client = HTTPClient(HTTPClientConfiguration(loopbackOnly: true))
        let far = ProviderProfile.compatible(name: "far", baseURL: "https://api.example.com/v1")
        let router = router([far, vendor.profile(.ollama)], client, isOffline: true)
        let reply = try await router.complete(Routing.request, notices.observer)
        #expect(reply.model?.provider == "scripted-ollama" && client.counters.openedConnections == 1)
        let told =
            "'far/scripted' is not used: it is not on this machine, and Drydock is offline; "
            + "asking 'scripted-ollama/scripted' instead"
        #expect(notices.all.map(\.description) == [told])
        await client.shutdown()
    }

    @Test("checks once that a model can follow a schema at all", arguments: VendorFormat.allCases)
    func capability(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { question in
            question.contract == "capability" ? .json(question.input) : VendorAnswer(Self.text)
        }
        let poet = try ScriptedVendor { _ in VendorAnswer("Roses are red.") }
        let client = HTTPClient()
        let folder = TemporaryDirectory.current.appending(path: "capability").path
        let parts = Routing.parts(time, capability: CapabilityCheck(folder: folder, clock: time))
        var profile = poet.profile(format)
        profile.name = "poet"
        let router = router([profile, vendor.profile(format)], client, parts: parts)
        for _ in 0..<2 {
            let reply = try await router.complete(Routing.request, notices.observer)
            #expect(reply.text == Self.text && reply.model?.provider == "scripted-\(format)")
        }
        #expect(notices.kinds == [.checked, .excluded, .checked])
        #expect(vendor.questions.map(\.contract) == ["capability", "review", "review"])
        #expect(poet.questions.map(\.isRepair) == [false, true])
        await client.shutdown()
    }

    @Test("counts what came of an answer that broke off, in its first part or a later one")
    func spent() async throws {
        let client = HTTPClient()
        let first = Mutex(true)
        let pausing = try ScriptedVendor { _ in
            let isFirst = first.withLock { first in
                defer { first = false }
                return first
            }
            var answer = VendorAnswer("part")
            answer.continuation = "1"
            return isFirst ? answer : .error(404)
        }
        let spent = Mutex(Usage.zero)
        let observer = CallObserver(onNotice: { _ in }, onSpent: { usage in spent.withLock { $0 = $0 + usage } })
        await #expect(throws: ModelsExhausted.self) {
            try await router([pausing.profile(.gemini)], client).complete(Routing.request, observer)
        }
        #expect(spent.withLock { $0 } == VendorAnswer.usage)
        spent.withLock { $0 = .zero }
        let text = String(repeating: "word ", count: 400)
        let breaking = try ScriptedVendor { _ in
            VendorAnswer(text).bent { answer in
                var answer = answer
                answer.fault = .closeAfter(2_200)
                return answer
            }
        }
        await #expect(throws: ModelsExhausted.self) {
            try await router([breaking.profile(.ollama)], client).complete(Routing.request, observer)
        }
        let usage = spent.withLock { $0 }
        #expect(usage.outputTokens > 0 && usage.inputTokens > 0, "\(usage)")
        #expect(usage.estimatedTokens == usage.inputTokens + usage.outputTokens)
        await client.shutdown()
    }

    /// Answers from a list, and then well.
    private static func vendor(_ answers: [VendorAnswer]) throws -> ScriptedVendor {
        let number = Counter()
        return try ScriptedVendor { _ in
            let index = number.add() - 1
            return answers.indices.contains(index) ? answers[index] : VendorAnswer(text)
        }
    }
}
