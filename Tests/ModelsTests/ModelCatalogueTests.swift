import Core
import HTTPClientKit
import Models
import TestSupport
import Testing

@Suite("A catalogue", .tags(.small), .timeLimit(.minutes(5)))
struct ModelCatalogueTests {
    private static func source(
        _ name: String,
        isLocal: Bool = false,
        standard: String? = nil,
        _ models: String...
    ) -> CatalogueSource {
        CatalogueSource(
            name,
            isLocal: isLocal,
            standard: standard,
            prefer: { isLocal ? $0.last?.name : nil },
            list: { models.map { ListedModel(name: $0) } }
        )
    }

    private static func broken(_ name: String, _ error: any Error, isLocal: Bool = false) -> CatalogueSource {
        CatalogueSource(name, isLocal: isLocal, standard: "usual") { throw error }
    }

    @Test("asks all providers at once, and holds one that does not answer for no longer than the limit")
    func late() async throws {
        let time = ScriptedTime(isManual: true)
        let silent = CatalogueSource("silent", isLocal: false, standard: "usual") {
            try await Task.sleep(for: .seconds(3_600))
            return []
        }
        async let found = ModelCatalogue.discover([silent, silent, Self.source("quick", "a", "b")], sleeper: time)
        await time.waitUntil(waiting: 2)
        #expect(Set(time.waits) == [10_000])
        time.advance(by: 10_000)
        let catalogue = try await found
        #expect(catalogue.entries.map(\.provider) == ["silent", "silent", "quick"])
        #expect(catalogue.entries.map(\.isDegraded) == [true, true, false])
        #expect(catalogue["silent"]?.models.map(\.name) == ["usual"])
        #expect(catalogue["silent"]?.error == "it gave no list within 10 s")
        #expect(catalogue["quick"]?.models.map(\.name) == ["a", "b"])
        #expect(try JSONValue(encoding: catalogue).decoded(as: ModelCatalogue.self) == catalogue)
    }

    @Test("enters a provider that is down with its default model and the reason")
    func degraded() async throws {
        let fault = ProviderFault(.server, "trouble", status: 500, provider: "p")
        let catalogue = try await ModelCatalogue.discover([Self.broken("p", fault)])
        #expect(catalogue["p"]?.isDegraded == true && catalogue["p"]?.models == [ListedModel(name: "usual")])
        #expect(catalogue["p"]?.error == "'p' failed (HTTP 500): trouble")
    }

    @Test("ends when its task is cancelled")
    func cancelled() async {
        let time = ScriptedTime(isManual: true)
        let silent = CatalogueSource("silent", isLocal: false) {
            try await Task.sleep(for: .seconds(3_600))
            return []
        }
        let search = Task { try await ModelCatalogue.discover([silent], sleeper: time) }
        await time.waitUntil(waiting: 1)
        search.cancel()
        await #expect(throws: CancellationError.self) { try await search.value }
    }

    @Test(
        "takes the machine for offline when other machines were asked and none was reached",
        arguments: [
            ([.connection], true), ([.connection, .timeout, .keyMissing], true), ([.connection, .unauthorized], false),
            ([.keyMissing], false), ([.connection, nil], false), ([], false),
        ] as [([ProviderFault.Reason?], Bool)]
    )
    func offline(reasons: [ProviderFault.Reason?], expected: Bool) async throws {
        let remote = reasons.enumerated().map { index, reason in
            reason.map { Self.broken("p\(index)", ProviderFault($0, "")) } ?? Self.source("p\(index)", "m")
        }
        let local = [
            Self.broken("ollama", ProviderFault(.connection, ""), isLocal: true),
            Self.source("near", isLocal: true, "m"),
        ]
        #expect(try await ModelCatalogue.discover(local + remote).seemsOffline == expected)
    }

    @Test("takes no excluded model for a provider's default, by name or by pattern")
    func excludedDefault() {
        let models = ["gpt-5", "gpt-5-mini", "gpt-4o"].map { ListedModel(name: $0) }
        let profile = ProviderProfile.compatible(name: "openai", baseURL: "http://x")
        #expect(profile.preferred(of: models) == "gpt-5")
        let patterns = ["openai/gpt-5", "gpt-5", "openai/gpt-5*", "gpt-5*"]
        let found = patterns.map { profile.preferred(of: models, excluding: ModelExclusions([$0])) }
        #expect(found == ["gpt-5-mini", "gpt-5-mini", "gpt-4o", "gpt-4o"])
    }

