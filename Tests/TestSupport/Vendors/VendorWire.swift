import Core
import Models

/// One answer in the four formats, whole and as a stream.
struct VendorWire {
    let answer: VendorAnswer
    let question: VendorQuestion

    private var reply: ModelReply { answer.reply }
    private var usage: Usage { reply.usage }
    private var model: JSONValue { .string(question.model) }
    private var text: JSONValue { .string(reply.text) }
    /// The tool's input; a model that writes no object calls no tool.
    private var call: (name: JSONValue, input: JSONValue)? {
        guard let tool = question.tool, let input = try? JSONValue(parsing: reply.text), input.object != nil else {
            return nil
        }
        return (.string(tool), input)
    }

    /// The text in pieces of a few characters.
    private var pieces: [JSONValue] {
        let characters = Array(reply.text)
        return stride(from: 0, to: characters.count, by: 40).map {
            .string(String(characters[$0..<min($0 + 40, characters.count)]))
        }
    }

    var whole: JSONValue {
        switch question.format {
        case .openai: openAI
        case .anthropic: message([block], ending: anthropicEnding)
        case .gemini: gemini([part(text)], ends: true)
        case .ollama: ollama(text, ends: true)
        }
    }

    /// The body, a piece for each event.
    var stream: [[UInt8]] {
        switch question.format {
        case .openai: openAIEvents.map { Self.event(nil, $0.text) } + [Self.event(nil, "[DONE]")]
        case .anthropic: anthropicEvents.map { Self.event($0["type"]?.string, $0.text) }
        case .gemini: geminiPieces.map { Self.event(nil, $0.text) }
        case .ollama: ollamaLines.map { Array(($0.text + "\n").utf8) }
        }
    }

    private static func event(_ name: String?, _ data: String) -> [UInt8] {
        Array(((name.map { "event: \($0)\n" } ?? "") + "data: \(data)\n\n").utf8)
    }

    private static func count(_ number: Int) -> JSONValue { .integer(Int64(number)) }
}

extension VendorWire {
    private var openAIUsage: JSONValue {
        [
            "prompt_tokens": Self.count(usage.inputTokens), "completion_tokens": Self.count(usage.outputTokens),
            "total_tokens": Self.count(usage.inputTokens + usage.outputTokens),
            "prompt_tokens_details": ["cached_tokens": Self.count(usage.cachedInputTokens)],
            "completion_tokens_details": ["reasoning_tokens": Self.count(usage.reasoningTokens)],
        ]
    }

    private var openAIEnding: JSONValue {
        switch reply.ending {
        case .complete: call == nil ? "stop" : "tool_calls"
        case .outputLimit: "length"
        case .refused: "content_filter"
        }
    }

    private func toolCall(_ name: JSONValue, _ input: JSONValue) -> JSONValue {
        let function: JSONValue = ["name": name, "arguments": .string(input.text)]
        return ["index": 0, "id": "call_1", "type": "function", "function": function]
    }

    private var openAI: JSONValue {
        var message: [String: JSONValue] = ["role": "assistant", "content": text, "refusal": nil]
        if let call {
            message["content"] = .null
            message["tool_calls"] = [toolCall(call.name, call.input)]
        }
        let choice: JSONValue = [
            "index": 0, "message": .object(message), "logprobs": nil, "finish_reason": openAIEnding,
        ]
        return [
            "id": "chatcmpl-1", "object": "chat.completion", "created": 1_763_728_000, "model": model,
            "choices": [choice], "usage": openAIUsage,
        ]
    }

    private var openAIEvents: [JSONValue] {
        func chunk(_ choices: [JSONValue], _ usage: JSONValue = .null) -> JSONValue {
            [
                "id": "chatcmpl-1", "object": "chat.completion.chunk", "created": 1_763_728_000, "model": model,
                "choices": .array(choices), "usage": usage,
            ]
        }
        func delta(_ delta: JSONValue, _ reason: JSONValue = .null) -> JSONValue {
            chunk([["index": 0, "delta": delta, "finish_reason": reason]])
        }
        let words =
            call.map { [delta(["tool_calls": [toolCall($0.name, $0.input)]])] }
            ?? pieces.map {
                delta(["content": $0])
            }
        return [delta(["role": "assistant", "content": ""])] + words
            + [delta([:], openAIEnding), chunk([], openAIUsage)]
    }
}

