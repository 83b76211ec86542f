internal import Core
internal import Engine
internal import Models
internal import Settings

/// Which models a new run asks.
struct ModelPlan: Sendable {
    let table: RouteTable
    /// What was found where models were asked for; `nil` when nobody was.
    let catalogue: ModelCatalogue?
    /// What a person should know of the choice.
    let notices: [String]
    let isOffline: Bool
}

/// A wish for a model that nobody is known to offer.
struct UnknownModel: ReportableError {
    let text: String
    let reason: String
    /// Whom a name can begin with, where this one begins with nobody that is known.
    var known: [String]?

    var kind: FaultKind { .configuration }
    var description: String { "the model '\(text.printable)' cannot be used: \(reason)" }
    var hint: String? {
        let list = "'drydock models list' shows what can be had"
        guard let known else { return list + "; name one as PROVIDER/MODEL" }
        let name = text.prefix { $0 != "/" }
        guard let way = UnknownProvider(name: String(name), known: known).hint else { return list }
        return way + (way.hasSuffix("?") ? " " : "; ") + list
    }
}

extension ModelDesk {
    /// Chooses the models of a new run: what was asked for, or else the best that there is.
    ///
    /// - Parameter catalogue: What providers have just said, so that they are not asked again.
    /// - Returns: The plan.
    /// - Throws: ``UnknownModel``, ``ModelReferenceError``, ``ProviderFault`` when Drydock is offline and no model is on
    ///   this machine, `CancellationError`.
    func plan(knowing catalogue: ModelCatalogue? = nil) async throws -> ModelPlan {
        let text = settings[SettingKeys.model]
        guard text != "auto" else { return try await bestPlan(knowing: catalogue) }
        // What is only looked for on this machine is asked when it is named.
        let chosen = catalogue?.entries.filter { directory.named($0.provider)?.isChosen == true }
        return try await plan(for: text, catalogue: chosen.map { ModelCatalogue($0) })
    }

    /// A plan with the setting's model alone, whatever is configured for roles and as a fallback.
    ///
    /// - Throws: As ``plan()``.
    func planAlone() async throws -> ModelPlan {
        let text = settings[SettingKeys.model]
        return text == "auto" ? try await bestPlan() : try await plan(for: text, routes: RouteSettings.none)
    }

    /// The configuration, then keys in the environment, servers on this machine, agents on it, and no model at all.
    private func bestPlan(knowing known: ModelCatalogue? = nil) async throws -> ModelPlan {
        var notices: [String] = []
        let chosen = directory.providers.filter { $0.isChosen && (!isForcedOffline || $0.profile.isLocal) }
        let local = ["ollama", "llama.cpp"].compactMap(directory.named).filter { !$0.isChosen }
        for (group, limit) in [(chosen, ModelCatalogue.timeLimit), (local, 1_000)] where !group.isEmpty {
            let unknown = group.filter { known?[$0.name] == nil }
            let found = try await ModelCatalogue.discover(unknown.map(source), timeLimit: limit)
            let catalogue = ModelCatalogue(group.compactMap { known?[$0.name] ?? found[$0.name] })
            for entry in catalogue.entries {
                let isChosen = directory.named(entry.provider)?.isChosen == true
                // One that refuses is taken as well: only a person can mend that, and has to be told.
                if isChosen && entry.reach == .refused || entry.reach != .unreachable && entry.standard != nil {
                    let name = ([entry.provider] + (entry.standard.map { [$0] } ?? [])).joined(separator: "/")
                    return try await plan(for: name, catalogue: catalogue, notices: notices)
                }
                if isChosen { notices.append("'\(entry.provider)' is not used: \(entry.error ?? "no model")") }
            }
        }
        if !isForcedOffline, let agent = await agents.statuses().first(where: \.isAvailable) {
            return try await plan(for: agent.name, notices: notices)
        }
        return try await plan(for: BuiltinModel.identity.name, notices: notices)
    }

    func source(_ provider: ConfiguredProvider) -> CatalogueSource {
        CatalogueSource(
            provider.profile,
            client: client,
            key: key(of: provider),
            standard: provider.settings?.model,
            excluding: exclusions
        )
    }

