import Core

extension GeminiFormat {
    package func reply(_ body: [UInt8]) throws(ProviderFault) -> WireReply {
        let answer = try WireJSON.object(body)
        var reading = GeminiReading(limit: AnswerText.sizeLimit)
        _ = try reading.take(answer)
        guard reading.hasEnded else { throw ProviderFault(.malformed, "no 'candidates'") }
        return reading.draft.reply
    }

    package func makeAssembler(limit: Int) -> any StreamAssembler { GeminiAssembler(limit: limit) }

    package func fault(status: Int, headers: [WireHeader], body: [UInt8]) -> ProviderFault {
        .reading(status: status, headers: headers, body: body, table: GeminiReading.faults)
    }
}

/// The parts that streamed and whole answers share: each piece of a stream is an answer of its own.
struct GeminiReading: Sendable {
    private(set) var draft: ReplyDraft
    private(set) var hasEnded = false
    private var calls = 0

    init(limit: Int) { draft = ReplyDraft(limit: limit) }

    mutating func take(_ answer: JSONValue) throws(ProviderFault) -> String {
        if let error = answer["error"], error != .null { throw ProviderFault.reading(answer, table: Self.faults) }
        if let usage = answer["usageMetadata"] { draft.usage = Self.read(usage) }
        if let reason = answer["promptFeedback"]?["blockReason"]?.string, reason != "BLOCKED_REASON_UNSPECIFIED" {
            draft.ending = .refused
            hasEnded = true
            return ""
        }
        guard let candidate = answer["candidates"]?.array?.first(where: { ($0["index"]?.integer ?? 0) == 0 }) else {
            return ""
        }
        let added = try words(candidate["content"]?["parts"])
        draft.continuation = candidate["continuationToken"]?.string ?? draft.continuation
        if let reason = candidate["finishReason"]?.string, reason != "FINISH_REASON_UNSPECIFIED" {
            try end(reason)
        }
        return added
    }

    private mutating func words(_ parts: JSONValue?) throws(ProviderFault) -> String {
        var added = ""
        for part in parts?.array ?? [] where part["thought"] != true {
            if let text = part["text"]?.string {
                try draft.add(text: text)
                added += text
            }
            if let call = part["functionCall"] {
                calls += 1
                guard calls == 1 else { continue }
                let arguments = (call["args"] ?? [:]).text
                try draft.add(arguments: arguments)
                added += arguments
            }
        }
        return added
    }

    private mutating func end(_ reason: String) throws(ProviderFault) {
        hasEnded = true
        if reason != "CONTINUATION" { draft.continuation = nil }
        switch reason {
        case "STOP": draft.ending = .complete
        case "MAX_TOKENS", "CONTINUATION": draft.ending = .outputLimit
        case "PUP_LIMITED_DISABLED": throw ProviderFault(.forbidden, "the account is limited: \(reason)")
        // What the model wrote is no answer, as far as the provider can tell: that is for the contract to judge.
        case "MALFORMED_FUNCTION_CALL", "UNEXPECTED_TOOL_CALL", "TOO_MANY_TOOL_CALLS", "MALFORMED_RESPONSE", "OTHER":
            draft.ending = .complete
        default: draft.ending = .refused
        }
    }

    /// Counts of the prompt include what came from the cache; those of the answer leave out the thinking.
    private static func read(_ usage: JSONValue) -> Usage {
        let thinking = usage["thoughtsTokenCount"].count
        let prompt = Usage(inputTokens: usage["promptTokenCount"].count, outputTokens: thinking, costUSD: 0)
        return prompt
            + Usage(
                inputTokens: usage["toolUsePromptTokenCount"].count,
                outputTokens: usage["candidatesTokenCount"].count,
                costUSD: 0,
                cachedInputTokens: usage["cachedContentTokenCount"].count,
                reasoningTokens: thinking
            )
    }

    static let faults: [String: ProviderFault.Reason] = [
        "api_key_invalid": .unauthorized, "api_key_expired": .unauthorized, "unauthenticated": .unauthorized,
        "permission_denied": .forbidden, "failed_precondition": .forbidden, "not_found": .modelNotFound,
        "resource_exhausted": .rateLimited, "unavailable": .overloaded, "internal": .server,
        "deadline_exceeded": .timeout,
    ]
}

/// Puts a streamed answer together.
struct GeminiAssembler: StreamAssembler {
    private var events: EventStream
    private var reading: GeminiReading

    /// Never before the end of the stream: counts may follow the piece that says why the model stopped.
    var isComplete: Bool { false }
    var hasStopped: Bool { reading.hasEnded }

    init(limit: Int) {
        events = EventStream(limit: limit)
        reading = GeminiReading(limit: limit)
    }

    mutating func append(_ bytes: [UInt8]) throws(ProviderFault) -> String {
        var added = ""
        for event in try events.events(bytes) { added += try reading.take(try WireJSON.object(event.data)) }
        return added
    }

    mutating func finish() throws(ProviderFault) -> WireReply {
        if let event = try events.last(), (try? JSONValue(parsing: event.data)) != nil {
            _ = try reading.take(try WireJSON.object(event.data))
        }
        guard hasStopped else { throw ProviderFault(.cutOff, "the stream ended before the answer") }
        return reading.draft.reply
    }
}
