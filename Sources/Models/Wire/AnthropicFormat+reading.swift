import Core

extension AnthropicFormat {
    package func reply(_ body: [UInt8]) throws(ProviderFault) -> WireReply {
        let message = try WireJSON.object(body)
        try AnthropicReading.checkError(message)
        let blocks = try WireJSON.required(message["content"], "content").array ?? []
        var draft = ReplyDraft(limit: AnswerText.sizeLimit)
        var tools = 0
        for block in blocks {
            switch block["type"]?.string {
            case "text": try draft.add(text: block["text"]?.string ?? "")
            case "tool_use":
                tools += 1
                if tools == 1, let input = block["input"] { try draft.add(arguments: input.text) }
            default: break
            }
        }
        var counts = AnthropicReading.Counts()
        counts.take(message["usage"])
        draft.usage = counts.usage
        draft.ending = AnthropicReading.ending(message["stop_reason"])
        return draft.reply
    }

    package func makeAssembler(limit: Int) -> any StreamAssembler { AnthropicAssembler(limit: limit) }

    package func fault(status: Int, headers: [WireHeader], body: [UInt8]) -> ProviderFault {
        .reading(status: status, headers: headers, body: body, table: AnthropicReading.faults)
    }
}

enum AnthropicReading {
    static func checkError(_ value: JSONValue) throws(ProviderFault) {
        guard value["type"] == "error" || value["error"]?.object != nil else { return }
        throw ProviderFault.reading(value, table: faults)
    }

    static func ending(_ reason: JSONValue?) -> ModelReply.Ending? {
        switch reason?.string {
        case nil: nil
        case "max_tokens", "model_context_window_exceeded": .outputLimit
        case "refusal": .refused
        default: .complete
        }
    }

    static let faults: [String: ProviderFault.Reason] = [
        "authentication_error": .unauthorized, "permission_error": .forbidden, "not_found_error": .modelNotFound,
        "billing_error": .creditExhausted, "contract_spend_limit_reached": .creditExhausted,
        "enforced_spend_limit_reached": .creditExhausted, "linked_organization_spend_limit_reached": .creditExhausted,
        "linked_organization_billing_unavailable": .creditExhausted,
        "request_too_large": .contextTooLong, "request_body_too_large_after_decoding": .contextTooLong,
        "rate_limit_error": .rateLimited, "timeout_error": .timeout,
        "overloaded_error": .overloaded,
    ]

    /// Token counts, of which later ones replace earlier ones.
    struct Counts: Sendable {
        private var counts: [String: Int] = [:]

        mutating func take(_ usage: JSONValue?) {
            let names = ["input_tokens", "output_tokens", "cache_read_input_tokens", "cache_creation_input_tokens"]
            for name in names {
                if let count = usage?[name].optionalCount { counts[name] = count }
            }
            if let count = usage?["output_tokens_details"]?["thinking_tokens"].optionalCount {
                counts["thinking_tokens"] = count
            }
        }

        /// The API counts the prompt in three parts: from the cache, for the cache, and the rest.
        var usage: Usage {
            let read = Usage(
                inputTokens: counts["cache_read_input_tokens"] ?? 0,
                outputTokens: counts["output_tokens"] ?? 0,
                costUSD: 0,
                cachedInputTokens: counts["cache_read_input_tokens"] ?? 0,
                cacheWriteTokens: counts["cache_creation_input_tokens"] ?? 0,
                reasoningTokens: counts["thinking_tokens"] ?? 0
            )
            let written = Usage(
                inputTokens: counts["cache_creation_input_tokens"] ?? 0,
                outputTokens: 0,
                costUSD: 0
            )
            return read + written + Usage(inputTokens: counts["input_tokens"] ?? 0, outputTokens: 0, costUSD: 0)
        }
    }
}

/// Puts a streamed message together.
struct AnthropicAssembler: StreamAssembler {
    private var events: EventStream
    private var draft: ReplyDraft
    private var counts = AnthropicReading.Counts()
    /// The block of the tool whose input is the answer.
    private var toolIndex: Int64?
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
        if !isComplete, let event = try events.last(), (try? JSONValue(parsing: event.data)) != nil {
            _ = try take(event.data)
        }
        guard hasStopped else {
            throw ProviderFault(.cutOff, "the stream ended before the answer")
        }
        draft.usage = counts.usage
        return draft.reply
    }

    /// The data name their type themselves; the event's own name is not needed.
    private mutating func take(_ data: [UInt8]) throws(ProviderFault) -> String {
        let event = try WireJSON.object(data)
        try AnthropicReading.checkError(event)
        switch event["type"]?.string {
        case "message_start": counts.take(event["message"]?["usage"])
        case "content_block_start": return try begin(event["content_block"], at: event["index"]?.integer)
        case "content_block_delta": return try add(event["delta"], at: event["index"]?.integer)
        case "message_delta":
            counts.take(event["usage"])
            draft.ending = AnthropicReading.ending(event["delta"]?["stop_reason"]) ?? draft.ending
        case "message_stop": isComplete = true
        default: break
        }
        return ""
    }

    private mutating func begin(_ block: JSONValue?, at index: Int64?) throws(ProviderFault) -> String {
        if block?["type"] == "tool_use", toolIndex == nil { toolIndex = index ?? 0 }
        let text = block?["type"] == "text" ? block?["text"]?.string ?? "" : ""
        try draft.add(text: text)
        return text
    }

    private mutating func add(_ delta: JSONValue?, at index: Int64?) throws(ProviderFault) -> String {
        switch delta?["type"]?.string {
        case "text_delta":
            let text = delta?["text"]?.string ?? ""
            try draft.add(text: text)
            return text
        case "input_json_delta":
            guard (index ?? 0) == toolIndex else { return "" }
            let text = delta?["partial_json"]?.string ?? ""
            try draft.add(arguments: text)
            return text
        default: return ""
        }
    }
}
