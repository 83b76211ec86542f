import Core
import Models
import TestSupport
import Testing

@Suite("A wire format's requests", .tags(.small))
struct WireRequestTests {
    private static let schema: JSONValue = [
        "type": "object",
        "properties": [
            "name": ["type": "string", "maxLength": 9],
            "mood": ["type": ["string", "null"], "enum": ["good", "bad", nil], "description": "How."],
        ],
        "required": ["name"],
        "additionalProperties": false,
    ]
    private static let request = ModelRequest(
        contract: "stage-1",
        instructions: "Do it.",
        input: ["title": "T", "component": ["name": "api"], "round": 2, "files": [], "description": "D"],
        schema: schema,
        parameters: ModelParameters(temperature: 0.25, maxOutputTokens: 900, seed: 3)
    )
    private static let formats: [any WireFormat] = [OpenAIFormat(), AnthropicFormat(), GeminiFormat(), OllamaFormat()]

    private func body(
        _ format: any WireFormat,
        _ call: WireCall = WireCall(model: "m"),
        _ request: ModelRequest = Self.request
    ) -> JSONValue {
        format.request(request, call).body ?? .null
    }

    @Test("begin with what all calls share and end with what differs")
    func prefix() {
        let text = PromptText(Self.request)
        #expect(text.system.contains("# Task: stage-1\n\nDo it."))
        #expect(
            text.shared == """
                # Input

                {"description":"D","title":"T"}
                {"component":{"name":"api"}}
                """
        )
        #expect(text.specific == "{\"files\":[]}\n{\"round\":2}")
        #expect(text.user == "\(text.shared ?? "")\n\(text.specific)")
        let plain = PromptText(ModelRequest(contract: "c", instructions: "", input: [:], schema: nil))
        #expect(plain.shared == nil && plain.specific == "# Input\n\n{}")
    }

    @Test("of chat completions hold the schema strictly, and name no key")
    func openAI() {
        let wire = OpenAIFormat().request(Self.request, WireCall(model: "gpt-6-astra"))
        #expect(wire.method == .post && wire.path == "/chat/completions")
        let body = wire.body ?? .null
        #expect(body["model"] == "gpt-6-astra")
        #expect(body["messages"]?[0]?["role"] == "system" && body["messages"]?[1]?["role"] == "user")
        #expect(body["temperature"] == .number(0.25) && body["seed"] == 3 && body["max_completion_tokens"] == 900)
        #expect(body["stream"] == true && body["stream_options"] == ["include_usage": true])
        #expect(body["prompt_cache_key"] == "drydock-stage_1")
        let format = body["response_format"]?["json_schema"]
        #expect(format?["strict"] == true && format?["name"] == "stage_1")
        #expect(format?["schema"]?["required"] == ["name", "mood"])
        #expect(format?["schema"]?["properties"]?["name"]?["maxLength"] == nil)
    }

    @Test("of chat completions leave out what a provider or a model does not know")
    func omitted() {
        let mistral = body(OpenAIFormat(.mistral))
        #expect(mistral["random_seed"] == 3 && mistral["seed"] == nil && mistral["stream_options"] == nil)
        #expect(mistral["max_tokens"] == 900 && mistral["prompt_cache_key"] == nil)
        let all = body(OpenAIFormat(), WireCall(model: "m", streams: false, omitted: Set(WirePart.allCases)))
        let names = Set(all.object?.keys.map(\.self) ?? [])
        #expect(names == ["model", "messages", "stream", "response_format"])
    }

    @Test("of messages mark the shared beginning for the cache, and know neither temperature nor seed")
    func anthropic() {
        let wire = AnthropicFormat().request(Self.request, WireCall(model: "claude-sonnet-5-5", streams: false))
        #expect(wire.path == "/v1/messages")
        let body = wire.body ?? .null
        let names = Set(body.object?.keys.map(\.self) ?? [])
        #expect(names == ["model", "max_tokens", "system", "messages", "stream", "output_config"])
        #expect(body["system"]?[0]?["cache_control"] == ["type": "ephemeral"])
        let content = body["messages"]?[0]?["content"]
        #expect(content?[0]?["cache_control"] == ["type": "ephemeral"])
        #expect(content?[1] == ["type": "text", "text": "{\"files\":[]}\n{\"round\":2}"])
        let schema = body["output_config"]?["format"]?["schema"]
        #expect(schema?["additionalProperties"] == false)
        #expect(
            schema?["properties"]?["mood"]?["anyOf"] == [
                ["type": "string", "enum": ["good", "bad"]], ["type": "null"],
            ]
        )
        let unlimited = ModelRequest(contract: "c", instructions: "", input: [:], schema: Self.schema)
        #expect(self.body(AnthropicFormat(), WireCall(model: "m"), unlimited)["max_tokens"] == 32_000)
    }

    @Test("of generateContent name the model in the path and the key nowhere in it")
    func gemini() {
        let wire = GeminiFormat().request(Self.request, WireCall(model: "gemini-3.8-flash"))
        #expect(wire.path == "/models/gemini-3.8-flash:streamGenerateContent?alt=sse")
        #expect(
            GeminiFormat().request(Self.request, WireCall(model: "tunedModels/a b", streams: false)).path
                == "/tunedModels/a%20b:generateContent"
        )
        let settings = wire.body?["generationConfig"]
        #expect(settings?["responseMimeType"] == "application/json")
        #expect(settings?["temperature"] == .number(0.25) && settings?["seed"] == 3)
        #expect(settings?["maxOutputTokens"] == 900)
        #expect(settings?["responseJsonSchema"]?["properties"]?["mood"]?["description"] == "How.")
        let next = body(GeminiFormat(), WireCall(model: "m", continuation: "dG9r"))
        #expect(next["continuationToken"] == "dG9r")
    }

    @Test("of Ollama carry the settings of local models")
    func ollama() {
        let format = OllamaFormat(OllamaFormat.Settings(contextTokens: 16_384, keepAlive: "5m"))
        let body = self.body(format)
        #expect(body["options"] == ["temperature": .number(0.25), "seed": 3, "num_predict": 900, "num_ctx": 16_384])
        #expect(body["keep_alive"] == "5m")
        #expect(body["format"]?["type"] == "object")
        #expect(format.pull("qwen3:8b").body == ["model": "qwen3:8b", "stream": true])
        #expect(format.delete("qwen3:8b").method == .delete)
    }

    @Test("fall to a tool, to JSON or to the prompt alone where a schema cannot be held")
    func modes() {
        func tool(_ format: any WireFormat, _ schema: JSONValue, _ output: StructuredOutput) -> Bool {
            let request = ModelRequest(contract: "c", instructions: "", input: [:], schema: schema)
            return body(format, WireCall(model: "m", output: output), request)["tools"] != nil
        }
        let reference: JSONValue = [
            "type": "object", "properties": ["a": ["$ref": "#"]], "additionalProperties": false,
        ]
        let open: JSONValue = [
            "type": "object", "properties": ["a": ["type": "object"]], "additionalProperties": false,
        ]
        for format in Self.formats.prefix(3) {
            #expect(!tool(format, Self.schema, .schema))
            #expect(tool(format, Self.schema, .tool))
            #expect(tool(format, reference, .schema) && tool(format, open, .schema))
            #expect(!tool(format, ["type": "array"], .schema) && !tool(format, nil, .tool))
            #expect(!tool(format, Self.schema, .json) && !tool(format, Self.schema, .prompt))
        }
        #expect(body(OllamaFormat(), WireCall(model: "m", output: .tool))["format"] == "json")
        #expect(body(OllamaFormat(), WireCall(model: "m", output: .prompt))["format"] == nil)
        #expect(body(OpenAIFormat(), WireCall(model: "m", output: .json))["response_format"] == ["type": "json_object"])
    }

    @Test("hold every contract's schema in every vendor's own mode")
    func contracts() throws {
        let schemas = [
            try PlanContract.schema, try StaffContract.schema, try GenerateContract.schema, try FixContract.schema,
            try ReviewContract.schema, try VerdictContract.schema,
        ]
        for schema in schemas {
            for dialect in WireSchema.Dialect.allCases {
                #expect(WireSchema.converted(schema, for: dialect) != nil, "\(dialect)")
            }
        }
    }

    @Test("carry the key in one header, which no body and no path holds", arguments: 0..<4)
    func key(index: Int) {
        let format = Self.formats[index]
        let headers = format.headers(key: "sk-secret")
        #expect(headers.count { $0.value.contains("sk-secret") } == 1)
        #expect(!format.headers(key: nil).contains { $0.name.lowercased() == "authorization" })
    }

    @Test("leave a vendor's limits to its tool mode")
    func limits() {
        func nested(_ depth: Int) -> JSONValue {
            depth == 0
                ? ["type": "string"]
                : ["type": "object", "properties": ["a": nested(depth - 1)], "additionalProperties": false]
        }
        #expect(WireSchema.converted(nested(9), for: .openAI) != nil)
        #expect(WireSchema.converted(nested(10), for: .openAI) == nil)
        let members = (0..<17).map { ("m\($0)", ["type": ["string", "null"]] as JSONValue) }
        let unions: JSONValue = .object([
            "type": "object", "additionalProperties": false,
            "properties": .object(Dictionary(uniqueKeysWithValues: members)),
        ])
        #expect(WireSchema.converted(unions, for: .anthropic) == nil)
        #expect(WireSchema.converted(unions, for: .gemini) != nil)
    }
}

