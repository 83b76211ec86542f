internal import CommandLineKit
internal import Core
internal import HTTPClientKit
internal import Models

/// `drydock models status`: how the providers do.
struct ModelsStatus: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Show which providers can be reached, and which models are left alone for a while.",
        discussion: """
            Asks every provider that is configured, has a key in the environment, or answers on this machine. The last \
            line says what a new run would ask.
            """
    )

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Report: Encodable {
        let next: ModelIdentity?
        let providers: [ProviderStatus]
        let loaded: [LoadedStatus]
        let breakers: [BreakerStatus]
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        let output = output.makeOutput(settings)
        let desk = try ModelDesk(surroundings, settings)
        let catalogue = try await desk.catalogue(of: nil)
        let providers = catalogue.entries.map { ProviderStatus($0, desk.directory) }
        let breakers = try await desk.breaker.states().map(BreakerStatus.init)
        let loaded = await desk.loadedModels(catalogue)
        let next: Result<ModelPlan, any Error>
        do { next = .success(try await desk.plan(knowing: catalogue)) } catch { next = .failure(error) }
        if output.isJSON {
            let first = try? next.get().table.first
            try output.json(Report(next: first, providers: providers, loaded: loaded, breakers: breakers))
            return
        }
        try output.table(table(providers))
        for line in loaded.map(\.line) { try output.result(line.printable) }
        for breaker in breakers where breaker.state != "closed" {
            let reason = (breaker.reason ?? "").printable
            try output.result("'\(breaker.model.description.printable)' is left alone (\(breaker.state)): \(reason)")
        }
        switch next {
        case .success(let plan):
            let model = plan.table.first ?? BuiltinModel.identity
            try output.result("A new run asks '\(model.description.printable)'.")
        case .failure(let error): try output.result("A new run cannot begin: \(ErrorReport(error).message.printable)")
        }
    }

    private func table(_ providers: [ProviderStatus]) -> Table {
        var table = Table(columns: [
            Table.Column(title: "PROVIDER"), Table.Column(title: "STATE"),
            Table.Column(title: "MODELS", isNumber: true), Table.Column(title: "WHERE"),
            Table.Column(title: "REMARK", shrinks: true),
        ])
        table.rows = providers.map { provider in
            let isWell = provider.error == nil
            return [
                Table.Cell(provider.provider, .cyan),
                Table.Cell(provider.state, isWell ? .green : provider.isLocal ? .dim : .yellow),
                Table.Cell("\(provider.models)"), Table.Cell(provider.url.printable),
                Table.Cell((provider.error ?? provider.standard.map { "would ask " + $0 } ?? "").printable, .dim),
            ]
        }
        return table
    }
}

/// How a provider does.
private struct ProviderStatus: Encodable {
    let provider: String
    let url: String
    let isLocal: Bool
    let state: String
    let models: Int
    let standard: String?
    let error: String?

    init(_ entry: ModelCatalogue.Entry, _ directory: ProviderDirectory) {
        provider = entry.provider
        url = directory.named(entry.provider)?.profile.baseURL ?? ""
        isLocal = entry.isLocal
        state =
            switch entry.reach {
            case .reached: entry.isDegraded ? "in trouble" : "ready"
            case .refused: "refuses"
            case .unreachable: "unreachable"
            case .notAsked: "not asked"
            }
        models = entry.isDegraded ? 0 : entry.models.count
        standard = entry.standard
        error = entry.error
    }
}

/// A model in a local server's memory.
private struct LoadedStatus: Encodable {
    let provider: String
    let model: LoadedModel

    var line: String {
        "'\(provider)/\(model.name)' is loaded: \(Amounts.bytes(Int(model.bytes))), \(Amounts.bytes(Int(model.videoBytes))) of it on a"
            + " graphics card."
    }
}

extension ModelDesk {
    /// What the local servers that gave a list hold in memory; one that does not say is left out.
    fileprivate func loadedModels(_ catalogue: ModelCatalogue) async -> [LoadedStatus] {
        var loaded: [LoadedStatus] = []
        for entry in catalogue.entries where entry.isLocal && !entry.isDegraded {
            guard let provider = directory.named(entry.provider) else { continue }
            let limits = HTTPLimits(firstByte: .seconds(2), idle: .seconds(2), total: .seconds(2))
            let server = HTTPModel(provider.profile, model: "", client: client, key: key(of: provider), limits: limits)
            for model in (try? await server.loadedModels()) ?? [] {
                loaded.append(LoadedStatus(provider: entry.provider, model: model))
            }
        }
        return loaded
    }
}

/// How a model has done lately.
private struct BreakerStatus: Encodable {
    let model: ModelIdentity
    let state: String
    let failures: Int
    let openUntil: Int64?
    let reason: String?

    init(_ entry: (record: BreakerRecord, state: BreakerState)) {
        model = entry.record.model
        failures = entry.record.failures
        openUntil = entry.record.openUntil
        reason = entry.record.reason
        state =
            switch entry.state {
            case .closed: "closed"
            case .open: "open"
            case .halfOpen: "half-open"
            }
    }
}

extension ModelDesk {
    /// What the providers list: one, or all that are configured, have a key, or may answer on this machine.
    ///
    /// - Throws: ``UnknownProvider``, `CancellationError`.
    func catalogue(of name: String?) async throws -> ModelCatalogue {
        if let name {
            guard let provider = directory.named(name) else {
                throw UnknownProvider(name: name, known: directory.names)
            }
            return try await .discover([source(provider)])
        }
        let wanted = directory.providers.filter { $0.isChosen || ["ollama", "llama.cpp"].contains($0.name) }
        return try await .discover(wanted.filter { !isForcedOffline || $0.profile.isLocal }.map(source))
    }

    /// A model of the local Ollama, as it is fetched and removed.
    func localModel(_ name: String) throws -> HTTPModel {
        let reference = try ModelReference(name, providers: Set(directory.names))
        let provider = directory.named(reference.provider ?? "ollama")
        guard let provider, let model = reference.model else {
            throw UnknownModel(text: name, reason: "it names no model")
        }
        return HTTPModel(
            provider.profile,
            model: model,
            client: client,
            key: key(of: provider),
            limits: HTTPModel.fetchLimits
        )
    }
}
