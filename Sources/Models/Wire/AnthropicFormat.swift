import Core

/// Anthropic's messages, in the version of the API of October 2026, which knows neither a temperature nor a seed.
package struct AnthropicFormat: WireFormat {
    package static let version = "2026-10-21"
    /// The longest answer where none is set, in tokens: the API wants a number, and all models in service allow this.
    package static let defaultOutputLimit = 32_000

    package init() {}

    package func headers(key: String?) -> [WireHeader] {
        [WireHeader("anthropic-version", Self.version)] + (key.map { [WireHeader("x-api-key", $0)] } ?? [])
    }

    /// The end of the system text and of the shared input are marked for the cache.
    package func request(_ request: ModelRequest, _ call: WireCall) -> WireRequest {
        let text = PromptText(request)
        var content: [JSONValue] = text.shared.map { [Self.block($0, cached: true)] } ?? []
        if !text.specific.isEmpty { content.append(Self.block(text.specific, cached: false)) }
        var body: [String: JSONValue?] = [
            "model": .string(call.model),
            "max_tokens": .integer(Int64(request.parameters.maxOutputTokens ?? Self.defaultOutputLimit)),
            "system": [Self.block(text.system, cached: true)],
            "messages": [["role": "user", "content": .array(content)]],
            "stream": .bool(call.streams),
        ]
        body.merge(structure(request, call.output)) { $1 }
        return WireRequest(.post, "/v1/messages", body: .members(body))
    }

    private static func block(_ text: String, cached: Bool) -> JSONValue {
        var block: [String: JSONValue] = ["type": "text", "text": .string(text)]
        if cached { block["cache_control"] = ["type": "ephemeral"] }
        return .object(block)
    }

    private func structure(_ request: ModelRequest, _ output: StructuredOutput) -> [String: JSONValue?] {
        switch output {
        case .schema:
            guard let schema = WireSchema.converted(request.schema, for: .anthropic) else {
                return structure(request, .tool)
            }
            return ["output_config": ["format": ["type": "json_schema", "schema": schema]]]
        case .tool:
            guard let schema = WireSchema.parameters(request.schema) else { return [:] }
            let name = JSONValue.string(OpenAIFormat.name(request.contract))
            return [
                "tools": [["name": name, "description": .answerTool, "input_schema": schema]],
                "tool_choice": ["type": "tool", "name": name, "disable_parallel_tool_use": true],
            ]
        case .json, .prompt: return [:]
        }
    }

    /// This API names no member in its errors.
    package func part(named parameter: String) -> WirePart? { nil }

    package func listing(page: String?) -> WireRequest {
        WireRequest(.get, "/v1/models?limit=1000" + (page.map { "&after_id=" + $0.urlQueryValue } ?? ""))
    }

    package func models(_ body: [UInt8]) throws(ProviderFault) -> ModelPage {
        let list = try WireJSON.object(body)
        let models = try WireJSON.required(list["data"], "data").array ?? []
        return ModelPage(
            models.compactMap { entry in
                guard let name = entry["id"]?.string else { return nil }
                var model = ListedModel(name: name)
                model.title = entry["display_name"]?.string
                model.contextTokens = entry["max_input_tokens"].optionalCount
                model.outputTokens = entry["max_tokens"].optionalCount
                model.acceptsSchema = entry["capabilities"]?["structured_outputs"]?["supported"]?.bool
                return model
            },
            next: list["has_more"] == true ? list["last_id"]?.string : nil
        )
    }
}

extension String {
    /// The text as the value of a member of a URL's query: everything but letters, digits and `-._~` is escaped.
    var urlQueryValue: String {
        utf8.map { byte in
            let scalar = Unicode.Scalar(byte)
            let isPlain = scalar.isASCII && (scalar.properties.isAlphabetic || "0123456789-._~".utf8.contains(byte))
            let digits = String(byte, radix: 16, uppercase: true)
            return isPlain ? String(Character(scalar)) : "%" + (byte < 16 ? "0" : "") + digits
        }.joined()
    }
}
