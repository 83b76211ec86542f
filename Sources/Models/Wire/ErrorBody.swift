import Core

/// What a provider's error says in its typed fields, whichever of the known shapes it has.
///
/// `{"error": {"message", "type", "code", "param"}}` (OpenAI and those who speak its format), the same without the outer
/// object (vLLM, Mistral), `{"error": {"type", "message", "details": {"error_code"}}}` (Anthropic), `{"error": {"code",
/// "status", "message", "details": [{"reason"}, {"retryDelay"}]}}` (Gemini, also as the one element of a list),
/// `{"error": "text"}` (Ollama).
struct ErrorBody {
    /// Codes and types, in lower case, the most exact first.
    private(set) var words: [String] = []
    private(set) var message: String?
    private(set) var parameter: String?
    /// An HTTP status that the body itself names: errors amid a stream have no other.
    private(set) var status: Int?
    private(set) var retryTime: RetryTime?

    init(_ body: JSONValue) {
        let whole = body[0] ?? body
        guard let error = whole["error"], error != .null else {
            read(whole)
            return
        }
        if let text = error.string {
            message = text
            words = [whole["code"]?.string, whole["type"]?.string].compactMap { $0?.lowercased() }
        } else {
            read(error)
        }
    }

    private mutating func read(_ error: JSONValue) {
        let details = error["details"]
        let kinds = [
            details?["error_code"], error["error_code"], error["code"], error["type"], error["status"],
        ]
        words = (details?.array ?? []).compactMap { $0["reason"]?.string } + kinds.compactMap { $0?.string }
        words = words.map { $0.lowercased() }
        message = error["message"]?.string ?? error["detail"]?.string
        parameter = error["param"]?.string
        let number = error["code"]?.integer ?? error["status_code"]?.integer
        status = number.flatMap { (400...599).contains($0) ? Int($0) : nil }
        retryTime =
            details?.array?.lazy.compactMap { $0["retryDelay"]?.string }.compactMap { RetryTime(protobuf: $0) }
            .first
    }
}

extension ProviderFault {
    /// The fault that an answer with an error status means.
    ///
    /// - Parameters:
    ///   - status: The HTTP status.
    ///   - headers: Of the answer.
    ///   - body: Of the answer; need not be JSON.
    ///   - table: What words in typed fields mean; they count before the status.
    /// - Returns: The fault, without the names of provider and model.
    static func reading(
        status: Int,
        headers: [WireHeader],
        body: [UInt8],
        table: [String: Reason]
    ) -> ProviderFault {
        let json = try? JSONValue(parsing: body.prefix(bodyLimit))
        let error = json.map(ErrorBody.init)
        let words = error?.words ?? []
        return ProviderFault(
            words.lazy.compactMap { table[$0] }.first ?? Reason(status: status),
            error?.message ?? (json == nil ? plainMessage(body, headers) : ""),
            status: status,
            retryTime: RetryTime(headers: headers) ?? error?.retryTime,
            parameter: error?.parameter
        )
    }

    /// The fault that an error amid a stream, or in an answer that calls itself a success, means.
    static func reading(_ body: JSONValue, table: [String: Reason]) -> ProviderFault {
        let error = ErrorBody(body)
        let reason =
            error.words.lazy.compactMap { table[$0] ?? withoutStatus[$0] }.first
            ?? error.status.map { Reason(status: $0) } ?? .server
        return ProviderFault(
            reason,
            error.message ?? "",
            status: error.status,
            retryTime: error.retryTime,
            parameter: error.parameter
        )
    }

    /// An error text longer than this is no error object of a provider.
    private static let bodyLimit = 1 << 20

    /// What general types mean where no status says more.
    private static let withoutStatus: [String: Reason] = [
        "invalid_request_error": .badRequest, "rate_limit_exceeded": .rateLimited, "requests": .rateLimited,
        "tokens": .rateLimited, "server_error": .server, "api_error": .server, "timeout": .timeout,
    ]

    private static func plainMessage(_ body: [UInt8], _ headers: [WireHeader]) -> String {
        if let place = headers.value(of: "location") { return "it points to '\(place)'; set the base URL to that" }
        let text = String(decoding: body.prefix(1_000), as: UTF8.self)
        let start = text.drop { $0.isWhitespace }
        return start.hasPrefix("<") ? "it sent a page for browsers" : String(start)
    }
}

extension ProviderFault.Reason {
    /// What a status alone means.
    init(status: Int) {
        self =
            switch status {
            case 401: .unauthorized
            case 402: .creditExhausted
            case 403: .forbidden
            case 404, 410: .modelNotFound
            case 408, 504, 524: .timeout
            case 413: .contextTooLong
            case 425, 503, 529: .overloaded
            case 429: .rateLimited
            case 409, 499, 500...: .server
            default: .badRequest
            }
    }
}