@Suite("Lists of models", .tags(.small))
struct WireListingTests {
    @Test("are read page by page, with what each provider tells of a model")
    func listings() throws {
        let openRouter =
            #"{"data":[{"id":"a/b","name":"B","context_length":8192,"top_provider":{"max_completion_tokens":100},"supported_parameters":["tools","seed"]},{"object":"model"}]}"#
        let first = try OpenAIFormat().models(Array(openRouter.utf8))
        #expect(first.models.map(\.name) == ["a/b"] && first.next == nil)
        #expect(first.models[0].contextTokens == 8_192 && first.models[0].outputTokens == 100)
        #expect(first.models[0].acceptsTools == true && first.models[0].acceptsSchema == false)
        let anthropic =
            #"{"data":[{"type":"model","id":"claude-x","display_name":"X","max_input_tokens":1000000,"max_tokens":64000,"capabilities":{"structured_outputs":{"supported":true}}}],"has_more":true,"first_id":"claude-x","last_id":"claude-x"}"#
        let second = try AnthropicFormat().models(Array(anthropic.utf8))
        #expect(second.next == "claude-x" && second.models[0].acceptsSchema == true)
        #expect(AnthropicFormat().listing(page: "a&b").path == "/v1/models?limit=1000&after_id=a%26b")
        let gemini =
            #"{"models":[{"name":"models/gemini-x","displayName":"X","inputTokenLimit":10,"outputTokenLimit":5,"supportedGenerationMethods":["generateContent"]},{"name":"models/embed","supportedGenerationMethods":["embedContent"]}],"nextPageToken":"t"}"#
        let third = try GeminiFormat().models(Array(gemini.utf8))
        #expect(third.models.map(\.name) == ["gemini-x"] && third.next == "t")
        let ollama =
            #"{"models":[{"name":"qwen3:8b","model":"qwen3:8b","size":5200000000,"details":{"parameter_size":"8.2B"}}]}"#
        let fourth = try OllamaFormat().models(Array(ollama.utf8))
        #expect(fourth.models[0].parameterSize == "8.2B" && fourth.models[0].bytes == 5_200_000_000)
        for format in [OpenAIFormat(), AnthropicFormat(), GeminiFormat(), OllamaFormat()] as [any WireFormat] {
            #expect(throws: ProviderFault.self) { try format.models(Array("{}".utf8)) }
        }
    }
}

