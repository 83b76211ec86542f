import Core

extension OpenAIFormat {
    package func reply(_ body: [UInt8]) throws(ProviderFault) -> WireReply {
        let answer = try WireJSON.object(body)
        var draft = ReplyDraft(limit: AnswerText.sizeLimit)
        try OpenAIReading.take(answer, message: "message", into: &draft)
        _ = try WireJSON.required(answer["choices"]?[0], "choices")
        return draft.reply
    }

    package func makeAssembler(limit: Int) -> any StreamAssembler { OpenAIAssembler(limit: limit) }

    package func fault(status: Int, headers: [WireHeader], body: [UInt8]) -> ProviderFault {
        .reading(status: status, headers: headers, body: body, table: OpenAIReading.faults)
    }

    package func listing(page: String?) -> WireRequest { WireRequest(.get, "/models") }

    package func models(_ body: [UInt8]) throws(ProviderFault) -> ModelPage {
        let list = try WireJSON.required(try WireJSON.object(body)["data"], "data")
        return ModelPage(
            (list.array ?? []).compactMap { entry in
                guard let name = entry["id"]?.string else { return nil }
                var model = ListedModel(name: name)
                model.title = entry["name"]?.string
                let context = ["context_length", "context_window", "max_model_len", "max_context_length"]
                model.contextTokens = context.lazy.compactMap { entry[$0].optionalCount }.first
                model.outputTokens =
                    entry["max_completion_tokens"].optionalCount
                    ?? entry["top_provider"]?["max_completion_tokens"].optionalCount
                if let parameters = entry["supported_parameters"]?.array {
                    model.acceptsSchema = parameters.contains("structured_outputs")
                    model.acceptsTools = parameters.contains("tools")
                }
                return model
            }
        )
    }
}

/// The parts that streamed and whole answers share.
enum OpenAIReading {
    /// Takes an answer, or one piece of a streamed one: `message` names the member that holds the words.
    @discardableResult
    static func take(
        _ answer: JSONValue,
        message name: String,
        into draft: inout ReplyDraft
    ) throws(ProviderFault) -> String {
        try checkError(answer)
        // The piece of a stream that counts the tokens has no choices, or empty ones.
        if let usage = answer["usage"] ?? answer["x_groq"]?["usage"], usage != .null { draft.usage = read(usage) }
        guard let choice = answer["choices"]?.array?.first(where: { ($0["index"]?.integer ?? 0) == 0 }) else {
            return ""
        }
        try checkError(choice)
        let message = choice[name] ?? .null
        var added = words(message["content"])
        try draft.add(text: added)
        if let refusal = message["refusal"]?.string, !refusal.isEmpty {
            try draft.add(text: refusal)
            draft.ending = .refused
        }
        // A model may call more than once though it was asked for one call: the first counts.
        for tool in message["tool_calls"]?.array ?? [] where (tool["index"]?.integer ?? 0) == 0 {
            let arguments = tool["function"]?["arguments"]
            let more = arguments?.string ?? arguments?.object.map { JSONValue.object($0).text } ?? ""
            try draft.add(arguments: more)
            added += more
            if name == "message" { break }
        }
        // Some servers send an empty reason with every piece.
        if let reason = choice["finish_reason"]?.string, !reason.isEmpty, draft.ending != .refused {
            draft.ending = try ending(reason)
        }
        return added
    }

    private static func checkError(_ value: JSONValue) throws(ProviderFault) {
        guard let error = value["error"], error != .null else { return }
        throw ProviderFault.reading(value, table: faults)
    }

    /// A text, or the texts among a list of parts; thinking is none.
    private static func words(_ content: JSONValue?) -> String {
        if let text = content?.string { return text }
        return (content?.array ?? []).compactMap { $0["type"] == "text" ? $0["text"]?.string : nil }.joined()
    }

    private static func ending(_ reason: String) throws(ProviderFault) -> ModelReply.Ending {
        switch reason {
        case "length", "model_length", "max_tokens": return .outputLimit
        case "content_filter", "sensitive": return .refused
        case "insufficient_system_resource": throw ProviderFault(.overloaded, "the answer was stopped: \(reason)")
        case "error", "network_error": throw ProviderFault(.server, "the answer was stopped: \(reason)")
        default: return .complete
        }
    }

    private static func read(_ usage: JSONValue) -> Usage {
        let prompt = usage["prompt_tokens"].count
        let details = usage["prompt_tokens_details"]
        var cost = 0.0
        if case .number(let number)? = usage["cost"] { cost = max(0, number) }
        if let number = usage["cost"]?.integer { cost = Double(max(0, number)) }
        return Usage(
            inputTokens: prompt,
            // Some count thinking in the total only.
            outputTokens: max(usage["completion_tokens"].count, usage["total_tokens"].count - prompt),
            costUSD: cost,
            cachedInputTokens: details?["cached_tokens"].optionalCount ?? usage["prompt_cache_hit_tokens"].count,
            cacheWriteTokens: details?["cache_write_tokens"].count ?? 0,
            reasoningTokens: usage["completion_tokens_details"]?["reasoning_tokens"].count ?? 0
        )
    }

    /// What codes and types of the providers mean that speak this format.
    static let faults: [String: ProviderFault.Reason] = [
        "invalid_api_key": .unauthorized, "authentication_error": .unauthorized, "account_deactivated": .unauthorized,
        "insufficient_quota": .creditExhausted, "billing_not_active": .creditExhausted,
        "billing_hard_limit_reached": .creditExhausted, "insufficient_balance": .creditExhausted,
        "arrearage": .creditExhausted, "1113": .creditExhausted,
        "context_length_exceeded": .contextTooLong, "exceed_context_size_error": .contextTooLong,
        "model_not_found": .modelNotFound, "invalid_model": .modelNotFound,
        "content_policy_violation": .refusedByPolicy, "content_filter": .refusedByPolicy,
        "data_inspection_failed": .refusedByPolicy,
        "unavailable_error": .overloaded, "overloaded_error": .overloaded,
        // The model wrote something that is no JSON, and the provider kept it.
        "json_validate_failed": .malformed, "tool_use_failed": .malformed,
    ]
}

/// Puts a streamed chat completion together.
struct OpenAIAssembler: StreamAssembler {
    private var events: EventStream
    private var draft: ReplyDraft
    private(set) var isComplete = false
    var hasStopped: Bool { isComplete || draft.ending != nil }

    init(limit: Int) {
        events = EventStream(limit: limit)
        draft = ReplyDraft(limit: limit)
    }

    mutating func append(_ bytes: [UInt8]) throws(ProviderFault) -> String {
        var added = ""
        for event in try events.events(bytes) where !isComplete { added += try take(event.data) }
        return added
    }

    mutating func finish() throws(ProviderFault) -> WireReply {
        // The last line may lack its end, or be cut: then it is as if it had not come.
        if !isComplete, let event = try events.last(), event.data.isMark || (try? JSONValue(parsing: event.data)) != nil
        {
            _ = try take(event.data)
        }
        guard hasStopped else {
            throw ProviderFault(.cutOff, "the stream ended before the answer")
        }
        return draft.reply
    }

    private mutating func take(_ data: [UInt8]) throws(ProviderFault) -> String {
        if data.isMark {
            isComplete = true
            return ""
        }
        return try OpenAIReading.take(try WireJSON.object(data), message: "delta", into: &draft)
    }
}

extension [UInt8] {
    /// Whether an event is the mark that ends a stream.
    fileprivate var isMark: Bool { starts(with: "[DONE]".utf8) }
}
