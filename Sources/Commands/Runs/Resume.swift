internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock resume`: go on with a run that was paused, parked, or whose process died.
struct Resume: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Go on with a run that was paused or parked, or whose process died.",
        discussion: """
            What is recorded is not done again. The result goes to the folder that the run was started with. Ends with \
            11 while another process drives the run.
            """
    )

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @Option(help: "Do this step, and those that began after it, again; 'show' lists the steps.", valueName: "STEP")
    var from: String?

    @Option(help: "Write all calls and answers of the run to a file.", valueName: "FILE", completion: .file)
    var record: String?

    @OptionGroup(title: "Budget")
    var budget: BudgetOptions

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let run = try await dock.service.run(named: run.text)
        let step = from.map { StepPath($0) }
        var driver = RunDriver(dock: dock, output: output, from: step, budget: try budget.caps())
        driver.recordingFile = try record.map(dock.surroundings.absolute)
        try await driver.drive(run)
    }
}
