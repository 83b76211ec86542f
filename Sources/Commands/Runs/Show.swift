internal import CommandLineKit
internal import Core
internal import Engine
internal import Models
internal import Settings
internal import Snapshots

/// `drydock show`: all about one run.
struct Show: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show a run: what came of it, and each of its steps.",
        examples: [
            CommandExample("drydock show latest", "What came of the newest run."),
            CommandExample("drydock show latest --step verify/count-words/test", "All that a command printed."),
        ]
    )

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @Option(help: "Show one step alone, with its command's whole output or with its result.", valueName: "STEP")
    var step: String?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let run = try await dock.service.run(named: run.text)
        if let step {
            return try await StepView(dock.service.step(StepPath(step), of: run)).print(to: output)
        }
        let report = try await dock.service.reportWithSteps(run)
        if output.isJSON { return try output.json(report) }
        let isDriven = try await dock.service.isDriven(report.run)
        let summary = RunSummary(
            report: report,
            isDriven: isDriven,
            isSnapshotKept: await isKept(report.snapshot, in: dock),
            style: output.style
        )
        try output.result(summary.lines + [""])
        if let shares = report.shares, report.usage.sum != .zero {
            try output.table(table(shares))
            try output.result("")
        }
        try output.table(table(report.steps ?? []))
    }

    /// Whether a snapshot is there, sound or not.
    private func isKept(_ snapshot: RunReport.Snapshot?, in dock: Dock) async -> Bool {
        guard let snapshot else { return true }
        do {
            _ = try await dock.surroundings.snapshots.find(snapshot.id)
            return true
        } catch let error as any ReportableError {
            return error.kind != .notFound
        } catch {
            return true
        }
    }

    /// What each phase, each role and each model has used.
    private func table(_ shares: UsageShares) -> Table {
        var table = Table(columns: [
            Table.Column(title: "USED BY"), Table.Column(title: "CALLS", isNumber: true),
            Table.Column(title: "TOKENS IN", isNumber: true), Table.Column(title: "CACHED", isNumber: true),
            Table.Column(title: "OUT", isNumber: true), Table.Column(title: "USD", isNumber: true),
        ])
        let groups = [("phase ", shares.phases), ("", shares.roles), ("", shares.models)]
        let rows = groups.flatMap { prefix, group in
            group.sorted { $0.key < $1.key }.map { (prefix + $0.key, $0.value) }
        }
        table.rows = rows.map { name, usage in
            [
                Table.Cell(name), Table.Cell("\(usage.calls)"), Table.Cell("\(usage.sum.inputTokens)"),
                Table.Cell("\(usage.sum.cachedInputTokens)"), Table.Cell("\(usage.sum.outputTokens)"),
                Table.Cell(Usage.dollars(usage.sum.costUSD)),
            ]
        }
        return table
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
                Table.Cell(step.remark ?? ""),
            ]
        }
        return table
    }
}

extension StepReport {
    /// Why a step failed, or how its command ended when that was not as it should be.
    fileprivate var remark: String? { message ?? (command?.output == nil ? nil : command?.outcome) }
}

/// One step as `show --step` prints it.
private struct StepView: Encodable {
    private let detail: StepDetail

    init(_ detail: StepDetail) {
        self.detail = detail
    }

    private enum CodingKeys: String, CodingKey {
        case output, value
    }

    func encode(to encoder: any Encoder) throws {
        try detail.report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encodeIfPresent(detail.output, forKey: .output)
        try container.encodeIfPresent(detail.value, forKey: .value)
    }

    func print(to output: Output) throws {
        if output.isJSON { return try output.json(self) }
        let report = detail.report
        var facts = [report.step.description, report.state.rawValue]
        if let time = report.durationMilliseconds { facts.append(Amounts.duration(milliseconds: time)) }
        var lines = [facts.joined(separator: "  ").printable]
        if let usage = report.usage {
            let tokens = "\(usage.inputTokens) tokens in, \(usage.outputTokens) out"
            let cost = "\(Usage.dollars(usage.costUSD)) USD"
            lines.append([report.model ?? "no answer", tokens, cost].joined(separator: "  ").printable)
        }
        if let command = report.command { lines.append(command.outcome + "  " + command.argv.shellLine.printable) }
        if let message = report.message { lines.append(message.printable) }
        if let text = detail.output {
            lines += ["", ProgramOutput.plain(text)]
        } else if let value = detail.value {
            lines += ["", String(decoding: try JSON.encode(value, pretty: true), as: UTF8.self).printableLines]
        }
        try output.result(lines)
    }
}
