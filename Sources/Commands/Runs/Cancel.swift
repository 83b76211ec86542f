internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock cancel`: end a run for good.
struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a run, and whatever it is doing, for good.")

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let run = try await dock.service.run(named: run.text)
        try await dock.service.cancel(run)
        try await ControlReport.awaited(run, of: dock).print(to: output)
    }
}
