internal import CommandLineKit
internal import Core
internal import Engine
internal import Models
internal import Settings

/// `drydock models list`: what the providers list.
struct ModelsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models of the providers that can be asked.",
        examples: [
            CommandExample("drydock models list", "All that is configured, has a key, or answers on this machine."),
            CommandExample("drydock models list ollama --names", "One name a line, for a script."),
            CommandExample("drydock models list --run latest", "What the newest run's models were chosen from."),
        ]
    )

    @Argument(help: "One provider.", valueName: "PROVIDER", completion: .values(ProviderProfile.known.map(\.name)))
    var provider: String?

    @Option(
        help: "Show the lists that a run keeps from its beginning, and ask nobody.",
        valueName: "RUN",
        completion: RunArgument.names
    )
    var run: RunArgument?

    @Flag(help: "Print the names only.")
    var names = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Row: Encodable {
        let provider: String
        let model: ListedModel
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        let output = output.makeOutput(settings)
        let entries = try await entries(surroundings, settings, output)
        let rows = entries.filter { run != nil || !$0.isDegraded }.flatMap { entry in
            entry.models.map { Row(provider: entry.provider, model: $0) }
        }
        if names {
            try output.names(rows.map { ($0.provider + "/" + $0.model.name).printable })
        } else if output.isJSON {
            try output.json(rows)
        } else {
            try output.table(table(rows))
        }
        for entry in entries where entry.isDegraded && (provider != nil || run != nil || !entry.isLocal) {
            output.note("'\(entry.provider)' lists no models: \((entry.error ?? "").printable)")
        }
        guard provider == nil || !rows.isEmpty else { throw ExitStatus(code: FaultKind.failed.exitStatus) }
    }

    /// What the providers list, or what they listed when the run began.
    private func entries(
        _ surroundings: Surroundings,
        _ settings: Settings,
        _ output: Output
    ) async throws -> [ModelCatalogue.Entry] {
        guard let run else { return try await ModelDesk(surroundings, settings).catalogue(of: provider).entries }
        guard surroundings.hasJournal else { throw RunError.notFound(run.text) }
        let service = try await Dock.open(surroundings, settings).service
        let kept = try await service.catalogue(of: service.run(named: run.text))
        if kept == nil { output.note("the run keeps no lists: no provider was asked for one when it began") }
        return kept?.entries.filter { provider == nil || $0.provider == provider } ?? []
    }

    private func table(_ rows: [Row]) -> Table {
        var table = Table(columns: [
            Table.Column(title: "MODEL"), Table.Column(title: "CONTEXT", isNumber: true),
            Table.Column(title: "SIZE", isNumber: true), Table.Column(title: "TITLE", shrinks: true),
        ])
        table.rows = rows.map { row in
            [
                Table.Cell((row.provider + "/" + row.model.name).printable, .cyan),
                Table.Cell(row.model.contextTokens.map { "\($0)" } ?? ""),
                Table.Cell(row.model.bytes.map { Amounts.bytes(Int($0)) } ?? row.model.parameterSize?.printable ?? ""),
                Table.Cell((row.model.title ?? "").printable),
            ]
        }
        return table
    }
}
