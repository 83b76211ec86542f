/// A command, or a group of commands, declared as a type with wrapped properties.
///
/// The names and shapes are those of the package swift-argument-parser, as far as they go.
package protocol ParsableCommand: SendableMetatype {
    static var configuration: CommandConfiguration { get }

    init()
    /// Refuses what the line says, in the command's own words.
    func validate() throws
    mutating func run() async throws
}

extension ParsableCommand {
    package static var configuration: CommandConfiguration { CommandConfiguration(abstract: "") }

    package func validate() throws {}

    /// A group of commands does nothing itself; the parser never gives one out.
    package mutating func run() async throws {}

    /// The word that a person types for this command.
    package static var name: String {
        configuration.commandName ?? String(describing: Self.self).kebabCased.drop { $0 == "-" }.lowercased()
    }
}

/// What a command says of itself.
package struct CommandConfiguration: Sendable {
    package var commandName: String?
    package var abstract: String
    /// Paragraphs for the end of the help text.
    package var discussion: String
    package var examples: [CommandExample]
    /// What `--version` prints; for the root.
    package var version: String?
    package var sections: [CommandSection]
    /// The command that is meant when none is named.
    package var defaultSubcommand: (any ParsableCommand.Type)?

    package init(
        commandName: String? = nil,
        abstract: String,
        discussion: String = "",
        examples: [CommandExample] = [],
        version: String? = nil,
        sections: [CommandSection] = [],
        defaultSubcommand: (any ParsableCommand.Type)? = nil
    ) {
        self.commandName = commandName
        self.abstract = abstract
        self.discussion = discussion
        self.examples = examples
        self.version = version
        self.sections = sections
        self.defaultSubcommand = defaultSubcommand
    }

    package var subcommands: [any ParsableCommand.Type] {
        sections.flatMap { $0.commands }
    }
}

/// Commands that stand together in a help text.
package struct CommandSection: Sendable {
    package let title: String
    package let commands: [any ParsableCommand.Type]

    package init(_ title: String = "Commands", _ commands: [any ParsableCommand.Type]) {
        self.title = title
        self.commands = commands
    }
}

/// A line to type, and what it is good for.
package struct CommandExample: Sendable {
    package let line: String
    package let purpose: String

    package init(_ line: String, _ purpose: String) {
        self.line = line
        self.purpose = purpose
    }
}
