internal import CommandLineKit

/// `drydock models`: which models there are.
struct ModelsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "models",
        abstract: "Show which models there are, and fetch or remove local ones.",
        sections: [
            CommandSection("Commands", [ModelsStatus.self, ModelsList.self, ModelsPull.self, ModelsRemove.self])
        ],
        defaultSubcommand: ModelsStatus.self
    )
}
