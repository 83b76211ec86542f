package import Core

/// The four ways in which a scripted vendor is asked.
package enum VendorFormat: String, CaseIterable, Sendable {
    case openai, anthropic, gemini, ollama
}

/// What a request asks a scripted vendor, whatever its format.
package struct VendorQuestion: Sendable {
    package let format: VendorFormat
    package let model: String
    package let streams: Bool
    /// The contract, from the system text.
    package let contract: String
    package let system: String
    package let user: String
    /// The members of the input, put together again.
    package let input: JSONValue
    /// Whether an unusable answer is to be repaired.
    package let isRepair: Bool
    /// The tool that has to be called; `nil` when text is wanted.
    package let tool: String?
    /// The schema that the vendor is to hold the model to.
    package let schema: JSONValue?
    /// Goes on with an answer that was only begun.
    package let continuation: String?

    /// Reads a request, or `nil` when it asks no model.
    package init?(path: String, body: [UInt8]) {
        guard let body = try? JSONValue(parsing: body), let format = Self.format(of: path) else { return nil }
        self.format = format
        let texts: (system: String, user: String)
        switch format {
        case .openai:
            (texts, model) = (Self.chat(body), body["model"]?.string ?? "")
            tool = body["tool_choice"]?["function"]?["name"]?.string
            schema = body["response_format"]?["json_schema"]?["schema"]
        case .anthropic:
            let content = body["messages"]?[0]?["content"]
            (texts, model) = ((Self.joined(body["system"]), Self.joined(content)), body["model"]?.string ?? "")
            tool = body["tool_choice"]?["name"]?.string
            schema = body["output_config"]?["format"]?["schema"]
        case .gemini:
            texts = (Self.joined(body["systemInstruction"]?["parts"]), Self.joined(body["contents"]?[0]?["parts"]))
            model = String(path.prefix { $0 != ":" }.split(separator: "/").last ?? "")
            tool = body["toolConfig"]?["functionCallingConfig"]?["allowedFunctionNames"]?[0]?.string
            schema = body["generationConfig"]?["responseJsonSchema"]
        case .ollama:
            (texts, model) = (Self.chat(body), body["model"]?.string ?? "")
            tool = nil
            schema = body["format"].flatMap { $0.object == nil ? JSONValue?.none : $0 }
        }
        (system, user) = texts
        streams = format == .gemini ? path.contains(":stream") : body["stream"]?.bool ?? (format == .ollama)
        continuation = body["continuationToken"]?.string
        contract = Self.contract(in: system)
        isRepair = user.contains("\n# Your previous answer could not be used\n")
        input = Self.input(in: user)
    }

    private static func format(of path: String) -> VendorFormat? {
        if path.hasSuffix("/chat/completions") { return .openai }
        if path.hasSuffix("/v1/messages") { return .anthropic }
        if path.contains(":generateContent") || path.contains(":streamGenerateContent") { return .gemini }
        return path == "/api/chat" ? .ollama : nil
    }

    private static func chat(_ body: JSONValue) -> (system: String, user: String) {
        let messages = body["messages"]?.array ?? []
        func text(_ role: JSONValue) -> String {
            messages.filter { $0["role"] == role }.map { joined($0["content"]) }.joined(separator: "\n")
        }
        return (text("system"), text("user"))
    }

    /// A text, or the texts of a list of parts.
    private static func joined(_ content: JSONValue?) -> String {
        content?.string ?? (content?.array ?? []).compactMap { $0["text"]?.string }.joined(separator: "\n")
    }

    private static func contract(in system: String) -> String {
        let mark = "# Task: "
        let line = system.split(separator: "\n").first { $0.hasPrefix(mark) }
        return line.map { String($0.dropFirst(mark.count)) } ?? ""
    }

    private static func input(in user: String) -> JSONValue {
        var members: [String: JSONValue] = [:]
        for line in user.split(separator: "\n") where line.hasPrefix("{") {
            guard case .object(let more)? = try? JSONValue(parsing: String(line)) else { continue }
            members.merge(more) { first, _ in first }
        }
        return .object(members)
    }
}