    private var exclusions: ModelExclusions {
        ModelExclusions(settings.sections.providers.flatMap { entry in entry.excluded.map { entry.name + "/" + $0 } })
    }

    /// The plan with a model for all roles, the configured ones for some, and the configured fallback.
    private func plan(
        for text: String,
        catalogue known: ModelCatalogue? = nil,
        notices: [String] = [],
        routes: RouteSettings? = nil
    ) async throws -> ModelPlan {
        let routes = routes ?? settings.sections.routes
        let choice = try AgentPair.Choice(text, routes, of: agents)
        let names = choice.standard + routes.fallback + choice.roles.values.flatMap { $0 }
        let references = try names.reduce(into: [String: ModelReference]()) { references, name in
            let known = directory.names + agents.names + [BuiltinModel.identity.name]
            references[name] = try ModelReference(name, providers: Set(known))
        }
        let catalogue = try await self.catalogue(for: Array(references.values), known: known)
        var wishes = Wishes()
        for name in names where wishes.identities[name] == nil {
            do {
                wishes.identities[name] = try identity(references[name], name, in: catalogue)
            } catch {
                // The others can be asked; only the first choice is what a person waits for.
                guard name != choice.standard.first || (error as? ProviderFault)?.reason == .offline else {
                    throw error
                }
                wishes.refuse(name, error)
            }
        }
        for names in choice.pairs {
            let meant = Set(names.compactMap { wishes.identities[$0] })
            guard meant.count == 1, let agent = meant.first else { continue }
            throw UnknownModel(text: names.joined(separator: "+"), reason: "both names mean '\(agent)'")
        }
        let table = RouteTable(
            (choice.standard + routes.fallback).compactMap { wishes.identities[$0] },
            chains: choice.roles.mapValues { $0.compactMap { wishes.identities[$0] } },
            pair: choice.pair.compactMap { wishes.identities[$0] },
            parameters: parameters
        )
        let checked = catalogue.checked(table, excluding: exclusions)
        return ModelPlan(
            table: checked.table,
            catalogue: catalogue.entries.isEmpty ? nil : catalogue,
            notices: notices + choice.notices(of: checked.table) + wishes.notices + checked.notices.map { "\($0)" },
            isOffline: try isOffline(checked, catalogue, text, wishes)
        )
    }

    /// Whether only models of this machine are asked.
    ///
    /// A provider that gives no list in time may still answer later: only where somebody else can be asked is it taken for
    /// one that cannot be reached.
    private func isOffline(
        _ checked: ModelCatalogue.CheckedRoutes,
        _ catalogue: ModelCatalogue,
        _ text: String,
        _ wishes: Wishes
    ) throws -> Bool {
        guard let first = checked.table.first else {
            throw wishes.refusal
                ?? UnknownModel(text: text, reason: checked.notices.first?.reason ?? "it is not offered")
        }
        let hasLocal = checked.table.models.contains { isLocal($0) }
        guard isForcedOffline else {
            return hasLocal && settings[SettingKeys.offline] == .auto && catalogue.seemsOffline
        }
        guard !hasLocal else { return true }
        var fault = ProviderFault(.offline, "", provider: first.provider)
        fault.model = first.name
        throw wishes.refusal ?? fault
    }

    private func isLocal(_ model: ModelIdentity) -> Bool {
        model == BuiltinModel.identity || directory.named(model.provider)?.profile.isLocal == true
    }

