internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock pause`: let a run stop before its next step.
struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a run stop before its next step; 'resume' goes on.")

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let run = try await dock.service.run(named: run.text)
        try await dock.service.pause(run)
        try await ControlReport.awaited(run, of: dock).print(to: output)
    }
}
