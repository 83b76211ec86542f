/// A command with everything below it, as completion scripts need it.
struct CommandTree {
    /// The words that call it, such as `drydock guides list`.
    let line: String
    let name: String
    let abstract: String
    let inputs: [InputDefinition]
    let subcommands: [CommandTree]
    /// Every command below this one and this one itself, parents first.
    var all: [CommandTree] { [self] + subcommands.flatMap { $0.all } }

    init(_ path: CommandPath) {
        let configuration = path.last.configuration
        line = path.line
        name = path.last.name
        abstract = configuration.abstract
        subcommands = configuration.subcommands.map { CommandTree(path.appending($0)) }
        let leaf = configuration.subcommands.isEmpty ? path.last : configuration.defaultSubcommand
        let own = leaf.map { LineParser.definitions(of: $0) } ?? []
        inputs = own.filter { configuration.subcommands.isEmpty || $0.kind != .argument }
    }

    /// What follows the command: its own options with those that all have.
    var options: [Option] {
        let named = inputs.filter { $0.kind != .argument }.flatMap { definition in
            let spellings = definition.spellings + [definition.negation].compactMap(\.self)
            return [Option(spellings: spellings, definition: definition)]
        }
        return named + [Option(spellings: ["--help", "-h"], definition: nil)]
    }

    struct Option {
        let spellings: [String]
        /// `nil` for help.
        let definition: InputDefinition?

        var help: String { definition?.help ?? "Show this help." }
        var takesValue: Bool { definition?.kind == .option }
        var completion: CompletionKind { definition?.completion ?? .nothing }
    }

    /// What the arguments are completed with; the first that says something decides.
    var argumentCompletion: CompletionKind {
        inputs.filter { $0.kind == .argument }.map { $0.completion }.first { $0 != .nothing } ?? .nothing
    }
}

/// What the scripts for bash and zsh have in common: the branches of their `case` commands.
extension CommandTree {
    /// For each command below the root: sets `context` to the words that call it.
    var contextCases: [String] {
        all.dropFirst().map { "\($0.line.shellQuoted)) context=\($0.line.shellQuoted) ;;" }
    }

    /// For each option that takes a value: offers what `action` makes of the values' kind, and returns.
    func valueCases(_ action: (CompletionKind) -> String) -> [String] {
        all.flatMap { command in
            command.options.filter { $0.takesValue }.map { option in
                let patterns = option.spellings.map { "\(command.line) \($0)".shellQuoted }
                return "\(patterns.joined(separator: "|"))) \(action(option.completion)); return ;;"
            }
        }
    }
}

extension [String] {
    /// The lines as one text, each moved to the right by so many times four columns.
    func indented(_ depth: Int) -> String {
        map { String(repeating: "    ", count: depth) + $0 }.joined(separator: "\n")
    }
}

/// The shells that completion scripts are made for.
package enum Shell: String, CaseIterable, Sendable, ExpressibleByArgument {
    case bash, zsh, fish
}

extension ParsableCommand {
    /// A script that makes `shell` complete the command lines of this root command.
    package static func completionScript(for shell: Shell) -> String {
        let tree = CommandTree(CommandPath(commands: [Self.self]))
        return switch shell {
        case .bash: BashCompletion(tree: tree).description
        case .zsh: ZshCompletion(tree: tree).description
        case .fish: FishCompletion(tree: tree).description
        }
    }
}

extension String {
    /// The text between single quotes, for a POSIX shell.
    var shellQuoted: String { "'" + replacing("'", with: #"'\''"#) + "'" }

    /// A name that is allowed for a shell's function.
    var functionName: String { String(map { $0.isLetter || $0.isNumber ? $0 : "_" }) }
}