    @Test("finds the model that a name means")
    func references() async throws {
        let catalogue = try await ModelCatalogue.discover([
            Self.broken("down", ProviderFault(.server, "")), Self.source("vendor", "claude-4-5-20250929", "x"),
            Self.source("ollama", isLocal: true, "nomic-embed-text:latest", "llama3:latest"),
        ])
        let cases: [(String?, String?, String?)] = [
            ("vendor", "y", "vendor/y"), ("vendor", nil, nil), ("ollama", nil, "ollama/llama3:latest"),
            ("down", nil, "down/usual"), (nil, "llama3", "ollama/llama3"), (nil, "usual", nil), ("other", nil, nil),
            (nil, "claude-4-5", "vendor/claude-4-5"), (nil, "claude-4-5-latest", "vendor/claude-4-5-latest"),
            (nil, "claude-4", nil), (nil, nil, nil),
        ]
        for (provider, model, expected) in cases {
            let found = catalogue.identity(of: ModelReference(provider: provider, model: model))
            #expect(found?.description == expected, "\(provider ?? "-") \(model ?? "-")")
        }
    }

    @Test(
        "replaces models that are unknown or excluded by the run's model, else by their provider's default, and says so",
        arguments: [
            // The models for all roles, those of the role, what is excluded, what becomes of both, and who is told of.
            (["p/run"], ["p/fine"], [], ["p/run"], ["p/fine"], []),
            (["p/run"], ["p/gone"], [], ["p/run"], ["p/run"], ["p/gone>p/run"]),
            (["p/run"], ["p/fine"], ["p/fi*"], ["p/run"], ["p/run"], ["p/fine>p/run"]),
            (["p/gone"], ["q/gone"], [], ["p/usual"], ["p/usual"], ["p/gone>p/usual", "q/gone>p/usual"]),
            ([], ["p/gone"], [], [], ["p/usual"], ["p/gone>p/usual"]),
            (["p/gone"], [], ["usual"], [], [], ["p/gone>"]), (["q/gone"], [], [], [], [], ["q/gone>"]),
            (["down/any"], ["new/any"], [], ["down/any"], ["new/any"], []),
            (
                ["down/any"], ["p/gone", "p/fine"], ["any"], ["down/usual"], ["down/usual", "p/fine"],
                ["down/any>down/usual", "p/gone>down/usual"]
            ),
        ] as [([String], [String], [String], [String], [String], [String])]
    )
    func routes(
        standard: [String],
        role: [String],
        excluded: [String],
        newStandard: [String],
        newRole: [String],
        told: [String]
    ) async throws {
        func models(_ names: [String]) -> [ModelIdentity] {
            names.map { $0.split(separator: "/").map(String.init) }.map { ModelIdentity(provider: $0[0], name: $0[1]) }
        }
        let catalogue = try await ModelCatalogue.discover([
            Self.source("p", standard: "usual", "usual", "run", "fine"), Self.source("q", "x"),
            Self.broken("down", ProviderFault(.timeout, "")),
        ])
        let table = RouteTable(models(standard), chains: ["plan": models(role)])
        let checked = catalogue.checked(table, excluding: ModelExclusions(excluded))
        #expect(checked.table.standard == models(newStandard))
        #expect(checked.table.chains["plan"] ?? [] == models(newRole))
        #expect(checked.notices.map { "\($0.model)>\($0.next?.description ?? "")" } == told)
        #expect(checked.notices.allSatisfy { $0.kind == .excluded })
    }

    @Test("is made of what providers really list", .tags(.medium))
    func sockets() async throws {
        let vendor = try ScriptedVendor { _ in VendorAnswer("") }
        let client = HTTPClient()
        let key = ProviderKey(.environment(["K"]), environment: ["K": "sk-0123456789"])
        let down = ProviderProfile.compatible(name: "down", baseURL: "http://127.0.0.1:1/v1")
        let sources = VendorFormat.allCases.map { CatalogueSource(vendor.profile($0), client: client, key: key) }
        let catalogue = try await ModelCatalogue.discover(
            sources + [CatalogueSource(down, client: client, key: key, standard: "usual")]
        )
        let names = catalogue.entries.flatMap { $0.models.map(\.name) }
        #expect(names == Array(repeating: "scripted", count: 4) + ["usual"])
        #expect(catalogue["down"]?.reach == .unreachable && catalogue["scripted-openai"]?.standard == "scripted")
        await client.shutdown()
    }
}