    /// - Throws: ``UnknownModel``, and ``ProviderFault`` for a provider that is not asked while Drydock is offline.
    private func identity(
        _ reference: ModelReference?,
        _ name: String,
        in catalogue: ModelCatalogue
    ) throws -> ModelIdentity {
        let builtin = BuiltinModel.identity
        if [builtin.name, "\(builtin.provider)/\(builtin.name)"].contains(name) { return builtin }
        if let agent = reference?.provider.flatMap(agents.named) {
            let name = agents.name(of: agent)
            return ModelIdentity(provider: name, name: reference?.model ?? name)
        }
        if let reference, let identity = catalogue.identity(of: reference) { return identity }
        guard let provider = reference?.provider else {
            let asked = catalogue.entries.map(\.provider).joined(separator: ", ")
            let reason = asked.isEmpty ? "no provider is configured" : "none of \(asked) lists it"
            let known = name.contains("/") ? directory.names + agents.profiles.map(agents.name) : nil
            throw UnknownModel(text: name, reason: reason, known: known)
        }
        if isForcedOffline, directory.named(provider)?.profile.isLocal == false {
            throw ProviderFault(.offline, "", provider: provider)
        }
        throw UnknownModel(text: name, reason: catalogue[provider]?.error ?? "'\(provider)' lists no model")
    }

    /// Asks the providers that the references name, or all that are chosen where one names none.
    private func catalogue(for references: [ModelReference], known: ModelCatalogue?) async throws -> ModelCatalogue {
        let named = Set(references.compactMap(\.provider))
        let isOpen = references.contains { $0.provider == nil && $0.model != BuiltinModel.identity.name }
        let wanted = directory.providers.filter { named.contains($0.name) || isOpen && $0.isChosen }
        let missing = wanted.filter { known?[$0.name] == nil && (!isForcedOffline || $0.profile.isLocal) }
        guard !missing.isEmpty else { return known ?? ModelCatalogue([]) }
        let found = try await ModelCatalogue.discover(missing.map(source))
        return ModelCatalogue((known?.entries ?? []) + found.entries)
    }

    private var parameters: ModelParameters {
        ModelParameters(
            temperature: settings[SettingKeys.temperature],
            maxOutputTokens: settings[SettingKeys.answerTokens],
            seed: settings[SettingKeys.seed] ?? ModelParameters.deterministic.seed
        )
    }
}

/// The models that were asked for by name, as far as somebody offers them.
private struct Wishes {
    var identities: [String: ModelIdentity] = [:]
    private(set) var notices: [String] = []
    /// Why the first of the others cannot be had.
    private(set) var refusal: (any Error)?

    mutating func refuse(_ name: String, _ error: any Error) {
        guard !notices.contains(where: { $0.hasPrefix("'\(name)' ") }) else { return }
        let reason = (error as? UnknownModel)?.reason ?? "\(error)"
        notices.append("'\(name)' is not used: \(reason)")
        refusal = refusal ?? error
    }
}

extension ModelPlan {
    /// Refuses a budget in dollars when nobody knows what a model costs.
    static func check(_ budget: BudgetCaps, for table: RouteTable, of desk: ModelDesk) throws(UnpricedModel) {
        guard budget.usd != nil else { return }
        for model in table.models where model != BuiltinModel.identity && desk.prices.price(of: model) == nil {
            if let provider = desk.directory.named(model.provider) {
                guard provider.profile.isLocal else { throw UnpricedModel(model: model, isAgent: false) }
            } else if let agent = desk.agents.named(model.provider), agent.answer.cost == nil {
                // Without billing an agent works on its owner's subscription, and costs nothing more.
                guard !desk.agents.policy.allowsBilling else { throw UnpricedModel(model: model, isAgent: true) }
            }
        }
    }

    /// Whether an agent is the first choice for what workers write: what it does cannot be played back.
    func hasAgentAsWriter(in directory: AgentDirectory) -> Bool {
        table.chain(for: GenerateContract.name).first.flatMap { directory.named($0.provider) } != nil
    }
}

/// A budget in dollars for a model that nobody knows the cost of.
struct UnpricedModel: ReportableError {
    let model: ModelIdentity
    let isAgent: Bool

    var kind: FaultKind { .configuration }
    var description: String {
        isAgent
            ? "a budget in USD needs an agent that says what it has cost, which '\(model)' does not"
            : "a budget in USD needs the price of '\(model)', which is not configured"
    }
    var hint: String? {
        isAgent
            ? "use --max-tokens or --max-time, or set 'agentBilling' to 'never'"
            : "configure providers.\(model.provider).prices with {\(model.name): {input: …, output: …}}, in USD for a million tokens"
    }
}
