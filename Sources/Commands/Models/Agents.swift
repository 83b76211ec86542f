internal import CommandLineKit
internal import Core
internal import Models

/// `drydock agents`: which agent programs can be used here.
struct Agents: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which agent programs can be used here, or why not.",
        discussion: """
            An agent plans and writes in place of a model: 'drydock new --model claude'. It runs in the sandbox, with the \
            network and with its own login, which whatever it runs can read.
            """
    )

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        let output = output.makeOutput(settings)
        let statuses = try await ModelDesk(surroundings, settings).agents.statuses()
        if output.isJSON {
            try output.json(statuses)
        } else {
            try output.table(table(statuses))
        }
    }

    private func table(_ statuses: [AgentStatus]) -> Table {
        var table = Table(columns: [
            Table.Column(title: "AGENT"), Table.Column(title: "STATE"), Table.Column(title: "VERSION"),
            Table.Column(title: "REMARK", shrinks: true),
        ])
        table.rows = statuses.map { status in
            let remark = [status.reason, status.hint].compactMap { $0 }.joined(separator: "; ")
            return [
                Table.Cell(status.name.printable, .cyan),
                Table.Cell(status.isAvailable ? "available" : "unavailable", status.isAvailable ? .green : .dim),
                Table.Cell((status.version ?? "").printable),
                Table.Cell((status.isAvailable ? status.program ?? "" : remark).printable, .dim),
            ]
        }
        return table
    }
}
