internal import CommandLineKit
internal import Models

/// The model of the local Ollama that a command is about, for commands that know no other option.
struct LocalModelTarget: ParsableArguments {
    @Argument(help: "The model, as Ollama names it.", valueName: "MODEL")
    var model: String

    @OptionGroup(title: "Output")
    var output: OutputOptions

    init() {}

    /// - Throws: ``UnknownModel`` for a name that no model can have.
    func open() throws -> (model: HTTPModel, output: Output) {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        return (try ModelDesk(surroundings, settings).localModel(model), output.makeOutput(settings))
    }
}
