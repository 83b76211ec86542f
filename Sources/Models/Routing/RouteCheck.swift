/// Names of models that configuration excludes, such as `openai/gpt-4o`, `openai/gpt-3*` or `llama3`.
package struct ModelExclusions: Codable, Sendable, Hashable {
    /// With or without the provider; a `*` at the end stands for anything.
    package let patterns: [String]

    package static let none = ModelExclusions([])

    package init(_ patterns: [String]) { self.patterns = patterns }

    package func contains(_ model: ModelIdentity) -> Bool {
        patterns.contains { pattern in
            [model.name, model.provider + "/" + model.name].contains { name in
                pattern.hasSuffix("*") ? name.hasPrefix(pattern.dropLast()) : name == pattern
            }
        }
    }
}

extension ModelCatalogue {
    /// A route table that names only models that can be there, and what was changed for that.
    package struct CheckedRoutes: Codable, Sendable, Hashable {
        package let table: RouteTable
        package let notices: [RouteNotice]
    }

    /// Replaces the models of a table that their providers do not list, or that are excluded.
    ///
    /// In the place of a role's model comes the run's model, the first of those for all roles; else the default of its
    /// own provider; else none. A provider that gave no list, or that the catalogue does not know, is believed to offer
    /// any model.
    ///
    /// - Parameters:
    ///   - table: The table to check.
    ///   - exclusions: The models that may not be used.
    /// - Returns: The table to use, and a notice for each model that was replaced or left out.
    package func checked(_ table: RouteTable, excluding exclusions: ModelExclusions = .none) -> CheckedRoutes {
        var notices: [ModelIdentity: RouteNotice] = [:]
        let first = table.standard.first
        let runModel = first.flatMap { why($0, exclusions) == nil ? $0 : fallback(of: $0, exclusions) }
        func replacing(_ chain: [ModelIdentity], by runModel: ModelIdentity?) -> [ModelIdentity] {
            chain.compactMap { model in
                guard let reason = why(model, exclusions) else { return model }
                let next = runModel ?? fallback(of: model, exclusions)
                notices[model] = notices[model] ?? RouteNotice(.excluded, model, next: next, reason: reason)
                return next
            }
        }
        let standard = replacing(table.standard, by: nil)
        let chains = table.chains.mapValues { replacing($0, by: runModel) }
        return CheckedRoutes(
            table: RouteTable(standard, chains: chains, pair: table.pair, parameters: table.parameters),
            notices: table.models.compactMap { notices[$0] }
        )
    }

    /// Why a model cannot be used; `nil` when it can.
    private func why(_ model: ModelIdentity, _ exclusions: ModelExclusions) -> String? {
        if exclusions.contains(model) { return "it is excluded by configuration" }
        guard let entry = self[model.provider], !entry.isDegraded, !entry.offers(model.name) else { return nil }
        return "its provider does not list it"
    }

    private func fallback(of model: ModelIdentity, _ exclusions: ModelExclusions) -> ModelIdentity? {
        guard let name = self[model.provider]?.standard else { return nil }
        let standard = ModelIdentity(provider: model.provider, name: name)
        return why(standard, exclusions) == nil ? standard : nil
    }
}
