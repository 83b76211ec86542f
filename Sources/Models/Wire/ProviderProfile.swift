/// A place where models answer: what has to be known to talk to it, its key aside.
package struct ProviderProfile: Sendable, Hashable {
    /// Which of the four ways of talking it has.
    package enum Dialect: Sendable, Hashable {
        case openAI(OpenAIFormat.Dialect)
        case anthropic
        case gemini
        case ollama(OllamaFormat.Settings)
    }

    /// As configuration and `provider/model` name it.
    package var name: String
    package var dialect: Dialect
    /// Without a `/` at the end.
    package var baseURL: String
    /// The environment variables that may hold the key, the first that is set counts; none for servers without keys.
    package var keyVariables: [String]
    /// The environment variable that replaces the base URL, if there is one.
    package var urlVariable: String?
    /// How its models are best held to a schema.
    package var output: StructuredOutput
    /// Whether answers are to be streamed: then a slow one is told from a dead one.
    package var streams: Bool
    /// How long a whole answer may take, in seconds; `nil` for the usual times.
    package var answerSeconds: Int?

    package init(
        name: String,
        dialect: Dialect,
        baseURL: String,
        keyVariables: [String] = [],
        urlVariable: String? = nil,
        output: StructuredOutput = .schema,
        streams: Bool = true
    ) {
        self.name = name
        self.dialect = dialect
        self.baseURL = baseURL.hasSuffix("/") ? String(baseURL.dropLast()) : baseURL
        self.keyVariables = keyVariables
        self.urlVariable = urlVariable
        self.output = output
        self.streams = streams
    }

    package var format: any WireFormat {
        switch dialect {
        case .openAI(let dialect): OpenAIFormat(dialect)
        case .anthropic: AnthropicFormat()
        case .gemini: GeminiFormat()
        case .ollama(let settings): OllamaFormat(settings)
        }
    }

    /// Whether it can be used without a key.
    package var needsKey: Bool { !keyVariables.isEmpty && !allowsNoKey }

    private var allowsNoKey: Bool {
        if case .ollama = dialect { return true }
        return isLocal
    }

    /// Whether the base URL names this machine.
    package var isLocal: Bool {
        let host = baseURL.drop { $0 != "/" }.drop { $0 == "/" }.prefix { $0 != "/" }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let isLoopback = name.hasPrefix("127.") && name.allSatisfy { $0 == "." || $0.isASCII && $0.isNumber }
        return ["localhost", "[::1]"].contains(name.lowercased()) || isLoopback
    }
}

extension ProviderProfile {
    /// The providers that are known by name, in the order in which keys are looked for.
    package static let known: [ProviderProfile] = vendors + localServers

    package static func known(_ name: String) -> ProviderProfile? { known.first { $0.name == name } }

    /// A provider of OpenAI's format that configuration alone describes.
    package static func compatible(name: String, baseURL: String, keyVariables: [String] = []) -> ProviderProfile {
        ProviderProfile(name: name, dialect: .openAI(.compatible), baseURL: baseURL, keyVariables: keyVariables)
    }

    private static let vendors: [ProviderProfile] = [
        ProviderProfile(
            name: "openai",
            dialect: .openAI(.openAI),
            baseURL: "https://api.openai.com/v1",
            keyVariables: ["OPENAI_API_KEY"],
            urlVariable: "OPENAI_BASE_URL"
        ),
        ProviderProfile(
            name: "anthropic",
            dialect: .anthropic,
            baseURL: "https://api.anthropic.com",
            keyVariables: ["ANTHROPIC_API_KEY"],
            urlVariable: "ANTHROPIC_BASE_URL"
        ),
        ProviderProfile(
            name: "gemini",
            dialect: .gemini,
            baseURL: "https://generativelanguage.googleapis.com/v1",
            keyVariables: ["GEMINI_API_KEY", "GOOGLE_API_KEY"]
        ),
        vendor("deepseek", "https://api.deepseek.com", "DEEPSEEK_API_KEY", .json),
        vendor("openrouter", "https://openrouter.ai/api/v1", "OPENROUTER_API_KEY"),
        vendor("grok", "https://api.x.ai/v1", "XAI_API_KEY"),
        vendor("qwen", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", "DASHSCOPE_API_KEY", .json),
        vendor("zai", "https://api.z.ai/api/paas/v4", "ZAI_API_KEY", .json),
        ProviderProfile(
            name: "mistral",
            dialect: .openAI(.mistral),
            baseURL: "https://api.mistral.ai/v1",
            keyVariables: ["MISTRAL_API_KEY"]
        ),
        // Does not stream what it holds to a form.
        ProviderProfile(
            name: "groq",
            dialect: .openAI(.compatible),
            baseURL: "https://api.groq.com/openai/v1",
            keyVariables: ["GROQ_API_KEY"],
            streams: false
        ),
    ]

    private static let localServers: [ProviderProfile] = [
        ProviderProfile(
            name: "ollama",
            dialect: .ollama(OllamaFormat.Settings()),
            baseURL: "http://127.0.0.1:11434",
            keyVariables: ["OLLAMA_API_KEY"],
            urlVariable: "OLLAMA_HOST"
        ),
        compatible(name: "llama.cpp", baseURL: "http://127.0.0.1:8080/v1"),
        compatible(name: "localai", baseURL: "http://127.0.0.1:8080/v1"),
        compatible(name: "vllm", baseURL: "http://127.0.0.1:8000/v1"),
        compatible(name: "lmstudio", baseURL: "http://127.0.0.1:1234/v1"),
    ]

    /// A provider of OpenAI's format; some hold their models to JSON only, not to a schema.
    private static func vendor(
        _ name: String,
        _ baseURL: String,
        _ key: String,
        _ output: StructuredOutput = .schema
    ) -> ProviderProfile {
        ProviderProfile(
            name: name,
            dialect: .openAI(.compatible),
            baseURL: baseURL,
            keyVariables: [key],
            output: output
        )
    }
}
