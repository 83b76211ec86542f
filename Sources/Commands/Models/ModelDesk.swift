internal import Core
internal import Engine
internal import HTTPClientKit
internal import Models
internal import Sandbox
internal import Settings
internal import Synchronization

/// The models that can be had here: what is known of providers, what a person has configured, and what can be reached.
struct ModelDesk: Sendable {
    let directory: ProviderDirectory
    let agents: AgentDirectory
    let client: HTTPClient
    let settings: Settings
    let environment: [String: String]
    private let folder: String
    private let scratch: String
    private let keys: Keys

    /// Whether a person wants only models of this machine.
    let isForcedOffline: Bool

    /// - Throws: ``SettingsError`` for a provider or an agent that cannot be one.
    init(_ surroundings: Surroundings, _ settings: Settings, isOffline: Bool = false) throws {
        isForcedOffline = isOffline || settings[SettingKeys.offline] == .on
        environment = surroundings.environment
        directory = try ProviderDirectory(settings, environment: environment)
        agents = try AgentDirectory(settings, environment: environment, providers: directory.names)
        self.settings = settings
        folder = surroundings.folders.state + "/models"
        scratch = surroundings.folders.runs + "/agents"
        keys = Keys(directory, environment)
        client = HTTPClient(
            HTTPClientConfiguration(
                proxies: HTTPProxies(environment: environment),
                authorities: environment["CURL_CA_BUNDLE"] ?? environment["SSL_CERT_FILE"],
                loopbackOnly: isForcedOffline
            )
        )
    }

    /// How the models have done lately; shared with other processes.
    var breaker: CircuitBreaker { CircuitBreaker(FileBreakerStore(folder: folder + "/breakers")) }

    /// The key of a provider, looked up once.
    func key(of provider: ConfiguredProvider) -> ProviderKey { keys[provider.name] }

    /// What answers for a run's table of routes, and who writes its workers' files in place of a model.
    ///
    /// An agent writes files itself where it is the first one that can be used, or one of a pair: then it is not asked for them
    /// again as a model. One that cannot be used is left to the others, and the router says why.
    ///
    /// - Throws: ``UnknownProvider`` when the table's first choice is no longer configured, and ``ProviderFault`` when it
    ///   cannot be used here.
    func staff(
        for table: RouteTable,
        of request: RunRequest,
        isOffline: Bool,
        runner: any CommandRunner
    ) async throws -> (model: any ModelProvider, agents: any AgentSource) {
        let models = table.models
        guard models != [BuiltinModel.identity] else { return (BuiltinModel(), NoAgents()) }
        guard let first = table.first, agents.named(first.provider) != nil || isKnown(first) else {
            throw UnknownProvider(name: table.first?.provider ?? "", known: directory.names)
        }
        var found = FoundModels()
        var refusal: ProviderFault?
        for model in models {
            do {
                try await found.add(model, candidate(model, request, runner))
            } catch let fault as ProviderFault where model != first || [.notAllowed, .offline].contains(fault.reason) {
                found.unusable[model] = fault
            } catch let fault as ProviderFault where table.pair.contains(model) {
                // One of a pair suffices.
                found.unusable[model] = fault
                refusal = fault
            }
        }
        if let refusal, !table.pair.contains(where: { found.unusable[$0] == nil }) { throw refusal }
        let writers = found.agentWriters(of: table, isOffline: isOffline)
        let parts = RoutingParts(
            breaker: breaker,
            limiters: limiters,
            prices: prices,
            capability: CapabilityCheck(folder: folder + "/capability")
        )
        let router = ModelRouter(
            table,
            candidates: found.candidates(writers: writers),
            unusable: found.unusable,
            isOffline: isOffline,
            parts: parts
        )
        return (router, SameAgents(writers))
    }

    private func isKnown(_ model: ModelIdentity) -> Bool {
        model == BuiltinModel.identity || directory.named(model.provider) != nil
    }

    /// A model alone: one attempt, nobody in its place.
    ///
    /// - Throws: ``UnknownProvider``.
    func single(_ model: ModelIdentity, runner: any CommandRunner) async throws -> any ModelProvider {
        switch try await candidate(model, nil, runner) {
        case .model(let candidate): return candidate.provider
        case .agent(let agent): return agent
        case nil: throw UnknownProvider(name: model.provider, known: directory.names)
        }
    }

    private func candidate(
        _ model: ModelIdentity,
        _ request: RunRequest?,
        _ runner: any CommandRunner
    ) async throws -> FoundModels.Found? {
        if model == BuiltinModel.identity { return .model(RouteCandidate(BuiltinModel(), isLocal: true)) }
        if let agent = try await agent(model, request, runner) { return .agent(agent) }
        guard let provider = directory.named(model.provider) else { return nil }
        return .model(RouteCandidate(provider.profile, model: model.name, client: client, key: keys[provider.name]))
    }

