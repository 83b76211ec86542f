import Core

/// Chat completions as OpenAI defines them and most other providers and local servers speak them.
package struct OpenAIFormat: WireFormat {
    /// What a provider does otherwise than OpenAI.
    package struct Dialect: Sendable, Hashable {
        /// The member that limits the answer: `max_completion_tokens`, or `max_tokens` in older servers.
        package var outputLimitName: String
        /// The member that fixes chance; `nil` where there is none.
        package var seedName: String?
        /// Whether token counts of a stream have to be asked for.
        package var asksForUsage: Bool
        /// Whether calls with the same beginning are to be marked, so that they meet the same cache.
        package var marksCache: Bool

        package static let openAI = Dialect(
            outputLimitName: "max_completion_tokens",
            seedName: "seed",
            asksForUsage: true,
            marksCache: true
        )
        package static let compatible = Dialect(
            outputLimitName: "max_tokens",
            seedName: "seed",
            asksForUsage: true,
            marksCache: false
        )
        /// Refuses members that it does not know.
        package static let mistral = Dialect(
            outputLimitName: "max_tokens",
            seedName: "random_seed",
            asksForUsage: false,
            marksCache: false
        )
    }

    package let dialect: Dialect

    package init(_ dialect: Dialect = .openAI) { self.dialect = dialect }

    package func headers(key: String?) -> [WireHeader] {
        key.map { [WireHeader("Authorization", "Bearer " + $0)] } ?? []
    }

    package func request(_ request: ModelRequest, _ call: WireCall) -> WireRequest {
        let text = PromptText(request)
        var body: [String: JSONValue?] = [
            "model": .string(call.model),
            "messages": [
                ["role": "system", "content": .string(text.system)],
                ["role": "user", "content": .string(text.user)],
            ],
            "stream": .bool(call.streams),
        ]
        if call.streams, dialect.asksForUsage, !call.omitted.contains(.streamUsage) {
            body["stream_options"] = ["include_usage": true]
        }
        if dialect.marksCache, !call.omitted.contains(.cacheKey) {
            body["prompt_cache_key"] = .string("drydock-" + Self.name(request.contract))
        }
        body.merge(sampling(request.parameters, call)) { $1 }
        body.merge(structure(request, call.output)) { $1 }
        return WireRequest(.post, "/chat/completions", body: .members(body))
    }

    private func sampling(_ parameters: ModelParameters, _ call: WireCall) -> [String: JSONValue?] {
        var body: [String: JSONValue?] = [:]
        if !call.omitted.contains(.temperature) { body["temperature"] = .temperature(parameters.temperature) }
        if let name = dialect.seedName, !call.omitted.contains(.seed) {
            body[name] = parameters.seed.map { .integer(Int64($0)) }
        }
        if !call.omitted.contains(.outputLimit) {
            body[dialect.outputLimitName] = parameters.maxOutputTokens.map { .integer(Int64($0)) }
        }
        return body
    }

    private func structure(_ request: ModelRequest, _ output: StructuredOutput) -> [String: JSONValue?] {
        let name = JSONValue.string(Self.name(request.contract))
        switch output {
        case .schema:
            guard let schema = WireSchema.converted(request.schema, for: .openAI) else {
                return structure(request, .tool)
            }
            let format: JSONValue = ["name": name, "strict": true, "schema": schema]
            return ["response_format": ["type": "json_schema", "json_schema": format]]
        case .tool:
            guard let schema = WireSchema.parameters(request.schema) else { return [:] }
            let function: JSONValue = ["name": name, "description": .answerTool, "parameters": schema]
            return [
                "tools": [["type": "function", "function": function]],
                "tool_choice": ["type": "function", "function": ["name": name]],
            ]
        case .json: return ["response_format": ["type": "json_object"]]
        case .prompt: return [:]
        }
    }

    /// The contract's name in the characters that names of schemas and tools may have.
    static func name(_ contract: String) -> String {
        let name = contract.unicodeScalars.map { scalar in
            scalar.isASCII && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)) ? Character(scalar) : "_"
        }
        return name.isEmpty ? "answer" : String(name.prefix(56))
    }

    package func part(named parameter: String) -> WirePart? {
        switch parameter.prefix(while: { $0 != "." }) {
        case "temperature": .temperature
        case "seed", "random_seed": .seed
        case "max_tokens", "max_completion_tokens": .outputLimit
        case "stream_options": .streamUsage
        case "prompt_cache_key": .cacheKey
        case "response_format", "tools", "tool_choice": .structuredOutput
        default: nil
        }
    }
}

extension JSONValue {
    static let answerTool: JSONValue = "Gives the answer to the task. Has to be called exactly once."

    /// A temperature; whole numbers are written as such.
    static func temperature(_ value: Double) -> JSONValue {
        Int64(exactly: value).map { .integer($0) } ?? .number(value)
    }
}
