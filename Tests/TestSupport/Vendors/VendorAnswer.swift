package import Core
package import Models

/// What a scripted vendor says to one question, and how it misbehaves.
package struct VendorAnswer: Sendable {
    package var reply: ModelReply
    /// Anything but 200 is an error in the vendor's own form.
    package var status = 200
    package var headers: [(name: String, value: String)] = []
    /// Makes the client ask for the rest, where the format can.
    package var continuation: String?
    /// Changes the answer as it would go over the wire.
    package var bend: @Sendable (ScriptedAnswer) -> ScriptedAnswer = { $0 }

    package init(_ reply: ModelReply) { self.reply = reply }

    package init(_ text: String) { self.init(ModelReply(text: text, usage: Self.usage)) }

    package static func json(_ value: JSONValue) -> VendorAnswer { VendorAnswer(value.text) }

    package static func error(_ status: Int, headers: [(name: String, value: String)] = []) -> VendorAnswer {
        var answer = VendorAnswer("")
        answer.status = status
        answer.headers = headers
        return answer
    }

    package func bent(_ bend: @escaping @Sendable (ScriptedAnswer) -> ScriptedAnswer) -> VendorAnswer {
        var answer = self
        answer.bend = bend
        return answer
    }

    /// What all four formats can say.
    package static let usage = Usage(inputTokens: 100, outputTokens: 20, costUSD: 0)

    /// The answer as it goes over the wire.
    package func written(for question: VendorQuestion) -> ScriptedAnswer {
        guard status == 200 else {
            let body = VendorErrors.body(status, question.format)
            return bend(
                ScriptedAnswer(body.text, status: status, headers: headers + [("Content-Type", "application/json")])
            )
        }
        let wire = VendorWire(answer: self, question: question)
        let isLines = question.format == .ollama
        let type = !question.streams ? "application/json" : isLines ? "application/x-ndjson" : "text/event-stream"
        let pieces = question.streams ? wire.stream : [Array(wire.whole.text.utf8)]
        return bend(
            ScriptedAnswer(
                headers: headers + [("Content-Type", type)],
                pieces: pieces,
                framing: question.streams ? .chunked : .length
            )
        )
    }
}

/// Errors in the vendors' own forms.
package enum VendorErrors {
    package static func body(_ status: Int, _ format: VendorFormat) -> JSONValue {
        let words: JSONValue = "scripted trouble"
        switch format {
        case .openai:
            let codes: [Int: JSONValue] = [401: "invalid_api_key", 404: "model_not_found", 429: "rate_limit_exceeded"]
            return ["error": ["message": words, "type": "scripted", "param": nil, "code": codes[status] ?? nil]]
        case .anthropic:
            let types: [Int: JSONValue] = [
                400: "invalid_request_error", 401: "authentication_error", 402: "billing_error", 404: "not_found_error",
                429: "rate_limit_error", 529: "overloaded_error", 504: "timeout_error",
            ]
            let error: JSONValue = ["type": types[status] ?? "api_error", "message": words]
            return ["type": "error", "error": error, "request_id": "req_1"]
        case .gemini:
            let names: [Int: JSONValue] = [
                400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED",
                500: "INTERNAL", 503: "UNAVAILABLE",
            ]
            let code = JSONValue.integer(Int64(status))
            return ["error": ["code": code, "message": words, "status": names[status] ?? "UNKNOWN", "details": []]]
        case .ollama: return ["error": words]
        }
    }
}
