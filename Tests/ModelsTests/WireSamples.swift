import Core
import Models
import Testing

/// An answer as a provider sends it, streamed and not, and what it means.
struct WireSample: Sendable, CustomTestStringConvertible {
    let name: String
    let format: any WireFormat
    let body: String
    let stream: String
    let reply: ModelReply
    var testDescription: String { name }
}

extension WireSample {
    /// Holds what cuts hurt: characters of two, three and four bytes, escapes and line ends.
    static let text = #"{"accepted":true,"feedback":"naïve — 日本 🦀 \"quoted\"\nnext"}"#
    private static let usage = Usage(
        inputTokens: 2_048,
        outputTokens: 77,
        costUSD: 0,
        cachedInputTokens: 1_024,
        reasoningTokens: 12
    )

    static let all = [openAI, openAITool, anthropic, anthropicTool, gemini, geminiTool, ollama]

    /// The text cut into three pieces, each as a JSON string.
    private static let pieces: [String] = {
        let characters = Array(text)
        return [characters[..<5], characters[5..<32], characters[32...]].map { JSONValue.string(String($0)).text }
    }()
    private static let whole = JSONValue.string(text).text

    static let openAI = WireSample(
        name: "openai",
        format: OpenAIFormat(),
        body: """
            {"id":"chatcmpl-B9","object":"chat.completion","created":1763728000,"model":"gpt-6-astra","choices":[{"index":0,
            "message":{"role":"assistant","content":\(whole),"refusal":null,"annotations":[]},"logprobs":null,
            "finish_reason":"stop"}],"usage":{"prompt_tokens":2048,"completion_tokens":77,"total_tokens":2125,
            "prompt_tokens_details":{"cached_tokens":1024,"audio_tokens":0},
            "completion_tokens_details":{"reasoning_tokens":12}},"service_tier":"default","system_fingerprint":null}
            """,
        stream: """
            : keep-alive\r
            \r
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}],"usage":null}\r
            \r
            data: {"id":"c","object":"chat.completion.chunk","choices":[{"index":0,"delta":{"content":\(pieces[0])},"finish_reason":null}],"obfuscation":"x1"}\r
            \r
            data: {"id":"c","choices":[{"index":0,"delta":{"content":\(pieces[1]),"reasoning_content":"hm"}}]}\r
            \r
            data: {"id":"c","choices":[{"index":0,"delta":{"content":\(pieces[2])}}]}\r
            \r
            data: {"id":"c","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\r
            \r
            data: {"id":"c","choices":[],"usage":{"prompt_tokens":2048,"completion_tokens":77,"total_tokens":2125,"prompt_tokens_details":{"cached_tokens":1024},"completion_tokens_details":{"reasoning_tokens":12}}}\r
            \r
            data: [DONE]\r
            \r

            """,
        reply: ModelReply(text: text, usage: usage)
    )

    static let openAITool = WireSample(
        name: "openai, tool",
        format: OpenAIFormat(.compatible),
        body: """
            {"choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1",
            "type":"function","function":{"name":"review","arguments":\(whole)}}]},"finish_reason":"tool_calls"}],
            "usage":{"prompt_tokens":2048,"completion_tokens":65,"total_tokens":2125,"prompt_cache_hit_tokens":1024,
            "completion_tokens_details":{"reasoning_tokens":12}}}
            """,
        stream: """
            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"review","arguments":""}}]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":\(pieces[0])}}]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":\(pieces[1])}}]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":1,"function":{"name":"review","arguments":"{}"}}]}}]}

            data: {"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":\(pieces[2])}}]}}]}

            data: {"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}],"usage":{"prompt_tokens":2048,"completion_tokens":65,"total_tokens":2125,"prompt_cache_hit_tokens":1024,"completion_tokens_details":{"reasoning_tokens":12}}}

            data: [DONE]
            """,
        reply: ModelReply(text: text, usage: usage)
    )

    static let anthropic = WireSample(
        name: "anthropic",
        format: AnthropicFormat(),
        body: """
            {"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[
            {"type":"thinking","thinking":"hm","signature":"c2ln"},{"type":"text","text":\(whole)}],
            "stop_reason":"end_turn","stop_sequence":null,"stop_details":null,"usage":{"input_tokens":24,
            "cache_creation_input_tokens":1000,"cache_read_input_tokens":1024,"output_tokens":77,
            "output_tokens_details":{"thinking_tokens":12},"service_tier":"standard"}}
            """,
        stream: """
            event: message_start
            data: {"type":"message_start","message":{"id":"msg_01","type":"message","role":"assistant","model":"claude-sonnet-5-5","content":[],"stop_reason":null,"usage":{"input_tokens":24,"cache_creation_input_tokens":1000,"cache_read_input_tokens":1024,"output_tokens":1}}}

            event: content_block_start
            data: {"type":"content_block_start","index":0,"content_block":{"type":"thinking","thinking":"","signature":""}}

            event: ping
            data: {"type": "ping"}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"thinking_delta","thinking":"hm"}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":0,"delta":{"type":"signature_delta","signature":"c2ln"}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":0}

            data: {"type":"content_block_start","index":1,"content_block":{"type":"text","text":""}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":\(pieces[0])}}

            event: content_block_delta
            event: content_block_delta
            data: {"type":"content_block_delta","index":1,
            data: "delta":{"type":"text_delta","text":\(pieces[1])}}

            event: content_block_delta
            data: {"type":"content_block_delta","index":1,"delta":{"type":"text_delta","text":\(pieces[2])}}

            event: content_block_stop
            data: {"type":"content_block_stop","index":1}

            event: message_delta
            data: {"type":"message_delta","delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":77,"output_tokens_details":{"thinking_tokens":12}}}

            event: message_stop
            data: {"type":"message_stop"}


            """,
        reply: ModelReply(text: text, usage: written)
    )

