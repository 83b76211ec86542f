import Core
import Foundation
import Models
import Synchronization
import TestSupport
import Testing

@Suite("A check of what a model can do", .tags(.medium), .temporaryDirectory)
struct CapabilityCheckTests {
    private static let good = #"{"word":"drydock","numbers":[2,3,5]}"#

    private let time = ScriptedTime()
    private let model = ModelIdentity(provider: "a", name: "m")
    private let asked = Asked()

    private func check(_ folder: Bool = true) -> CapabilityCheck {
        let path = TemporaryDirectory.current.appending(path: "state/capability").path
        return CapabilityCheck(folder: folder ? path : nil, clock: time)
    }

    private func result(_ check: CapabilityCheck, at url: String = "u", _ text: String) async throws
        -> CapabilityCheck.Result
    {
        try await check.result(of: model, at: url) { request in
            asked.add(request)
            return ModelReply(text: text, usage: Usage(inputTokens: 10, outputTokens: 1, costUSD: 0))
        }
    }

    @Test("asks once for each model and base URL, and remembers what it found beyond the process")
    func once() async throws {
        let first = check()
        let result = try await result(first, Self.good)
        #expect(result.finding.followsSchema && result.finding.reason == nil && result.spent.inputTokens == 10)
        #expect(try await self.result(first, "no").spent == .zero)
        #expect(try await self.result(check(), "no").finding == result.finding)
        #expect(asked.count == 1)
        #expect(try await self.result(first, at: "v", "no").finding.followsSchema == false)
        time.advance(by: 365 * 86_400_000)
        #expect(try await self.result(check(), "no").finding.followsSchema)
    }

    @Test("finds models that can follow no schema, after a repair, and gives them another chance after a day")
    func incapable() async throws {
        let result = try await result(check(), "I am a language model.")
        #expect(!result.finding.followsSchema && result.spent.inputTokens == 20 && asked.count == 2)
        #expect(try await !self.result(check(), Self.good).finding.followsSchema)
        time.advance(by: 86_400_000)
        #expect(try await self.result(check(), Self.good).finding.followsSchema)
    }

    @Test(
        "takes only answers that fit and say what was asked",
        arguments: [
            (good, true), ("```json\n\(good)\n```", true), (#"{"word":"drydock"}"#, false),
            (#"{"word":"x","numbers":[2,3,5]}"#, false), (#"{"word":"drydock","numbers":["2","3","5"]}"#, false),
            ("", false), ("{}", false),
        ]
    )
    func answers(text: String, isCapable: Bool) async throws {
        #expect(try await result(check(false), text).finding.followsSchema == isCapable)
    }

    @Test("finds nothing out when the provider fails")
    func trouble() async throws {
        let check = check()
        await #expect(throws: ProviderFault.self) {
            try await check.result(of: model, at: "u") { _ in throw ProviderFault(.server, "") }
        }
        #expect(try await result(check, Self.good).finding.followsSchema)
    }

    @Test("is made once for many calls, and again when what is stored is damaged")
    func many() async throws {
        let check = check()
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 { group.addTask { try await self.result(check, Self.good) } }
            var spent = Usage.zero
            for try await result in group { spent = spent + result.spent }
            #expect(spent.inputTokens == 10)
        }
        #expect(asked.count == 1)
        let folder = TemporaryDirectory.current.appending(path: "state/capability")
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) where name.hasSuffix(".json") {
            try Data("{".utf8).write(to: folder.appending(path: name))
        }
        #expect(try await result(self.check(), Self.good).finding.followsSchema)
        #expect(try await result(self.check(), "no").finding.followsSchema)
        #expect(asked.count == 2)
    }

    @Test("keeps a router from a model that fails it, and its cost is told")
    func routed() async throws {
        let (bad, good) = (ScriptedModel("a") { _ in "no" }, ScriptedModel("b") { _ in Self.good })
        let notices = Notices()
        let router = ModelRouter(
            RouteTable([bad.identity, good.identity]),
            candidates: [bad, good].map { RouteCandidate($0, isLocal: false, baseURL: "http://x") },
            parts: Routing.parts(time, capability: check())
        )
        let reply = try await router.complete(Routing.request, notices.observer)
        #expect(reply.model == good.identity && bad.calls == 2 && good.calls == 2)
        #expect(reply.usage.inputTokens == 1_000 && notices.spent.inputTokens == 3_000)
        #expect(notices.kinds == [.checked, .excluded, .checked])
        let excluded = notices.all.first { $0.kind == .excluded }
        #expect(excluded?.next == good.identity)
        #expect(excluded?.reason.hasPrefix("it cannot follow a schema: ") == true)
        #expect(try await router.complete(Routing.request).usage.inputTokens == 1_000)
        #expect(bad.calls == 2 && good.calls == 3)
    }
}

/// Counts questions.
private final class Asked: Sendable {
    private let number = Atomic(0)

    var count: Int { number.load(ordering: .relaxed) }

    func add(_ request: ModelRequest) { number.add(1, ordering: .relaxed) }
}
