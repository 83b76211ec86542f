internal import CommandLineKit
internal import Core
internal import Models

/// `drydock models`: which models there are.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show which models there are, and fetch or remove local ones.",
        sections: [
            CommandSection("Commands", [ModelsStatus.self, ModelsList.self, ModelsPull.self, ModelsRemove.self])
        ],
        defaultSubcommand: ModelsStatus.self
    )
}

/// `drydock models list`: what the providers list.
struct ModelsList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list",
        abstract: "List the models of the providers that can be asked.",
        examples: [
            CommandExample("drydock models list", "All that is configured, has a key, or answers on this machine."),
            CommandExample("drydock models list ollama --names", "One name a line, for a script."),
        ]
    )

    @Argument(help: "One provider.", valueName: "PROVIDER", completion: .values(ProviderProfile.known.map(\.name)))
    var provider: String?

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
        let desk = try ModelDesk(surroundings, settings)
        let catalogue = try await desk.catalogue(of: provider)
        let rows = catalogue.entries.filter { !$0.isDegraded }.flatMap { entry in
            entry.models.map { Row(provider: entry.provider, model: $0) }
        }
        if names {
            try output.result(rows.map { ($0.provider + "/" + $0.model.name).printable })
        } else if output.isJSON {
            try output.json(rows)
        } else {
            try output.table(table(rows))
        }
        for entry in catalogue.entries where entry.isDegraded && (provider != nil || !entry.isLocal) {
            output.note("'\(entry.provider)' lists no models: \((entry.error ?? "").printable)")
        }
        guard provider == nil || !rows.isEmpty else { throw ExitStatus(code: FaultKind.failed.exitStatus) }
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

/// `drydock models pull`: have Ollama fetch a model.
struct ModelsPull: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Have the local Ollama fetch a model.",
        examples: [CommandExample("drydock models pull llama3.2", "Then 'drydock new --model ollama/llama3.2'.")]
    )

    @OptionGroup
    var target: LocalModelTarget

    mutating func run() async throws {
        let (local, output) = try target.open()
        var shown = ""
        try await local.pull { step in
            let share = step.total > 0 ? " \(Int(min(1, Double(step.completed) / Double(step.total)) * 100)) %" : ""
            let line = step.status.printable + share
            guard line != shown else { return }
            shown = line
            output.note(line)
        }
        if output.isJSON {
            try output.json(["model": local.identity.description, "state": "fetched"])
        } else {
            try output.result("'\(local.identity)' is here; use it with: drydock new --model \(local.identity) …")
        }
    }
}

/// `drydock models remove`: have Ollama remove a model.
struct ModelsRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Have the local Ollama remove a model."
    )

    @OptionGroup
    var target: LocalModelTarget

    mutating func run() async throws {
        let (local, output) = try target.open()
        try await local.remove()
        if output.isJSON {
            try output.json(["model": local.identity.description, "state": "removed"])
        } else {
            try output.result("'\(local.identity)' is removed")
        }
    }
}