@Suite("The providers known by name", .tags(.small))
struct ProviderProfileTests {
    @Test("have names of their own, https unless local, and a key unless local")
    func table() {
        #expect(Set(ProviderProfile.known.map(\.name)).count == ProviderProfile.known.count)
        for profile in ProviderProfile.known {
            #expect(profile.isLocal || profile.baseURL.hasPrefix("https://"), "\(profile.name)")
            #expect(profile.isLocal != profile.needsKey, "\(profile.name)")
            #expect(!profile.baseURL.hasSuffix("/"))
        }
        let names = [
            "openai", "anthropic", "gemini", "ollama", "deepseek", "openrouter", "grok", "qwen", "zai", "mistral",
            "groq",
            "llama.cpp", "localai", "vllm", "lmstudio",
        ]
        #expect(names.allSatisfy { ProviderProfile.known($0) != nil })
    }

    @Test("tell this machine from others")
    func local() {
        func isLocal(_ url: String) -> Bool { ProviderProfile.compatible(name: "x", baseURL: url).isLocal }
        for url in [
            "http://127.0.0.1:1/v1", "http://localhost/v1", "http://[::1]:80", "http://127.9.9.9", "http://LOCALHOST:1",
        ] {
            #expect(isLocal(url), "\(url)")
        }
        for url in [
            "http://127.0.0.1.example.com/v1", "https://example.com/localhost", "http://10.0.0.1",
            "http://localhost@evil.com",
        ] {
            #expect(!isLocal(url), "\(url)")
        }
    }
}

