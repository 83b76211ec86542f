internal import CommandLineKit
internal import Core
internal import Models

/// `drydock models pull`: have Ollama fetch a model.
struct ModelsPull: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pull",
        abstract: "Have the local Ollama fetch a model.",
        examples: [CommandExample("drydock models pull llama3.2", "Then 'drydock new --model ollama/llama3.2'.")]
    )

    @OptionGroup
    var target: LocalModelTarget

    mutating func run() async throws {
        let (local, output) = try target.open()
        var shown = ""
        try await local.pull { step in
            let share = step.total > 0 ? " \(Int(min(1, Double(step.completed) / Double(step.total)) * 100)) %" : ""
            let line = step.status.printable + share
            guard line != shown else { return }
            shown = line
            output.note(line)
        }
        if output.isJSON {
            try output.json(["model": local.identity.description, "state": "fetched"])
        } else {
            try output.result("'\(local.identity)' is here; use it with: drydock new --model \(local.identity) …")
        }
    }
}
