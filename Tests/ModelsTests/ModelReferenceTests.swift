import Core
import Models
import TestSupport
import Testing

@Suite("A model's name", .tags(.small))
struct ModelReferenceTests {
    private static let providers: Set<String> = ["openai", "openrouter", "ollama", "builtin"]

    @Test(
        "is a provider, a model, or both",
        arguments: [
            ("openai/gpt-5", "openai", "gpt-5"), ("openai", "openai", nil), ("gpt-5", nil, "gpt-5"),
            ("openrouter/meta-llama/llama-3", "openrouter", "meta-llama/llama-3"),
            ("meta-llama/llama-3", nil, "meta-llama/llama-3"), ("ollama/llama3:8b", "ollama", "llama3:8b"),
            ("  builtin\n", "builtin", nil), ("OpenAI/x", nil, "OpenAI/x"), ("/x", nil, "/x"),
        ] as [(String, String?, String?)]
    )
    func parts(text: String, provider: String?, model: String?) throws {
        let reference = try ModelReference(text, providers: Self.providers)
        #expect(reference == ModelReference(provider: provider, model: model))
        #expect(try ModelReference(reference.description, providers: Self.providers) == reference)
    }

    @Test(
        "is refused when it names nothing",
        arguments: [
            ("", ModelReferenceError.empty), (" \t", .empty), ("openai/", .modelMissing("openai")),
            ("a b", .blank("a b")), ("a\u{1B}[31m", .blank("a\u{1B}[31m")),
            (String(repeating: "x", count: 201), .tooLong(201)),
        ]
    )
    func refused(text: String, expected: ModelReferenceError) {
        let error = #expect(throws: ModelReferenceError.self) {
            try ModelReference(text, providers: Self.providers)
        }
        #expect(error == expected && error?.kind == .usage && error?.description.contains("\u{1B}") == false)
    }
}

@Suite("A route table", .tags(.small))
struct RouteTableTests {
    private static func model(_ name: String, _ provider: String = "p") -> ModelIdentity {
        ModelIdentity(provider: provider, name: name)
    }

    @Test("leaves out what is there twice and what names no model, and falls back on what is for all roles")
    func cleaned() throws {
        let (a, b, c) = (Self.model("a"), Self.model("b"), Self.model("c"))
        let chains = ["plan": [c, b, c], "fix": []]
        let table = RouteTable([a, a, Self.model(""), Self.model("x", ""), b], chains: chains)
        #expect(table.standard == [a, b] && table.chains == ["plan": [c, b]])
        #expect(table.chain(for: "plan") == [c, b, a] && table.chain(for: "fix") == [a, b])
        #expect(table.models == [a, b, c] && table.first == a)
    }

    @Test("is the same after it was stored")
    func stored() throws {
        let table = RouteTable(
            [Self.model("a")],
            chains: ["plan": [Self.model("b")]],
            parameters: ModelParameters(temperature: 0.5, maxOutputTokens: 9)
        )
        #expect(try JSONValue(encoding: table).decoded(as: RouteTable.self) == table)
        let a: JSONValue = ["provider": "p", "name": "a"]
        let text: JSONValue = ["standard": [a, a, ["provider": "", "name": ""]]]
        #expect(try text.decoded(as: RouteTable.self) == RouteTable([Self.model("a")]))
    }
}

@Suite("A price", .tags(.small))
struct ModelPriceTests {
    @Test("is written to a hundredth of a cent, whatever number an agent gives")
    func dollars() {
        #expect(Usage.dollars(0.01234) == "0.0123")
        #expect(Usage.dollars(1e300) == "922337203685477.5807" && Usage.dollars(.infinity).hasPrefix("9223"))
    }

    @Test(
        "counts tokens from and for a cache at their own price",
        arguments: [
            (0, 0, nil, nil, 3.0 + 15.0), (400_000, 0, 0.3, nil, 0.6 * 3 + 0.4 * 0.3 + 15), (400_000, 0, nil, nil, 18),
            (400_000, 100_000, 0.3, 3.75, 0.5 * 3 + 0.4 * 0.3 + 0.1 * 3.75 + 15),
            (9_000_000, 9_000_000, 0.3, 3.75, 0.3 + 15),
        ] as [(Int, Int, Double?, Double?, Double)]
    )
    func cost(cached: Int, written: Int, cachedPrice: Double?, writePrice: Double?, expected: Double) {
        let price = ModelPrice(
            inputPerMillion: 3,
            outputPerMillion: 15,
            cachedInputPerMillion: cachedPrice,
            cacheWritePerMillion: writePrice
        )
        let usage = Usage(
            inputTokens: 1_000_000,
            outputTokens: 1_000_000,
            costUSD: 0,
            cachedInputTokens: cached,
            cacheWriteTokens: written
        )
        #expect(abs(price.cost(of: usage) - expected) < 1e-9)
    }

    @Test("is found by the model's name, else by the longest beginning of it, else is what the provider said")
    func lookup() {
        func price(_ input: Double) -> ModelPrice { ModelPrice(inputPerMillion: input, outputPerMillion: 0) }
        let table = PriceTable(["p/*": price(1), "p/big*": price(2), "p/big-1": price(3), "*": price(4)])
        let found = ["p/x", "p/big-2", "p/big-1", "q/x"].map { name in
            let parts = name.split(separator: "/").map(String.init)
            return table.price(of: ModelIdentity(provider: parts[0], name: parts[1]))?.inputPerMillion
        }
        #expect(found == [1, 2, 3, 4])
        let usage = Usage(inputTokens: 1, outputTokens: 1, costUSD: 0.5)
        #expect(PriceTable.none.priced(usage, of: ModelIdentity(provider: "p", name: "x")) == usage)
    }
}
