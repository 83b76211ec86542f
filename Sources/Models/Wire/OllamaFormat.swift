import Core

/// Ollama's own API: chats, and what a person does with local models.
package struct OllamaFormat: WireFormat {
    /// How a local model is run.
    package struct Settings: Sendable, Hashable {
        /// The context in tokens; `nil` leaves it to the server, whose default cuts long prompts.
        package var contextTokens: Int?
        /// How long the model stays in memory, such as `5m`; `nil` leaves it to the server.
        package var keepAlive: String?

        package init(contextTokens: Int? = nil, keepAlive: String? = nil) {
            self.contextTokens = contextTokens
            self.keepAlive = keepAlive
        }
    }

    package let settings: Settings

    package init(_ settings: Settings = Settings()) { self.settings = settings }

    package func headers(key: String?) -> [WireHeader] {
        key.map { [WireHeader("Authorization", "Bearer " + $0)] } ?? []
    }

    package func request(_ request: ModelRequest, _ call: WireCall) -> WireRequest {
        let text = PromptText(request)
        let parameters = request.parameters
        let options: [String: JSONValue?] = [
            "temperature": .temperature(parameters.temperature),
            "seed": parameters.seed.map { .integer(Int64($0)) },
            "num_predict": parameters.maxOutputTokens.map { .integer(Int64($0)) },
            "num_ctx": settings.contextTokens.map { .integer(Int64($0)) },
        ]
        return WireRequest(
            .post,
            "/api/chat",
            body: .members([
                "model": .string(call.model),
                "messages": [
                    ["role": "system", "content": .string(text.system)],
                    ["role": "user", "content": .string(text.user)],
                ],
                "stream": .bool(call.streams),
                "options": .members(options),
                "keep_alive": settings.keepAlive.map { .string($0) },
                "format": format(request.schema, call.output),
            ])
        )
    }

    /// A tool cannot be forced here, so where the schema cannot be a grammar any JSON has to do.
    private func format(_ schema: JSONValue, _ output: StructuredOutput) -> JSONValue? {
        switch output {
        case .schema: WireSchema.converted(schema, for: .ollama) ?? "json"
        case .tool, .json: "json"
        case .prompt: JSONValue?.none
        }
    }

    /// This API names no member in its errors.
    package func part(named parameter: String) -> WirePart? { nil }

    package func listing(page: String?) -> WireRequest { WireRequest(.get, "/api/tags") }

    package func models(_ body: [UInt8]) throws(ProviderFault) -> ModelPage {
        let list = try WireJSON.required(try WireJSON.object(body)["models"], "models")
        return ModelPage(
            (list.array ?? []).compactMap { entry in
                guard let name = entry["model"]?.string ?? entry["name"]?.string else { return nil }
                var model = ListedModel(name: name)
                model.bytes = entry["size"]?.integer
                model.parameterSize = entry["details"]?["parameter_size"]?.string
                model.acceptsSchema = true
                model.acceptsTools = entry["capabilities"]?.array.map { $0.contains("tools") }
                return model
            }
        )
    }
}

/// Reading chats.
extension OllamaFormat {
    package func reply(_ body: [UInt8]) throws(ProviderFault) -> WireReply {
        var draft = ReplyDraft(limit: AnswerText.sizeLimit)
        let answer = try WireJSON.object(body)
        _ = try Self.take(answer, into: &draft)
        _ = try WireJSON.required(answer["message"], "message")
        return draft.reply
    }

    package func makeAssembler(limit: Int) -> any StreamAssembler { OllamaAssembler(limit: limit) }

    /// Errors are words only: the status has to say it all.
    package func fault(status: Int, headers: [WireHeader], body: [UInt8]) -> ProviderFault {
        .reading(status: status, headers: headers, body: body, table: [:])
    }

    /// Takes an answer, or one line of a streamed one, and returns its text and whether it is the last.
    fileprivate static func take(
        _ answer: JSONValue,
        into draft: inout ReplyDraft
    ) throws(ProviderFault) -> (text: String, isLast: Bool) {
        if answer["error"]?.string != nil { throw ProviderFault.reading(answer, table: [:]) }
        let text = answer["message"]?["content"]?.string ?? ""
        try draft.add(text: text)
        guard answer["done"] == true else { return (text, false) }
        draft.ending = answer["done_reason"] == "length" ? .outputLimit : .complete
        draft.usage = Usage(
            inputTokens: answer["prompt_eval_count"].count,
            outputTokens: answer["eval_count"].count,
            costUSD: 0
        )
        return (text, true)
    }
}

/// Puts a chat streamed line by line together.
struct OllamaAssembler: StreamAssembler {
    private var framing: LineFraming
    private var draft: ReplyDraft
    private(set) var isComplete = false
    /// Its last line says so and has the counts.
    var hasStopped: Bool { isComplete }

    init(limit: Int) {
        framing = LineFraming(limit: limit)
        draft = ReplyDraft(limit: limit)
    }

    mutating func append(_ bytes: [UInt8]) throws(ProviderFault) -> String {
        var added = ""
        for line in try framing.lines(bytes) where !isComplete && !line.isBlank { added += try take(line) }
        return added
    }

    mutating func finish() throws(ProviderFault) -> WireReply {
        if !isComplete, let line = framing.last(), (try? JSONValue(parsing: line)) != nil { _ = try take(line) }
        guard isComplete else { throw ProviderFault(.cutOff, "the stream ended before the answer") }
        return draft.reply
    }

    private mutating func take(_ line: [UInt8]) throws(ProviderFault) -> String {
        let (text, isLast) = try OllamaFormat.take(try WireJSON.object(line), into: &draft)
        isComplete = isLast
        return text
    }
}

extension [UInt8] {
    /// Whether a line holds nothing: some servers send such lines to keep the connection open.
    var isBlank: Bool { allSatisfy { $0 <= 0x20 } }
}
