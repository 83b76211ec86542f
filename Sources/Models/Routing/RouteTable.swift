/// Which models are asked, and in which order, for each kind of question; recorded with a run.
package struct RouteTable: Codable, Sendable, Hashable {
    /// The models of a role, such as `plan` or `fix`: the name of the contract.
    package let chains: [String: [ModelIdentity]]
    /// The models of every role that has none of its own, and those that every role falls back on.
    package let standard: [ModelIdentity]
    /// Two agents that each write all files of a worker, of which one result counts; empty where one writes them.
    package let pair: [ModelIdentity]
    /// For whoever makes the requests: they are recorded with each of them.
    package let parameters: ModelParameters

    /// - Parameters:
    ///   - standard: The models for all roles, the first choice first.
    ///   - chains: The models that roles prefer.
    ///   - pair: The agents that write side by side; they count where they are the first of those that write.
    ///   - parameters: How all of them are to choose their words.
    package init(
        _ standard: [ModelIdentity],
        chains: [String: [ModelIdentity]] = [:],
        pair: [ModelIdentity] = [],
        parameters: ModelParameters = .deterministic
    ) {
        self.standard = Self.cleaned(standard)
        self.chains = chains.mapValues(Self.cleaned).filter { !$0.value.isEmpty }
        let writers = Self.cleaned((self.chains[GenerateContract.name] ?? []) + self.standard)
        self.pair = pair.count == 2 && Array(writers.prefix(2)) == pair ? pair : []
        self.parameters = parameters
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            try members.decode([ModelIdentity].self, forKey: .standard),
            chains: try members.decodeIfPresent([String: [ModelIdentity]].self, forKey: .chains) ?? [:],
            pair: try members.decodeIfPresent([ModelIdentity].self, forKey: .pair) ?? [],
            parameters: try members.decodeIfPresent(ModelParameters.self, forKey: .parameters) ?? .deterministic
        )
    }

    /// The models to ask for a role, the first choice first: its own and then those for all roles, none twice.
    package func chain(for role: String) -> [ModelIdentity] {
        Self.cleaned((chains[role] ?? []) + standard)
    }

    /// Every model of the table once: those for all roles, then those of the roles in the order of their names.
    package var models: [ModelIdentity] {
        Self.cleaned(standard + chains.sorted { $0.key < $1.key }.flatMap(\.value))
    }

    /// The first model that answers for a role that nothing is said of.
    package var first: ModelIdentity? { models.first }

    /// Without those that are there already and those without a provider or a name.
    private static func cleaned(_ models: [ModelIdentity]) -> [ModelIdentity] {
        var seen: Set<ModelIdentity> = []
        return models.filter { !$0.provider.isEmpty && !$0.name.isEmpty && seen.insert($0).inserted }
    }
}
