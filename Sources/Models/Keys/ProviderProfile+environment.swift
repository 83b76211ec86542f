/// What the environment says of a provider.
extension ProviderProfile {
    /// The profile with the base URL that the environment names, where it names one.
    ///
    /// `OLLAMA_HOST` may be a host alone, and a host that servers listen on everywhere is asked on this machine.
    package func adapted(to environment: [String: String]) -> ProviderProfile {
        guard let urlVariable, let value = environment[urlVariable], !value.isEmpty else { return self }
        var profile = self
        profile.baseURL = value.hasSuffix("/") ? String(value.dropLast()) : value
        if case .ollama = dialect { profile.baseURL = Self.ollamaURL(profile.baseURL) }
        return profile
    }

    /// Where the key comes from when nothing else is configured: the environment, or nowhere where none is needed.
    package func keySource(in environment: [String: String]) -> KeySource {
        let isSet = keyVariables.contains { environment[$0]?.isEmpty == false }
        return needsKey || isSet ? .environment(keyVariables) : .none
    }

    private static func ollamaURL(_ value: String) -> String {
        let hasScheme = value.hasPrefix("http://") || value.hasPrefix("https://")
        let url = hasScheme ? value : "http://" + value
        let rest = url.drop { $0 != "/" }.dropFirst(2)
        let host = rest.prefix { $0 != "/" }
        let name = host.hasPrefix("[") ? host.prefix { $0 != "]" } + "]" : host.prefix { $0 != ":" }
        let port = host.dropFirst(name.count).isEmpty && !hasScheme ? ":11434" : host.dropFirst(name.count)
        let reachable = ["0.0.0.0", "[::]", ""].contains(name) ? "127.0.0.1" : String(name)
        return url.prefix { $0 != "/" } + "//" + reachable + port + rest.dropFirst(host.count)
    }
}
