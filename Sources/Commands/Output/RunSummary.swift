internal import Core
package import Engine

/// What a person reads at the end of a run.
package struct RunSummary {
    package let report: RunReport
    /// The file in which a model would be configured.
    package let configurationFile: String
    package let style: Style

    package init(report: RunReport, configurationFile: String, style: Style) {
        self.report = report
        self.configurationFile = configurationFile
        self.style = style
    }

    package var lines: [String] {
        var lines = headline
        lines += ["", style.paint((report.title ?? "untitled").printable, .bold)]
        lines += facts.map { name, value in "  " + style.paint(name.padded(to: 11), .dim) + value }
        lines += checks
        lines += report.notes.map { "  - " + $0.printable }
        return lines
    }

    private var headline: [String] {
        switch report.state {
        case .completed where report.verified && report.scope == .starter:
            [
                style.paint("A verified starter was made;", .green)
                    + " what you described is not written yet, because no model is configured.",
                "This version has only the built-in model, which works by rule; 'drydock doctor' says what is there.",
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
                "Go on with: drydock resume \(report.run)",
            ]
        case .paused:
            [style.paint("The run is paused.", .yellow), "Go on with: drydock resume \(report.run)"]
        case .cancelled: [style.paint("The run was cancelled.", .yellow)]
        case .running: ["The run is under way."]
        }
    }

    private var failureMessage: String? { report.failure.map { $0.message.printable } }

    private var facts: [(name: String, value: String)] {
        var facts: [(String, String?)] = [
            ("folder", report.delivered?.folder),
            ("stack", report.stack.isEmpty ? nil : report.stack.joined(separator: ", ")),
            ("model", report.model.map { $0.provider == $0.name ? $0.name : "\($0.provider) \($0.name)" }),
            ("toolchain", report.toolchain?.rawValue),
            ("isolation", report.isolation?.rawValue),
            ("pipeline", report.pipeline),
            ("commit", report.commit),
        ]
        if let snapshot = report.snapshot {
            facts.append(
                ("snapshot", "\(snapshot.id) (\(snapshot.backend.rawValue), \(Amounts.bytes(snapshot.bytes)))")
            )
            facts.append(("restore", "drydock restore \(snapshot.id) FOLDER"))
        }
        let duration = Amounts.duration(milliseconds: report.durationMilliseconds)
        facts.append(("run", "\(report.run), \(Amounts.count(report.usage.calls, "model call")), \(duration)"))
        return facts.compactMap { name, value in value.map { (name, $0.printable) } }
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
