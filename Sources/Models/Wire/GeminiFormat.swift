import Core

/// Google's generateContent.
package struct GeminiFormat: WireFormat {
    package init() {}

    package func headers(key: String?) -> [WireHeader] {
        key.map { [WireHeader("x-goog-api-key", $0)] } ?? []
    }

    package func request(_ request: ModelRequest, _ call: WireCall) -> WireRequest {
        let text = PromptText(request)
        let parts = [text.shared, text.specific].compactMap { $0 }.filter { !$0.isEmpty }.map(Self.part)
        var settings = sampling(request.parameters, call)
        var body: [String: JSONValue?] = [
            "systemInstruction": ["parts": [Self.part(text.system)]],
            "contents": [["role": "user", "parts": .array(parts)]],
            "continuationToken": call.continuation.map { .string($0) },
        ]
        structure(request, call.output, &settings, &body)
        body["generationConfig"] = .members(settings)
        let method = call.streams ? ":streamGenerateContent?alt=sse" : ":generateContent"
        return WireRequest(.post, "/" + Self.path(call.model) + method, body: .members(body))
    }

    private static func part(_ text: String) -> JSONValue { ["text": .string(text)] }

    /// The resource of a model; names that are paths already, such as those of tuned models, stay.
    private static func path(_ model: String) -> String {
        let name = model.contains("/") ? model : "models/" + model
        return name.split(separator: "/").map { String($0).urlQueryValue }.joined(separator: "/")
    }

    private func sampling(_ parameters: ModelParameters, _ call: WireCall) -> [String: JSONValue?] {
        var settings: [String: JSONValue?] = [:]
        if !call.omitted.contains(.temperature) { settings["temperature"] = .temperature(parameters.temperature) }
        if !call.omitted.contains(.seed) { settings["seed"] = parameters.seed.map { .integer(Int64($0)) } }
        if !call.omitted.contains(.outputLimit) {
            settings["maxOutputTokens"] = parameters.maxOutputTokens.map { .integer(Int64($0)) }
        }
        return settings
    }

    private func structure(
        _ request: ModelRequest,
        _ output: StructuredOutput,
        _ settings: inout [String: JSONValue?],
        _ body: inout [String: JSONValue?]
    ) {
        switch output {
        case .schema:
            guard let schema = WireSchema.converted(request.schema, for: .gemini) else {
                return structure(request, .tool, &settings, &body)
            }
            settings["responseMimeType"] = "application/json"
            settings["responseJsonSchema"] = schema
        case .tool:
            guard let schema = WireSchema.parameters(request.schema) else { return }
            let name = JSONValue.string(OpenAIFormat.name(request.contract))
            let function: JSONValue = ["name": name, "description": .answerTool, "parametersJsonSchema": schema]
            body["tools"] = [["functionDeclarations": [function]]]
            body["toolConfig"] = ["functionCallingConfig": ["mode": "ANY", "allowedFunctionNames": [name]]]
        case .json: settings["responseMimeType"] = "application/json"
        case .prompt: break
        }
    }

    /// This API names no member in its errors.
    package func part(named parameter: String) -> WirePart? { nil }

    package func listing(page: String?) -> WireRequest {
        WireRequest(.get, "/models?pageSize=1000" + (page.map { "&pageToken=" + $0.urlQueryValue } ?? ""))
    }

    package func models(_ body: [UInt8]) throws(ProviderFault) -> ModelPage {
        let list = try WireJSON.object(body)
        let models = try WireJSON.required(list["models"], "models").array ?? []
        return ModelPage(
            models.compactMap { entry in
                guard let path = entry["name"]?.string else { return nil }
                let methods = entry["supportedGenerationMethods"]?.array
                guard methods?.contains("generateContent") ?? true else { return nil }
                var model = ListedModel(name: path.hasPrefix("models/") ? String(path.dropFirst(7)) : path)
                model.title = entry["displayName"]?.string
                model.contextTokens = entry["inputTokenLimit"].optionalCount
                model.outputTokens = entry["outputTokenLimit"].optionalCount
                return model
            },
            next: list["nextPageToken"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        )
    }
}
