internal import Engine
internal import Models

/// What was found of the models of a table.
struct FoundModels {
    enum Found {
        case model(RouteCandidate)
        case agent(AgentModel)
    }

    /// In the table's order.
    private var found: [(identity: ModelIdentity, what: Found)] = []
    /// Why the others cannot be used.
    var unusable: [ModelIdentity: ProviderFault] = [:]

    mutating func add(_ identity: ModelIdentity, _ what: Found?) {
        if let what { found.append((identity, what)) }
    }

    /// The agents that write files, in the table's order: its pair, or else the first model that can be asked for them, if
    /// that is an agent.
    private func writers(of table: RouteTable) -> [(identity: ModelIdentity, agent: AgentModel)] {
        let chain = table.chain(for: GenerateContract.name)
        let usable = chain.compactMap { model in found.first { $0.identity == model } }
        let first = table.pair.isEmpty ? Array(usable.prefix(1)) : usable.filter { table.pair.contains($0.identity) }
        return first.compactMap { identity, what in
            guard case .agent(let agent) = what else { return nil }
            return (identity, agent)
        }
    }

    /// Who writes files in place of a model; they may give way to one where there is another.
    func agentWriters(of table: RouteTable, isOffline: Bool) -> AgentWriters {
        guard !isOffline else {
            let reason = "it talks to a service of its own, and Drydock is offline"
            return AgentWriters(absent: Dictionary(uniqueKeysWithValues: table.pair.map { ($0, reason) }))
        }
        let writers = writers(of: table)
        let names = writers.map(\.identity)
        let hasOther = table.chain(for: GenerateContract.name).contains { model in
            !names.contains(model) && found.contains { $0.identity == model }
        }
        return AgentWriters(
            writers.map { AgentWriter($0.agent, fallsBack: hasOther) },
            absent: unusable.filter { table.pair.contains($0.key) }.mapValues { "\($0)" }
        )
    }

    /// Whom to ask questions; who writes files is not asked for them once more.
    func candidates(writers: AgentWriters) -> [RouteCandidate] {
        let writers = writers.present.map(\.agent.identity)
        return found.map { identity, what in
            switch what {
            case .model(let candidate): return candidate
            case .agent(let agent):
                let notFor: Set = writers.contains(identity) ? [GenerateContract.name] : []
                return RouteCandidate(agent, identity: identity, isLocal: false, notFor: notFor)
            }
        }
    }
}
