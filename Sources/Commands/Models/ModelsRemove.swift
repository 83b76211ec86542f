internal import CommandLineKit
internal import Core
internal import Models

/// `drydock models remove`: have Ollama remove a model.
struct ModelsRemove: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove",
        abstract: "Have the local Ollama remove a model."
    )

    @OptionGroup
    var target: LocalModelTarget

    mutating func run() async throws {
        let (local, output) = try target.open()
        try await local.remove()
        if output.isJSON {
            try output.json(["model": local.identity.description, "state": "removed"])
        } else {
            try output.result("'\(local.identity)' is removed")
        }
    }
}
