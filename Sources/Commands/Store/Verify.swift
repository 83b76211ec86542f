internal import CommandLineKit
internal import Core
internal import Engine
internal import Journal
internal import Snapshots

/// `drydock verify`: read everything that is kept and compare it with its hashes.
struct Verify: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check snapshots and journals against their hashes, every byte.",
        discussion: "Ends with 9 when something is damaged; each finding names the snapshot or the run.",
        examples: [
            CommandExample("drydock verify", "Everything."),
            CommandExample("drydock verify --snapshot 0123", "One snapshot."),
        ]
    )

    @Option(help: "Check one snapshot only.", valueName: "SNAPSHOT", completion: Restore.names)
    var snapshot: String?

    @Option(help: "Check one run's journal only.", valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Finding: Encodable {
        let snapshot: String?
        let run: RunID?
        let message: String
        /// What the line on the terminal begins with; the message says it, too.
        var label = "damaged"

        private enum CodingKeys: String, CodingKey {
            case snapshot, run, message
        }
    }

    func validate() throws {
        guard snapshot == nil || run == nil else {
            throw ValidationError("give --snapshot or --run, not both", hint: "leave both out to check everything")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(try surroundings.settings())
        var findings: [Finding] = []
        if run == nil {
            findings += try await surroundings.snapshots.verify(snapshot).map {
                Finding(snapshot: $0.snapshot, run: nil, message: $0.description, label: $0.label)
            }
        }
        let journal = try await surroundings.existingJournal()
        if let run, journal == nil { throw RunError.notFound(run.text) }
        if snapshot == nil, let store = journal {
            let one: RunID? = if let run { try await store.run(named: run.text) } else { nil }
            findings += try await store.verify(one).map { Finding(snapshot: nil, run: $0.run, message: $0.description) }
        }
        if output.isJSON {
            try output.json(findings)
        } else {
            let lines = findings.map { output.style.paint($0.label + ": ", .red) + $0.message.printable }
            try output.result(lines.isEmpty ? ["all is well"] : lines)
        }
        guard findings.isEmpty else { throw ExitStatus(code: FaultKind.damaged.exitStatus) }
    }
}
