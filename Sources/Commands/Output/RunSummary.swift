internal import Core
package import Engine
internal import Models
internal import Sandbox

/// What a person reads at the end of a run.
package struct RunSummary {
    package let report: RunReport
    /// Whether a process drives the run; of interest while it has not ended.
    package let isDriven: Bool
    /// Whether the snapshot is still there.
    package let isSnapshotKept: Bool
    package let style: Style

    package init(
        report: RunReport,
        isDriven: Bool = true,
        isSnapshotKept: Bool = true,
        style: Style
    ) {
        self.report = report
        self.isDriven = isDriven
        self.isSnapshotKept = isSnapshotKept
        self.style = style
    }

    package var lines: [String] {
        var lines = headline
        lines.insert(contentsOf: advice, at: 1)
        lines += ["", style.paint((report.title ?? "untitled").printable, .bold)]
        lines += facts.map { name, value in "  " + style.paint(name.padded(to: 11), .dim) + value }
        lines += checks
        lines += failedCommand
        lines += report.notes.map { "  - " + $0.printable }
        return lines
    }

    private var headline: [String] {
        switch report.state {
        case .completed where report.verified && report.scope == .starter && !isByRule:
            [
                style.paint("A verified starter was made;", .green)
                    + " by the model's own words it is not all that you described."
            ]
        case .completed where report.verified && report.scope == .starter:
            [
                style.paint("A verified starter was made;", .green)
                    + " what you described is not written yet, because no model was asked.",
                "Set a provider's key, such as ANTHROPIC_API_KEY, or start Ollama; 'drydock models' says what can be asked.",
            ]
        case .completed where report.verified:
            [style.paint("Made and verified.", .green)]
        case .completed:
            [style.paint("Made, but not verified:", .yellow) + " " + (failureMessage ?? "no check passed.")]
        case .failed:
            [style.paint("The run failed", .red) + (failureMessage.map { ": " + $0 } ?? ".")]
        case .parked:
            [
                style.paint("The run could not go on", .yellow) + (failureMessage.map { ": " + $0 } ?? "."),
                "Go on with: drydock resume \(report.run)" + (report.resumeOption.map { " " + $0 } ?? "")
                    + (retryTime.map { ", at \($0) or later" } ?? ""),
            ]
        case .paused:
            [style.paint("The run is paused.", .yellow), "Go on with: drydock resume \(report.run)"]
        case .cancelled: [style.paint("The run was cancelled.", .yellow)]
        case .running where isDriven: ["The run is under way."]
        case .running:
            [
                style.paint("The run was interrupted:", .yellow) + " its process has gone.",
                "Go on with: drydock resume \(report.run)",
            ]
        }
    }

    /// The way out of a failure, unless the line that says how to go on has it already.
    private var advice: [String] {
        guard report.failure != nil, report.resumeOption == nil, let hint = report.hint else { return [] }
        return ["  " + hint.printable]
    }

    /// Whether no model wrote anything.
    private var isByRule: Bool { report.model.map { $0.provider == "builtin" } ?? true }

    /// When a model may answer again.
    private var retryTime: String? { report.retryAt.map { TimeOfDay.text($0) } }

    private var failureMessage: String? { report.failure.map { $0.message.printable } }

    private var facts: [(name: String, value: String)] {
        var facts: [(String, String?)] = [
            ("folder", report.delivered?.folder),
            ("stack", report.stack.isEmpty ? nil : report.stack.joined(separator: ", ")),
            ("model", report.model?.description),
            ("toolchain", report.toolchain?.rawValue),
            ("isolation", report.isolation?.rawValue),
            ("pipeline", report.pipeline),
            ("commit", report.commit),
        ]
        if let snapshot = report.snapshot {
            facts.append(
                (
                    "snapshot",
                    "\(snapshot.id) (\(snapshot.backend.rawValue), \(Amounts.bytes(snapshot.bytes))"
                        + (isSnapshotKept ? ")" : ", removed since)")
                )
            )
            facts.append(("restore", isSnapshotKept ? "drydock restore \(snapshot.id) FOLDER" : nil))
        }
        let duration = Amounts.duration(milliseconds: report.durationMilliseconds)
        facts.append(("run", "\(report.run), \(used), \(duration)"))
        return facts.compactMap { name, value in value.map { (name, $0.printable) } }
    }

    /// The calls, with tokens and cost where there were some.
    private var used: String {
        let sum = report.usage.sum
        var parts = [Amounts.count(report.usage.calls, "model call")]
        if sum.inputTokens + sum.outputTokens > 0 {
            let estimated = sum.estimatedTokens > 0 ? " (\(sum.estimatedTokens) of them estimated)" : ""
            parts.append(Amounts.count(sum.inputTokens + sum.outputTokens, "token") + estimated)
        }
        if sum.costUSD > 0 { parts.append(Usage.dollars(sum.costUSD) + " USD") }
        return parts.joined(separator: ", ")
    }

    /// The command because of which the run failed: what it was, how it ended, and the end of what it printed.
    private var failedCommand: [String] {
        guard let failure = report.failure, let step = failure.step else { return [] }
        let label = "  " + style.paint("failed".padded(to: 11), .dim)
        guard let command = failure.command else { return [label + "step \(step.description.printable)"] }
        let status = style.paint(command.outcome, .red)
        var lines = [label + status + "  " + command.argv.shellLine.printable]
        lines += (command.output ?? []).map { "  " + style.paint("|", .dim) + " " + $0.printableLines }
        let show = ["drydock", "show", report.run.description, "--step", step.description].shellLine
        return lines + ["  " + style.paint("output".padded(to: 11), .dim) + show.printable]
    }

    private var checks: [String] {
        report.checks.enumerated().map { index, check in
            let label = style.paint((index == 0 ? "checks" : "").padded(to: 11), .dim)
            let status = style.paint("exit \(check.exitCode)", check.exitCode == 0 ? .green : .red)
            let duration = Amounts.duration(milliseconds: check.durationMilliseconds)
            return "  \(label)\(status)  \(check.argv.shellLine.printable)  \(duration)"
        }
    }
}

extension CommandReport {
    /// `exit 101`, and what ended it unless it ended by itself.
    var outcome: String { "exit \(exitCode)" + (stop.map { ", \($0)" } ?? "") }
}