    /// The agent that a table of routes names; `nil` when it names none.
    ///
    /// - Throws: ``ProviderFault`` when it cannot be used here.
    private func agent(
        _ model: ModelIdentity,
        _ request: RunRequest?,
        _ runner: any CommandRunner
    ) async throws -> AgentModel? {
        guard var profile = agents.named(model.provider) else { return nil }
        if let refusal = request.flatMap(agents.policy.refusal) {
            throw ProviderFault(.notAllowed, refusal, provider: profile.name)
        }
        // First, so that not even its version is asked for.
        guard !isForcedOffline else {
            throw ProviderFault(.offline, "an agent talks to a service of its own", provider: profile.name)
        }
        let status = await agents.status(of: profile)
        if let reason = status.reason {
            let isMissing = status.program == nil
            let why: ProviderFault.Reason =
                !profile.enabled ? .notAllowed : isMissing ? .notInstalled : .notLoggedIn
            throw ProviderFault(why, reason + (status.hint.map { "; " + $0 } ?? ""), provider: profile.name)
        }
        // By one name everywhere: the run's routes and its journal say the same.
        profile.name = model.provider
        return AgentModel(
            profile,
            model: model.name == model.provider ? nil : model.name,
            version: status.version,
            policy: agents.policy,
            runner: runner,
            environment: environment,
            scratch: scratch
        )
    }

    private var limiters: RateLimiters {
        RateLimiters(
            Dictionary(
                uniqueKeysWithValues: settings.sections.providers.map { provider in
                    let limits = ProviderLimits(
                        requestsPerMinute: provider.requestsPerMinute,
                        tokensPerMinute: provider.tokensPerMinute,
                        concurrency: provider.concurrency
                    )
                    return (provider.name, limits)
                }
            )
        )
    }

    var prices: PriceTable {
        var prices: [String: ModelPrice] = [:]
        for provider in settings.sections.providers {
            for (model, price) in provider.prices {
                prices[provider.name + "/" + model] = ModelPrice(
                    inputPerMillion: price.input,
                    outputPerMillion: price.output,
                    cachedInputPerMillion: price.cachedInput,
                    cacheWritePerMillion: price.cacheWrite
                )
            }
        }
        return PriceTable(prices)
    }

    /// A redactor that knows the keys with which the models of a table are asked, also one that is found or renewed later.
    ///
    /// - Parameters:
    ///   - redactor: What else it knows.
    ///   - table: The models.
    /// - Returns: The redactor.
    /// - Throws: ``ProviderFault`` when the first choice has no key; one that is missing elsewhere is found out when it is
    ///   needed.
    func redactor(_ redactor: Redactor, for table: RouteTable) async throws -> Redactor {
        for model in table.models {
            guard let provider = directory.named(model.provider) else { continue }
            guard !isForcedOffline || provider.profile.isLocal else { continue }
            do {
                _ = try await keys[provider.name].value()
            } catch var fault as ProviderFault {
                fault.provider = provider.name
                guard model != table.first else { throw fault }
            }
        }
        return redactor.sharing(keys.secrets)
    }
}

/// One key for each provider, however many of its models are asked.
private final class Keys: Sendable {
    private let directory: ProviderDirectory
    private let environment: [String: String]
    /// All that were found, and what else of the environment is secret: a provider may send anything back.
    let secrets = SecretBook()
    private let keys = Mutex<[String: ProviderKey]>([:])

    init(_ directory: ProviderDirectory, _ environment: [String: String]) {
        self.directory = directory
        self.environment = environment
        for (name, value) in environment where Redactor.namesSecret(name) { secrets.add(value, named: name) }
    }

    subscript(provider: String) -> ProviderKey {
        keys.withLock { keys in
            if let key = keys[provider] { return key }
            let key = ProviderKey(
                directory.named(provider)?.keySource ?? .none,
                environment: environment,
                name: provider + " key",
                secrets: secrets
            )
            keys[provider] = key
            return key
        }
    }
}

/// A provider that is neither known nor configured.
struct UnknownProvider: ReportableError {
    let name: String
    let known: [String]

    var kind: FaultKind { .configuration }
    var description: String { "there is no provider of models '\(name.printable)'" }
    var hint: String? {
        Suggestions.question(for: name, in: known)
            ?? "known are \(known.joined(separator: ", ")); another one is configured below 'providers' of config.yaml, with its 'url'"
    }
}