extension VendorWire {
    private var anthropicUsage: JSONValue {
        let rest = usage.inputTokens - usage.cachedInputTokens - usage.cacheWriteTokens
        return [
            "input_tokens": Self.count(rest), "output_tokens": Self.count(usage.outputTokens),
            "cache_read_input_tokens": Self.count(usage.cachedInputTokens),
            "cache_creation_input_tokens": Self.count(usage.cacheWriteTokens),
        ]
    }

    private var anthropicEnding: JSONValue {
        switch reply.ending {
        case .complete: call == nil ? "end_turn" : "tool_use"
        case .outputLimit: "max_tokens"
        case .refused: "refusal"
        }
    }

    private var block: JSONValue {
        call.map { ["type": "tool_use", "id": "toolu_1", "name": $0.name, "input": $0.input] }
            ?? ["type": "text", "text": text, "citations": nil]
    }

    private func message(_ content: [JSONValue], ending: JSONValue) -> JSONValue {
        [
            "id": "msg_1", "type": "message", "role": "assistant", "model": model, "content": .array(content),
            "stop_reason": ending, "stop_sequence": nil, "stop_details": nil, "usage": anthropicUsage,
        ]
    }

    private var anthropicEvents: [JSONValue] {
        let start: JSONValue =
            call.map { ["type": "tool_use", "id": "toolu_1", "name": $0.name, "input": [:]] }
            ?? ["type": "text", "text": "", "citations": nil]
        let deltas: [JSONValue] = pieces.map { piece in
            let delta: JSONValue =
                call == nil
                ? ["type": "text_delta", "text": piece] : ["type": "input_json_delta", "partial_json": piece]
            return ["type": "content_block_delta", "index": 0, "delta": delta]
        }
        let ending: JSONValue = ["stop_reason": anthropicEnding, "stop_sequence": nil]
        return [
            ["type": "message_start", "message": message([], ending: nil)],
            ["type": "content_block_start", "index": 0, "content_block": start], ["type": "ping"],
        ] + deltas + [
            ["type": "content_block_stop", "index": 0],
            ["type": "message_delta", "delta": ending, "usage": ["output_tokens": Self.count(usage.outputTokens)]],
            ["type": "message_stop"],
        ]
    }
}

extension VendorWire {
    private var geminiEnding: JSONValue {
        if answer.continuation != nil { return "CONTINUATION" }
        return switch reply.ending {
        case .complete: "STOP"
        case .outputLimit: "MAX_TOKENS"
        case .refused: "SAFETY"
        }
    }

    private func part(_ text: JSONValue) -> JSONValue {
        call.map { ["functionCall": ["name": $0.name, "args": $0.input]] } ?? ["text": text]
    }

    private func gemini(_ parts: [JSONValue], ends: Bool) -> JSONValue {
        var candidate: [String: JSONValue] = ["content": ["role": "model", "parts": .array(parts)], "index": 0]
        if ends {
            candidate["finishReason"] = geminiEnding
            candidate["continuationToken"] = answer.continuation.map { .string($0) }
        }
        let counts: JSONValue = [
            "promptTokenCount": Self.count(usage.inputTokens),
            "candidatesTokenCount": Self.count(usage.outputTokens - usage.reasoningTokens),
            "thoughtsTokenCount": Self.count(usage.reasoningTokens),
            "cachedContentTokenCount": Self.count(usage.cachedInputTokens),
            "totalTokenCount": Self.count(usage.inputTokens + usage.outputTokens),
        ]
        return [
            "candidates": [.object(candidate)], "usageMetadata": counts, "modelVersion": model, "responseId": "r1",
        ]
    }

    private var geminiPieces: [JSONValue] {
        guard call == nil, !pieces.isEmpty else { return [gemini([part(text)], ends: true)] }
        return pieces.dropLast().map { gemini([["text": $0]], ends: false) }
            + pieces.suffix(1).map { gemini([["text": $0]], ends: true) }
    }

    private func ollama(_ text: JSONValue, ends: Bool) -> JSONValue {
        var line: [String: JSONValue] = [
            "model": model, "created_at": "2026-11-21T12:00:00.123456Z",
            "message": ["role": "assistant", "content": text], "done": .bool(ends),
        ]
        if ends {
            line["done_reason"] = reply.ending == .outputLimit ? "length" : "stop"
            line["prompt_eval_count"] = Self.count(usage.inputTokens)
            line["eval_count"] = Self.count(usage.outputTokens)
            for name in ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"] { line[name] = 1 }
        }
        return .object(line)
    }

    private var ollamaLines: [JSONValue] {
        pieces.map { ollama($0, ends: false) } + [ollama("", ends: true)]
    }
}
