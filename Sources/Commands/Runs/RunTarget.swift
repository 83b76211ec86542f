internal import CommandLineKit
internal import Core
internal import Engine

/// The run that a command is about, for commands that know no other option.
struct RunTarget: ParsableArguments {
    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @OptionGroup(title: "Output")
    var output: OutputOptions

    init() {}

    /// The engine and the run that is meant.
    ///
    /// - Throws: ``RunError/notFound(_:)`` or ``RunError/ambiguous(_:candidates:)``.
    func open() async throws -> (dock: Dock, run: RunID, output: Output) {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        return (dock, try await dock.service.run(named: run.text), output)
    }

    /// Asks the run for something and says what it is afterwards, at most ten seconds later.
    func steer(_ request: (RunService, RunID) async throws -> Void) async throws {
        let (dock, run, output) = try await open()
        try await request(dock.service, run)
        try await ControlReport.awaited(run, of: dock).print(to: output)
    }
}
