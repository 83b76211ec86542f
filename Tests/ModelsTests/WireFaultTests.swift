import Core
import Models
import TestSupport
import Testing

/// An answer that is no success, and what it means.
struct WireFaultCase: Sendable, CustomTestStringConvertible {
    let format: any WireFormat
    let status: Int
    let body: String
    let reason: ProviderFault.Reason
    var testDescription: String { "\(type(of: format)) \(status) \(body.prefix(80))" }

    init(_ format: any WireFormat, _ status: Int, _ body: String, _ reason: ProviderFault.Reason) {
        self.format = format
        self.status = status
        self.body = body
        self.reason = reason
    }

    static let formats: [any WireFormat] = [OpenAIFormat(), AnthropicFormat(), GeminiFormat(), OllamaFormat()]

    /// What the status alone says, with bodies of others: pages, nothing, lists.
    static let statuses: [WireFaultCase] = formats.flatMap { format in
        [
            (400, .badRequest), (401, .unauthorized), (402, .creditExhausted), (403, .forbidden),
            (404, .modelNotFound), (408, .timeout), (409, .server), (413, .contextTooLong), (418, .badRequest),
            (422, .badRequest), (425, .overloaded), (429, .rateLimited), (499, .server), (500, .server),
            (501, .server), (502, .server), (503, .overloaded), (504, .timeout), (520, .server), (524, .timeout),
            (529, .overloaded), (301, .badRequest), (308, .badRequest), (599, .server),
        ].flatMap { status, reason in
            ["", "<html>busy</html>", "[]", "[1]", "{}", "null", "\"x\"", "{\"error\":null}", "{\"error\":", "\u{0}"]
                .map { WireFaultCase(format, status, $0, reason) }
        }
    }

    static let typed: [WireFaultCase] = openAI + anthropic + gemini + ollama

