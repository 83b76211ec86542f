internal import Core
package import YAMLKit

/// What a person has configured of one provider of models; `nil` leaves a member to what is known of the provider.
package struct ProviderSettings: Equatable, Sendable {
    /// Where a key comes from; never the key itself.
    package enum Key: Equatable, Sendable {
        case environment(String)
        /// `~/` stands for the home folder.
        case file(String)
        case command([String])
    }

    package enum Format: String, CaseIterable, Sendable {
        case openai, anthropic, gemini, ollama
    }

    package enum Output: String, CaseIterable, Sendable {
        case schema, tool, json, prompt
    }

    /// In USD for a million tokens.
    package struct Price: Equatable, Sendable {
        package let input: Double
        package let output: Double
        package let cachedInput: Double?
        package let cacheWrite: Double?
    }

    package let name: String
    /// Where the entry stands, for messages about it.
    package let place: YAMLPlace
    package let format: Format?
    package let url: String?
    package let key: Key?
    /// The model that is taken when only the provider is named.
    package let model: String?
    /// Models that are never used.
    package let excluded: [String]
    package let output: Output?
    package let streams: Bool?
    /// How long a whole answer may take, in seconds.
    package let timeout: Int?
    package let requestsPerMinute: Int?
    package let tokensPerMinute: Int?
    /// Calls at once.
    package let concurrency: Int?
    /// Only Ollama: the tokens of the context, and how long a model stays in memory.
    package let contextTokens: Int?
    package let keepAlive: String?
    /// By the names of models.
    package let prices: [String: Price]

    private static let keys = [
        "format", "url", "key", "model", "excluded", "output", "streams", "timeout", "requestsPerMinute",
        "tokensPerMinute",
        "concurrency", "contextTokens", "keepAlive", "prices",
    ]

    init(_ entry: YAMLEntry) throws(YAMLError) {
        let fields = try YAMLFields(entry.value, of: "a provider", known: Self.keys)
        name = entry.key
        place = entry.keyPlace
        guard Self.isName(name) else {
            throw YAMLError(
                at: place,
                "'\(name.printable)' is no name for a provider",
                hint: "use small letters, digits, '-', '_' and '.', and none of builtin, auto and dual"
            )
        }
        format = try fields["format"]?.choice()
        url = try fields["url"].map { (node) throws(YAMLError) in try Self.url(node) }
        key = try fields["key"].map { (node) throws(YAMLError) in try Self.key(node) }
        model = try fields.string("model")
        excluded = try fields.strings("excluded") ?? []
        output = try fields["output"]?.choice()
        streams = try fields.bool("streams")
        timeout = try Self.count("timeout", fields, limit: 86_400)
        requestsPerMinute = try Self.count("requestsPerMinute", fields)
        tokensPerMinute = try Self.count("tokensPerMinute", fields)
        concurrency = try Self.count("concurrency", fields)
        contextTokens = try Self.count("contextTokens", fields)
        keepAlive = try fields.string("keepAlive")
        prices = try Self.prices(fields["prices"])
    }

    private static func isName(_ name: String) -> Bool {
        // These mean something else where a model is named.
        !name.isEmpty && name.utf8.count <= 64 && !["builtin", "auto", "dual"].contains(name)
            && name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789-_.".utf8.contains($0) }
    }

    private static func url(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = try node.string()
        guard text.hasPrefix("http://") || text.hasPrefix("https://"), !text.contains(where: \.isWhitespace) else {
            throw node.error("'\(text.printable)' is no base URL", hint: "begin with https:// or http://")
        }
        guard let host = text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last,
            let first = host.first, first != "/", first != ":"
        else { throw node.error("'\(text.printable)' names no host", hint: "such as http://127.0.0.1:8000/v1") }
        guard !text.contains(where: { "@?#".contains($0) }) else {
            throw node.error(
                "a base URL holds no key, no query and no fragment",
                hint: "say where the key comes from with 'key'"
            )
        }
        return text
    }

    private static func key(_ node: YAMLNode) throws(YAMLError) -> Key {
        guard case .mapping = node.content else {
            throw node.error(
                "a key is never written into a configuration file",
                hint: "say where it comes from: {env: NAME}, {file: PATH} or {command: [PROGRAM, ARGUMENT]}"
            )
        }
        let fields = try YAMLFields(node, of: "'key'", known: ["env", "file", "command"])
        guard fields.entries.count == 1 else {
            throw node.error("'key' needs exactly one of env, file and command")
        }
        if let name = try fields.string("env") { return .environment(name) }
        if let path = try fields.string("file") {
            guard path.hasPrefix("/") || path.hasPrefix("~/") else {
                throw node.error("the key's file needs an absolute path, or one that begins with ~/")
            }
            return .file(path)
        }
        let words = try fields.required("command").strings()
        guard let program = words.first, !program.isEmpty else { throw node.error("the key's command is empty") }
        return .command(words)
    }

    private static func count(
        _ name: String,
        _ fields: YAMLFields,
        limit: Int = 1_000_000_000
    ) throws(YAMLError) -> Int? {
        guard let node = fields[name] else { return nil }
        let number = try node.integer()
        guard (1...limit).contains(number) else { throw node.error("'\(name)' must be from 1 to \(limit)") }
        return number
    }

    private static func prices(_ node: YAMLNode?) throws(YAMLError) -> [String: Price] {
        var prices: [String: Price] = [:]
        for entry in try node?.entries() ?? [] {
            let known = ["input", "output", "cachedInput", "cacheWrite"]
            let fields = try YAMLFields(entry.value, of: "a price", known: known)
            for part in fields.entries where try part.value.number() < 0 {
                throw part.value.error("a price is not below 0")
            }
            prices[entry.key] = Price(
                input: try fields.required("input").number(),
                output: try fields.required("output").number(),
                cachedInput: try fields.number("cachedInput"),
                cacheWrite: try fields.number("cacheWrite")
            )
        }
        return prices
    }
}
