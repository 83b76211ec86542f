internal import CommandLineKit
internal import Core
internal import Engine
internal import Settings

/// `drydock show`: all about one run.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show a run: what came of it, and each of its steps.")

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let report = try await dock.service.reportWithSteps(try await dock.service.run(named: run.text))
        if output.isJSON { return try output.json(report) }
        let file = dock.surroundings.folders.configuration + "/config.yaml"
        try output.result(RunSummary(report: report, configurationFile: file, style: output.style).lines + [""])
        try output.table(table(report.steps ?? []))
    }

    private func table(_ steps: [StepReport]) -> Table {
        var table = Table(columns: [
            Table.Column(title: "STEP"), Table.Column(title: "STATE"), Table.Column(title: "TIME", isNumber: true),
            Table.Column(title: "WHY", shrinks: true),
        ])
        table.rows = steps.map { step in
            let tone: Tone =
                switch step.state {
                case .completed: .green
                case .failed: .red
                case .running: .cyan
                }
            let time = step.durationMilliseconds.map { Amounts.duration(milliseconds: $0) } ?? ""
            return [
                Table.Cell(step.step.description), Table.Cell(step.state.rawValue, tone), Table.Cell(time),
                Table.Cell(step.message ?? ""),
            ]
        }
        return table
    }
}