    private static let written = Usage(
        inputTokens: 2_048,
        outputTokens: 77,
        costUSD: 0,
        cachedInputTokens: 1_024,
        cacheWriteTokens: 1_000,
        reasoningTokens: 12
    )

    /// Members of the tool's input are sorted, as they are in the text of the others.
    static let anthropicTool = WireSample(
        name: "anthropic, tool",
        format: AnthropicFormat(),
        body: """
            {"id":"msg_02","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"I answer."},
            {"type":"tool_use","id":"toolu_1","name":"review","input":\(text)}],"stop_reason":"tool_use",
            "usage":{"input_tokens":2048,"output_tokens":77}}
            """,
        stream: """
            data: {"type":"message_start","message":{"usage":{"input_tokens":2048,"output_tokens":1}}}\r\rdata: \
            {"type":"content_block_start","index":0,"content_block":{"type":"text","text":"I answer."}}\r\rdata: \
            {"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"review","input":{}}}\r\rdata: \
            {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":\(pieces[0])}}\r\rdata: \
            {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":\(pieces[1])}}\r\rdata: \
            {"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":\(pieces[2])}}\r\rdata: \
            {"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":77}}\r\rdata: \
            {"type":"message_stop"}\r\r
            """,
        reply: ModelReply(text: text, usage: Usage(inputTokens: 2_048, outputTokens: 77, costUSD: 0))
    )

    static let gemini = WireSample(
        name: "gemini",
        format: GeminiFormat(),
        body: """
            {"candidates":[{"content":{"parts":[{"text":"hm","thought":true},{"text":\(whole),"thoughtSignature":"c2ln"}],
            "role":"model"},"finishReason":"STOP","index":0,"safetyRatings":[]}],"usageMetadata":{"promptTokenCount":2048,
            "candidatesTokenCount":65,"totalTokenCount":2125,"cachedContentTokenCount":1024,"thoughtsTokenCount":12},
            "modelVersion":"gemini-3.8-flash","responseId":"r"}
            """,
        stream: """
            data: {"candidates": [{"content": {"parts": [{"text": "hm","thought": true}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 2048}}

            data: {"candidates": [{"content": {"parts": [{"text": \(pieces[0])},{"text": \(pieces[1])}],"role": "model"},"index": 0}],"usageMetadata": {"promptTokenCount": 2048,"candidatesTokenCount": 30}}

            data: {"candidates": [{"content": {"parts": [{"text": \(pieces[2])}],"role": "model"},"finishReason": "STOP","index": 0}]}

            data: {"usageMetadata": {"promptTokenCount": 2048,"candidatesTokenCount": 65,"cachedContentTokenCount": 1024,"thoughtsTokenCount": 12,"totalTokenCount": 2125}}


            """,
        reply: ModelReply(text: text, usage: usage)
    )

    static let geminiTool = WireSample(
        name: "gemini, tool",
        format: GeminiFormat(),
        body: """
            {"candidates":[{"content":{"parts":[{"functionCall":{"name":"review","args":\(text)}}],"role":"model"},
            "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}
            """,
        stream: """
            data: {"candidates":[{"content":{"parts":[{"functionCall":{"name":"review","args":\(text)}}]},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":1,"candidatesTokenCount":2}}
            """,
        reply: ModelReply(text: text, usage: Usage(inputTokens: 1, outputTokens: 2, costUSD: 0))
    )

    static let ollama = WireSample(
        name: "ollama",
        format: OllamaFormat(),
        body: """
            {"model":"qwen3:8b","created_at":"2026-11-21T12:00:00.1Z","message":{"role":"assistant","content":\(whole),
            "thinking":"hm"},"done":true,"done_reason":"stop","total_duration":1,"load_duration":1,
            "prompt_eval_count":26,"prompt_eval_duration":1,"eval_count":290,"eval_duration":1}
            """,
        stream: """
            {"model":"qwen3:8b","message":{"role":"assistant","content":"","thinking":"hm"},"done":false}
            {"model":"qwen3:8b","message":{"role":"assistant","content":\(pieces[0])},"done":false}\r

            {"model":"qwen3:8b","message":{"role":"assistant","content":\(pieces[1])},"done":false}
            {"model":"qwen3:8b","message":{"role":"assistant","content":\(pieces[2])},"done":false}
            {"model":"qwen3:8b","message":{"role":"assistant","content":""},"done":true,"done_reason":"stop","prompt_eval_count":26,"eval_count":290}
            """,
        reply: ModelReply(text: text, usage: Usage(inputTokens: 26, outputTokens: 290, costUSD: 0))
    )
}
