internal import Core
internal import Models
internal import Settings

/// A provider as it can be used here: what is known of it by name, under what a person has configured.
struct ConfiguredProvider: Sendable {
    let profile: ProviderProfile
    let keySource: KeySource
    let settings: ProviderSettings?
    /// Whether the configuration names it, or its key is in the environment.
    let isChosen: Bool

    var name: String { profile.name }
}

/// All providers that can be named here.
struct ProviderDirectory: Sendable {
    /// Those of the configuration first, then the known ones in their order.
    let providers: [ConfiguredProvider]

    /// - Throws: ``SettingsError`` for an entry that lacks what an unknown provider needs.
    init(_ settings: Settings, environment: [String: String]) throws(SettingsError) {
        var providers: [ConfiguredProvider] = []
        for entry in settings.sections.providers {
            providers.append(try Self.provider(entry, environment))
        }
        let known = ProviderProfile.known.filter { profile in !providers.contains { $0.name == profile.name } }
        self.providers =
            try providers
            + known.map { (profile) throws(SettingsError) in
                let adapted = try Self.adapted(profile, to: environment)
                let isChosen = profile.keyVariables.contains { environment[$0]?.isEmpty == false }
                let source = adapted.keySource(in: environment)
                return ConfiguredProvider(profile: adapted, keySource: source, settings: nil, isChosen: isChosen)
            }
    }

    func named(_ name: String) -> ConfiguredProvider? { providers.first { $0.name == name } }

    var names: [String] { providers.map { $0.name } }

    private static func provider(
        _ entry: ProviderSettings,
        _ environment: [String: String]
    ) throws(SettingsError) -> ConfiguredProvider {
        var profile: ProviderProfile
        if let known = ProviderProfile.known(entry.name) {
            // A URL of its own is held to the same rules where it is read.
            profile = entry.url == nil ? try adapted(known, to: environment) : known
        } else if let url = entry.url {
            profile = .compatible(name: entry.name, baseURL: url)
        } else {
            throw .notSettings(
                "\(entry.place): the provider '\(entry.name)' is not known and has no 'url'",
                hint: "give its base URL; known are " + ProviderProfile.known.map(\.name).joined(separator: ", ")
            )
        }
        if let url = entry.url { profile.baseURL = url.hasSuffix("/") ? String(url.dropLast()) : url }
        if let format = entry.format { profile.dialect = dialect(format, of: profile) }
        if case .ollama = profile.dialect {
            profile.dialect = .ollama(.init(contextTokens: entry.contextTokens, keepAlive: entry.keepAlive))
        } else if let member = entry.contextTokens.map({ _ in "contextTokens" })
            ?? entry.keepAlive.map({ _ in "keepAlive" })
        {
            throw .notSettings(
                "\(entry.place): the provider '\(entry.name)' has no use for '\(member)': only Ollama is told that",
                hint: "leave it out, or say 'format: ollama'"
            )
        }
        profile.answerSeconds = entry.timeout
        profile.output = entry.output.map(StructuredOutput.init) ?? profile.output
        profile.streams = entry.streams ?? profile.streams
        let source = entry.key.map { KeySource($0, home: environment["HOME"]) } ?? profile.keySource(in: environment)
        return ConfiguredProvider(profile: profile, keySource: source, settings: entry, isChosen: true)
    }

    /// The profile with the base URL that a variable names; the URL is stored and shown, and so may hold no key.
    private static func adapted(
        _ profile: ProviderProfile,
        to environment: [String: String]
    ) throws(SettingsError) -> ProviderProfile {
        let adapted = profile.adapted(to: environment)
        guard let variable = profile.urlVariable, adapted.baseURL.contains(where: { "@?#".contains($0) }) else {
            return adapted
        }
        throw .notSettings(
            "the variable \(variable): a base URL holds no key, no query and no fragment",
            hint: "unset it, or configure providers.\(profile.name) with 'url' and 'key'"
        )
    }

    /// A known provider keeps its own manner of a format.
    private static func dialect(
        _ format: ProviderSettings.Format,
        of profile: ProviderProfile
    ) -> ProviderProfile.Dialect {
        switch (format, profile.dialect) {
        case (.openai, .openAI), (.anthropic, .anthropic), (.gemini, .gemini), (.ollama, .ollama): profile.dialect
        case (.openai, _): .openAI(.compatible)
        case (.anthropic, _): .anthropic
        case (.gemini, _): .gemini
        case (.ollama, _): .ollama(.init())
        }
    }
}

extension StructuredOutput {
    init(_ output: ProviderSettings.Output) {
        switch output {
        case .schema: self = .schema
        case .tool: self = .tool
        case .json: self = .json
        case .prompt: self = .prompt
        }
    }
}

extension KeySource {
    init(_ key: ProviderSettings.Key, home: String?) {
        switch key {
        case .environment(let name): self = .environment([name])
        case .file(let path): self = .file(path.hasPrefix("~/") ? (home ?? "") + path.dropFirst() : path)
        case .command(let words): self = .command(words)
        }
    }
}
