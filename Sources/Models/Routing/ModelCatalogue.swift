/// The models that each provider offers, as they were found when a run began; stored with the run.
package struct ModelCatalogue: Codable, Sendable, Hashable {
    /// What asking for a list has shown of the way to a provider.
    package enum Reach: String, CaseIterable, Codable, Sendable {
        case reached
        /// It answers, but not us: a key that is not accepted, no credit.
        case refused
        /// No connection, or no answer in time.
        case unreachable
        /// It was not asked, such as for want of a key.
        case notAsked
    }

    /// The models of one provider.
    package struct Entry: Codable, Sendable, Hashable {
        package let provider: String
        package let isLocal: Bool
        /// In the provider's order; the default model alone when there is no list.
        package let models: [ListedModel]
        /// The model to ask when only the provider is named; `nil` when nobody can tell.
        package let standard: String?
        package let reach: Reach
        /// Why there is no list; `nil` when there is one.
        package let error: String?

        /// Whether there is no list, so that any model may be there.
        package var isDegraded: Bool { error != nil }

        package init(
            provider: String,
            isLocal: Bool,
            models: [ListedModel],
            standard: String?,
            reach: Reach = .reached,
            error: String? = nil
        ) {
            self.provider = provider
            self.isLocal = isLocal
            self.models = models
            self.standard = standard
            self.reach = reach
            self.error = error
        }
    }

    /// In the order of the providers that were asked.
    package let entries: [Entry]

    package init(_ entries: [Entry]) { self.entries = entries }

    package subscript(provider: String) -> Entry? { entries.first { $0.provider == provider } }

    /// Whether there is no network: other machines were asked for lists, and none of them could be reached.
    package var seemsOffline: Bool {
        let remote = entries.lazy.filter { !$0.isLocal }
        return remote.contains { $0.reach == .unreachable }
            && !remote.contains { [.reached, .refused].contains($0.reach) }
    }

    /// The model that a reference means; `nil` when nobody is known to offer it.
    package func identity(of reference: ModelReference) -> ModelIdentity? {
        let provider =
            reference.provider
            ?? reference.model.flatMap { model in
                entries.first { !$0.isDegraded && $0.offers(model) }?.provider
            }
        guard let provider, let model = reference.model ?? self[provider]?.standard else { return nil }
        return ModelIdentity(provider: provider, name: model)
    }
}

extension ModelCatalogue.Entry {
    /// Whether the provider lists a model, or one that the name is short for.
    ///
    /// Ollama leaves `:latest` out, and vendors take names without the date that their lists give.
    package func offers(_ name: String) -> Bool {
        let stem = name.hasSuffix("-latest") ? String(name.dropLast(7)) : name
        return models.contains { listed in
            listed.name == name || listed.name == name + ":latest"
                || listed.name.hasPrefix(stem + "-") && Self.isDate(listed.name.dropFirst(stem.count + 1))
        }
    }

    /// `20250929` or `2025-09-29`.
    private static func isDate(_ text: Substring) -> Bool {
        let digits = text.filter { $0 != "-" }
        return digits.count == 8 && digits.hasPrefix("20") && digits.allSatisfy { $0.isASCII && $0.isNumber }
            && [8, 10].contains(text.count)
    }
}
