internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock replay`: run an ended run's pipeline again with every effect forbidden.
struct Replay: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check that an ended run can be followed again from its journal alone.",
        discussion:
            "Every effect is forbidden: all answers have to come from the journal. Ends with 1 when they differ."
    )

    @OptionGroup
    var target: RunTarget

    mutating func run() async throws {
        let (dock, run, output) = try await target.open()
        let outcome = try await dock.service.replay(run)
        if output.isJSON {
            try output.json(outcome)
        } else if outcome.isEqual {
            try output.result("\(outcome.run): \(Amounts.count(outcome.steps, "step")) replayed, all equal")
        } else {
            try output.result(["\(outcome.run) differs:"] + outcome.differences.map { "  " + $0.printable })
        }
        guard outcome.isEqual else { throw ExitStatus(code: FaultKind.failed.exitStatus) }
    }
}
