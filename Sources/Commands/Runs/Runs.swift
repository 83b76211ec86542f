internal import CommandLineKit
internal import Core
internal import Engine
internal import Journal

/// `drydock runs`: what was built.
struct Runs: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "List the runs, newest first.")

    @Option(name: .letter("n"), help: "Show that many at most.", valueName: "COUNT")
    var limit: Int?

    @Flag(help: "Print the names only.")
    var names = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    func validate() throws {
        guard limit ?? 1 > 0 else {
            throw ValidationError("--limit must be at least 1", hint: "leave it out to see all runs")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        let output = output.makeOutput(settings)
        guard surroundings.hasJournal else {
            if output.isJSON { try output.json([RunReport]()) }
            return
        }
        let dock = try await Dock.open(surroundings, settings)
        if names {
            let runs = try await dock.service.parts.store.runs(limit: limit, before: nil)
            return try output.names(runs.map { $0.description })
        }
        let reports = try await dock.service.reports(limit: limit)
        if output.isJSON {
            try output.json(reports)
        } else {
            var interrupted: Set<RunID> = []
            for report in reports where report.state == .running {
                if try await !dock.service.isDriven(report.run) { interrupted.insert(report.run) }
            }
            try output.table(table(reports, interrupted))
        }
    }

    private func table(_ reports: [RunReport], _ interrupted: Set<RunID>) -> Table {
        var table = Table(columns: [
            Table.Column(title: "RUN"), Table.Column(title: "STATE"), Table.Column(title: "VERIFIED"),
            Table.Column(title: "STACK"), Table.Column(title: "TIME", isNumber: true),
            Table.Column(title: "TITLE", shrinks: true),
        ])
        table.rows = reports.map { report in
            let state =
                interrupted.contains(report.run)
                ? Table.Cell("interrupted", .yellow) : Table.Cell(report.stateAndTime, report.state.tone)
            return [
                Table.Cell(report.run.description, .cyan), state,
                Table.Cell(report.verified ? "yes" : "no", report.verified ? .green : nil),
                Table.Cell(report.stack.joined(separator: ",")),
                Table.Cell(Amounts.duration(milliseconds: report.durationMilliseconds)),
                Table.Cell(report.title ?? report.failure?.message ?? ""),
            ]
        }
        return table
    }
}

extension RunReport {
    /// The state, and until when nothing can be done about it.
    fileprivate var stateAndTime: String {
        state.rawValue + (retryAt.map { " until " + TimeOfDay.text($0) } ?? "")
    }
}

extension Engine.RunState {
    var tone: Tone? {
        switch self {
        case .completed: .green
        case .failed: .red
        case .paused, .parked: .yellow
        case .running: .cyan
        case .cancelled: nil
        }
    }
}