@Suite("What a run has recorded of models", .tags(.small))
struct RecordedModelTests {
    @Test("is read without the members that came later, and written without their defaults")
    func old() throws {
        let request = #"{"contract":"plan","input":{"a":1},"instructions":"Do.","schema":{"type":"object"}}"#
        let read: ModelRequest = try JSONValue(parsing: request).decoded()
        #expect(read.parameters == .deterministic)
        #expect(try JSONValue(encoding: read).text == request)
        let reply = #"{"ending":"complete","text":"x","usage":{"costUSD":0.5,"inputTokens":3,"outputTokens":2}}"#
        let answer: ModelReply = try JSONValue(parsing: reply).decoded()
        #expect(answer.usage.cachedInputTokens == 0)
        #expect(try JSONValue(encoding: answer).text == reply)
    }

    @Test("keeps parameters and counts that are not the defaults, and adds counts up")
    func new() throws {
        let request = ModelRequest(
            contract: "plan",
            instructions: "",
            input: nil,
            schema: nil,
            parameters: ModelParameters(temperature: 0.7, maxOutputTokens: 10, seed: nil)
        )
        #expect(try JSONValue(encoding: request).decoded(as: ModelRequest.self) == request)
        let usage = Usage(
            inputTokens: .max,
            outputTokens: 2,
            costUSD: 1,
            cachedInputTokens: 3,
            cacheWriteTokens: 4,
            reasoningTokens: 5,
            estimatedTokens: 6
        )
        #expect(try JSONValue(encoding: usage).decoded(as: Usage.self) == usage)
        let sum = usage + usage
        // No call has so many: what a server makes up is cut, so that sums stay sums.
        #expect(usage.inputTokens == 1_000_000_000_000 && sum.inputTokens == usage.inputTokens)
        #expect(sum.cachedInputTokens == 6 && sum.cacheWriteTokens == 8 && sum.reasoningTokens == 10)
        #expect(sum.estimatedTokens == 12)
        #expect(Usage(inputTokens: -1, outputTokens: 0, costUSD: .infinity) == .zero)
    }

    @Test("is refused with the right line and, of a newer program, with that reason")
    func unreadable() throws {
        let header = Recording.Header(
            drydock: "1",
            model: ModelIdentity(provider: "a", name: "m"),
            description: "d",
            pipeline: "crew",
            parameters: nil
        )
        let text = try Recording(header: header, calls: []).text
        #expect(try Recording(parsing: "\n" + text + "\n\n", name: "f").header == header)
        let broken = #expect(throws: RecordingError.self) { try Recording(parsing: text + "\n\nno", name: "f") }
        #expect("\(broken as Any)".contains("line 4"), "\(broken as Any)")
        // Nothing else of it need be as it is here.
        let newer = "{\"recording\":2,\"new\":true}\nanything"
        #expect(throws: RecordingError.newer("f", 2)) { try Recording(parsing: newer, name: "f") }
    }
}
