internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock retry`: begin an ended run anew.
struct Retry: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Begin an ended run anew, with the same description, guides and pipeline."
    )

    @Argument(help: RunArgument.help, valueName: "RUN", completion: RunArgument.names)
    var run: RunArgument

    @Option(
        name: .letter("o"),
        help: "Where the result goes. (default: where that of the old run went)",
        valueName: "FOLDER",
        completion: .folder
    )
    var into: String?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    func validate() throws {
        guard into != "" else {
            throw ValidationError(
                "the folder's name is empty",
                hint: "name one, or leave --into out for the folder of the old run"
            )
        }
    }

    mutating func run() async throws {
        let (dock, output) = try await Dock.openExisting(output, for: run)
        let old = try await dock.service.run(named: run.text)
        let run = try await dock.service.retry(old, into: try into.map(dock.surroundings.absolute))
        try await RunDriver(dock: dock, output: output).drive(run)
    }
}
