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

    /// The first model that can be asked for files, if that is an agent.
    func writer(of table: RouteTable) -> (identity: ModelIdentity, agent: AgentModel)? {
        let usable = table.chain(for: GenerateContract.name).lazy.compactMap { model in
            found.first { $0.identity == model }
        }
        guard let first = usable.first, case .agent(let agent) = first.what else { return nil }
        return (first.identity, agent)
    }

    /// Whether another model can be asked for files when the writer gives none.
    func hasOther(than writer: ModelIdentity?, in table: RouteTable) -> Bool {
        table.chain(for: GenerateContract.name).contains { model in
            model != writer && found.contains { $0.identity == model }
        }
    }

    func candidates(writer: ModelIdentity?) -> [RouteCandidate] {
        found.map { identity, what in
            switch what {
            case .model(let candidate): return candidate
            case .agent(let agent):
                let notFor: Set = identity == writer ? [GenerateContract.name] : []
                return RouteCandidate(agent, identity: identity, isLocal: false, notFor: notFor)
            }
        }
    }
}
