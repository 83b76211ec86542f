internal import CommandLineKit

/// `drydock config`: what is configured.
struct Config: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what is configured, and where.",
        sections: [CommandSection("Commands", [ConfigShow.self, ConfigPath.self])],
        defaultSubcommand: ConfigShow.self
    )
}
