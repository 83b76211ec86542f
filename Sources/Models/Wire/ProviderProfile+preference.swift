/// Which of a provider's models is taken when a person names only the provider.
///
/// Names of models come and go within months, those of families stay: so the provider's own list decides, and the
/// newest of the first family that it has is taken.
extension ProviderProfile {
    /// How the names of general models begin, the preferred family first; empty where any will do.
    private var families: [String] {
        switch name {
        case "anthropic": ["claude-sonnet-", "claude-"]
        case "openai": ["gpt-"]
        case "gemini": ["gemini-"]
        case "deepseek": ["deepseek-chat", "deepseek-"]
        case "openrouter": ["openrouter/auto"]
        case "grok": ["grok-"]
        case "qwen": ["qwen-plus", "qwen"]
        case "zai": ["glm-"]
        case "mistral": ["mistral-large-latest", "mistral-"]
        case "groq": ["llama-", "openai/"]
        default: []
        }
    }

    /// Parts of names of models that do something else than answer questions, or that are not for everyday use.
    private static let special = [
        "embed", "tts", "audio", "image", "realtime", "transcribe", "whisper", "moderation", "search", "live",
        "preview", "guard", "vision", "robotics", "computer-use", "instruct", "rerank", "ocr",
    ]

    /// The model to take of those that the provider lists; `nil` when none answers questions.
    package func preferred(of models: [ListedModel], excluding excluded: ModelExclusions = .none) -> String? {
        let usable = models.map(\.name).filter { name in
            let isExcluded = excluded.contains(ModelIdentity(provider: self.name, name: name))
            return !isExcluded && !Self.special.contains { name.lowercased().contains($0) }
        }
        for family in families {
            let members = usable.filter { $0.hasPrefix(family) }
            if let newest = members.max(by: Self.isOlder) { return newest }
        }
        return usable.first
    }

    /// Compares digits as numbers: `model-10` is newer than `model-9`, and a plain name than one with an addition.
    private static func isOlder(_ left: String, _ right: String) -> Bool {
        let (left, right) = (parts(of: left), parts(of: right))
        for (one, other) in zip(left, right) where one != other {
            guard let first = Int(one), let second = Int(other) else { return one < other }
            // A date is no version.
            if (first > 99_999) != (second > 99_999) { return first > second }
            return first < second
        }
        return left.count > right.count
    }

    private static func parts(of name: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = name[...]
        while let first = rest.first {
            let isDigit = first.isASCII && first.isNumber
            let part = rest.prefix { ($0.isASCII && $0.isNumber) == isDigit }
            parts.append(part)
            rest = rest[part.endIndex...]
        }
        return parts
    }
}