    private static let openAI = [
        (
            401, #"{"error":{"message":"x","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}"#,
            .unauthorized
        ),
        (
            429, #"{"error":{"message":"x","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}"#,
            .creditExhausted
        ),
        (429, #"{"error":{"message":"x","type":"requests","code":"rate_limit_exceeded"}}"#, .rateLimited),
        // Too many tokens for the minute's limit: the same request never fits.
        (413, #"{"error":{"message":"x","type":"tokens","code":"rate_limit_exceeded"}}"#, .contextTooLong),
        (
            400, #"{"error":{"message":"x","type":"invalid_request_error","code":"context_length_exceeded"}}"#,
            .contextTooLong
        ),
        (
            400, #"{"error":{"message":"rate limit, quota, invalid api key","type":"invalid_request_error"}}"#,
            .badRequest
        ),
        (400, #"{"error":{"message":"x","code":"content_policy_violation"}}"#, .refusedByPolicy),
        (404, #"{"error":{"message":"x","type":"invalid_request_error","code":"model_not_found"}}"#, .modelNotFound),
        (402, #"{"error":{"message":"x","code":402,"metadata":{}}}"#, .creditExhausted),
        (500, #"{"error":{"message":"x","code":500,"type":"server_error"}}"#, .server),
        (503, #"{"error":{"code":503,"message":"Loading model","type":"unavailable_error"}}"#, .overloaded),
        (400, #"{"error":{"code":400,"message":"x","type":"exceed_context_size_error"}}"#, .contextTooLong),
        (400, #"{"object":"error","message":"x","type":"invalid_model","param":null,"code":"1500"}"#, .modelNotFound),
        (400, #"{"error":{"code":"json_validate_failed","message":"x","failed_generation":"{"}}"#, .malformed),
        (400, #"{"error":{"code":"Arrearage","message":"x","type":"Arrearage"}}"#, .creditExhausted),
        (429, #"{"error":{"code":"1113","message":"x"}}"#, .creditExhausted),
        (422, #"{"detail":"x"}"#, .badRequest),
        (400, #"{"code":"Client specified an invalid argument","error":"x"}"#, .badRequest),
    ].map { WireFaultCase(OpenAIFormat(), $0, $1, $2) }

    private static let anthropic: [WireFaultCase] =
        [
            (400, "invalid_request_error", .badRequest), (401, "authentication_error", .unauthorized),
            (402, "billing_error", .creditExhausted), (403, "permission_error", .forbidden),
            (404, "not_found_error", .modelNotFound), (413, "request_too_large", .contextTooLong),
            (429, "rate_limit_error", .rateLimited), (500, "api_error", .server), (503, "api_error", .overloaded),
            (408, "api_error", .timeout), (504, "timeout_error", .timeout),
            (529, "overloaded_error", .overloaded),
        ].map { status, type, reason in
            let body = #"{"type":"error","error":{"type":"%","message":"x"},"request_id":"req_1"}"#
            return WireFaultCase(AnthropicFormat(), status, body.replacing("%", with: type), reason)
        } + [
            WireFaultCase(
                AnthropicFormat(),
                429,
                #"{"type":"error","error":{"type":"rate_limit_error","message":"x","details":{"error_code":"enforced_spend_limit_reached"}}}"#,
                .creditExhausted
            )
        ]

    private static let gemini: [WireFaultCase] =
        [
            (400, "INVALID_ARGUMENT", .badRequest), (400, "FAILED_PRECONDITION", .forbidden),
            (403, "PERMISSION_DENIED", .forbidden), (404, "NOT_FOUND", .modelNotFound),
            (429, "RESOURCE_EXHAUSTED", .rateLimited), (500, "INTERNAL", .server), (503, "UNAVAILABLE", .overloaded),
            (504, "DEADLINE_EXCEEDED", .timeout), (401, "UNAUTHENTICATED", .unauthorized),
        ].flatMap { status, word, reason in
            let body = #"{"error":{"code":\#(status),"message":"x","status":"\#(word)","details":[]}}"#
            return [body, "[\(body)]"].map { WireFaultCase(GeminiFormat(), status, $0, reason) }
        } + [
            WireFaultCase(
                GeminiFormat(),
                400,
                #"{"error":{"code":400,"message":"x","status":"INVALID_ARGUMENT","details":[{"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":"API_KEY_INVALID"}]}}"#,
                .unauthorized
            )
        ]

    private static let ollama = [
        (404, #"{"error":"model 'x' not found"}"#, .modelNotFound), (400, #"{"error":"x"}"#, .badRequest),
        (500, #"{"error":"x"}"#, .server), (503, #"{"error":"server busy"}"#, .overloaded),
    ].map { WireFaultCase(OllamaFormat(), $0, $1, $2) }
}

@Suite("A provider's fault", .tags(.small))
struct WireFaultTests {
    @Test("follows from the status where the body says nothing")
    func statuses() {
        for example in WireFaultCase.statuses {
            let fault = example.format.fault(status: example.status, headers: [], body: Array(example.body.utf8))
            #expect(fault.reason == example.reason, "\(example.testDescription)")
            #expect(fault.status == example.status)
        }
    }

    @Test("follows from the body's typed fields, and never from its words", arguments: WireFaultCase.typed)
    func typed(example: WireFaultCase) {
        let fault = example.format.fault(status: example.status, headers: [], body: Array(example.body.utf8))
        #expect(fault.reason == example.reason)
        let words = ["x", "Loading model", "rate limit, quota, invalid api key", "model 'x' not found", "server busy"]
        #expect(words.contains(fault.message))
    }

    @Test("amid a stream ends it with its class")
    func stream() {
        let cases: [(any WireFormat, String, ProviderFault.Reason)] = [
            (OpenAIFormat(), "data: {\"error\":{\"message\":\"x\",\"type\":\"server_error\"}}\n\n", .server),
            (
                OpenAIFormat(),
                "event: error\ndata: {\"error\":{\"message\":\"x\",\"code\":\"rate_limit_exceeded\"}}\n\n", .rateLimited
            ),
            (
                OpenAIFormat(),
                "data: {\"error\":{\"code\":502,\"message\":\"x\"},\"choices\":[{\"finish_reason\":\"error\"}]}\n\n",
                .server
            ),
            (OpenAIFormat(), "data: {\"error\":{\"code\":429,\"message\":\"x\"}}\n\n", .rateLimited),
            (
                OpenAIFormat(),
                "data: {\"choices\":[{\"finish_reason\":\"error\",\"error\":{\"code\":503,\"message\":\"x\"}}]}\n\n",
                .overloaded
            ),
            (
                OpenAIFormat(), "data: {\"choices\":[{\"finish_reason\":\"insufficient_system_resource\"}]}\n\n",
                .overloaded
            ),
            (
                AnthropicFormat(),
                "event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"x\"}}\n\n",
                .overloaded
            ),
            (
                AnthropicFormat(),
                "data: {\"type\":\"error\",\"error\":{\"type\":\"new_error\",\"message\":\"x\"}}\n\n", .server
            ),
            (
                GeminiFormat(), "data: {\"error\":{\"code\":503,\"message\":\"x\",\"status\":\"UNAVAILABLE\"}}\n\n",
                .overloaded
            ),
            (GeminiFormat(), "data: {\"candidates\":[{\"finishReason\":\"PUP_LIMITED_DISABLED\"}]}\n\n", .forbidden),
            (OllamaFormat(), "{\"error\":\"x\"}\n", .server),
        ]
        for (format, text, reason) in cases {
            var assembler = format.makeAssembler()
            let fault = #expect(throws: ProviderFault.self) { try assembler.append(Array(text.utf8)) }
            #expect(fault?.reason == reason, "\(text)")
        }
    }

    @Test("of a success that holds an error is that error")
    func success() {
        let fault = #expect(throws: ProviderFault.self) {
            try OpenAIFormat().reply(Array(#"{"error":{"code":429,"message":"x"},"id":"y"}"#.utf8))
        }
        #expect(fault?.reason == .rateLimited)
    }

    @Test("says when to try again, in all the ways that providers say it")
    func retryTimes() {
        func fault(_ headers: [WireHeader], _ body: String = "") -> ProviderFault {
            GeminiFormat().fault(status: 429, headers: headers, body: Array(body.utf8))
        }
        #expect(fault([WireHeader("Retry-After", "7")]).retryTime == .after(milliseconds: 7_000))
        #expect(fault([WireHeader("retry-after", " 1.5 ")]).retryTime == .after(milliseconds: 1_500))
        #expect(
            fault([WireHeader("retry-after-ms", "20"), WireHeader("retry-after", "7")]).retryTime
                == .after(milliseconds: 20)
        )
        #expect(
            fault([WireHeader("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT")]).retryTime
                == .at(milliseconds: 784_111_777_000)
        )
        for text in ["soon", "-1", "nan", "inf", "", "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT"] {
            #expect(fault([WireHeader("retry-after", text)]).retryTime == nil, "\(text)")
        }
        let details =
            #"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","details":[{"@type":"x"},{"retryDelay":"34.5s"}]}}"#
        #expect(fault([], details).retryTime == .after(milliseconds: 34_500))
        #expect(fault([WireHeader("retry-after", "1e99")]).retryTime == .after(milliseconds: 1_000_000_000_000_000))
    }

    @Test("knows the dates of HTTP in their three forms, and how long it is until then")
    func dates() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(HTTPDate.milliseconds(text) == 784_111_777_000, "\(text)")
        }
        #expect(HTTPDate.milliseconds("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800_000)
        #expect(HTTPDate.milliseconds("Sat, 21 Nov 2026 12:00:00 GMT") == 1_795_262_400_000)
        #expect(RetryTime.at(milliseconds: 5_000).wait(at: 2_000) == 3_000)
        #expect(RetryTime.at(milliseconds: 5_000).wait(at: 9_000) == 0)
    }

    @Test("is one bounded line that names the model, and no control characters")
    func message() {
        let body = #"{"error":{"message":"\#(String(repeating: "a", count: 5_000))\u001b[31m"}}"#
        var fault = OpenAIFormat().fault(status: 500, headers: [], body: Array(body.utf8))
        fault.provider = "openai"
        fault.model = "gpt-6-astra"
        #expect(fault.description.hasPrefix("'openai/gpt-6-astra' failed (HTTP 500): aaaa"))
        #expect(fault.description.count < 500)
        let colored = OpenAIFormat().fault(
            status: 500,
            headers: [],
            body: Array(#"{"error":{"message":"a\u001b[31m"}}"#.utf8)
        )
        #expect(colored.message == "a\\u{1b}[31m")
    }

    @Test("says of every reason who acts, and what goes on", arguments: ProviderFault.Reason.allCases)
    func classes(reason: ProviderFault.Reason) throws {
        let fault = ProviderFault(reason, "")
        #expect(fault.stopsRun != fault.fallsBack)
        #expect(!(fault.stopsRun && fault.isTransient))
        #expect(fault.failureClass != .contract && fault.failureClass != .quality)
        if fault.isTransient { #expect(fault.failureClass == .infrastructure) }
        #expect(!fault.description.isEmpty)
        #expect(try JSONValue(encoding: fault).decoded(as: ProviderFault.self) == fault)
    }

    @Test("names the part of the request that can be left out")
    func parts() {
        let body = #"{"error":{"message":"x","param":"temperature","code":"unsupported_value"}}"#
        let fault = OpenAIFormat().fault(status: 400, headers: [], body: Array(body.utf8))
        #expect(fault.parameter.flatMap { OpenAIFormat().part(named: $0) } == .temperature)
        #expect(OpenAIFormat().part(named: "response_format.json_schema") == .structuredOutput)
        #expect(OpenAIFormat().part(named: "messages") == nil)
    }
}
