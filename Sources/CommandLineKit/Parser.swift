internal import Core

/// What a command line asks for.
package enum Invocation {
    case run(any ParsableCommand)
    /// Help or the version, for standard output.
    case text(String)
}

extension ParsableCommand {
    /// Finds the command that `words` ask for and fills in its properties.
    ///
    /// `--help` and `-h` are known to every command, `help COMMAND` to every group, `--version` to a root that has one.
    ///
    /// - Throws: ``CommandLineError`` for a line that cannot be understood, or
    ///   what the command's own ``ParsableCommand/validate()`` throws.
    package static func parseAsRoot(_ words: [String]) throws -> Invocation {
        try CommandPath(commands: [Self.self]).parse(words[...])
    }
}

/// A command and the groups that it is in, from the root down.
struct CommandPath {
    let commands: [any ParsableCommand.Type]

    /// The words that call it, such as `drydock guides list`.
    var line: String { commands.map { $0.name }.joined(separator: " ") }

    var last: any ParsableCommand.Type { commands[commands.count - 1] }

    func appending(_ command: any ParsableCommand.Type) -> CommandPath {
        CommandPath(commands: commands + [command])
    }

    func parse(_ words: ArraySlice<String>) throws -> Invocation {
        let configuration = last.configuration
        guard !configuration.subcommands.isEmpty else {
            var parser = LineParser(path: self)
            return try parser.parse(words)
        }
        guard let word = words.first else { return try parseDefault(words) }
        switch word {
        case "--help", "-h": return .text(HelpText(of: self).description)
        case "help": return .text(HelpText(of: try descend(words.dropFirst())).description)
        case "--version" where commands.count == 1 && configuration.version != nil:
            return .text(configuration.version ?? "")
        case _ where word.hasPrefix("-"): return try parseDefault(words)
        default: return try appending(subcommand(named: word)).parse(words.dropFirst())
        }
    }

    private func parseDefault(_ words: ArraySlice<String>) throws -> Invocation {
        if let command = last.configuration.defaultSubcommand {
            return try appending(command).parse(words)
        }
        if let option = words.first {
            throw CommandLineError.unknownOption(option, command: line, known: ["--help", "--version"])
        }
        throw CommandLineError.missingSubcommand(command: line, known: names)
    }

    private func descend(_ words: ArraySlice<String>) throws(CommandLineError) -> CommandPath {
        guard let word = words.first else { return self }
        // Help on help is the page that says how to ask for it.
        if word == "help", words.count == 1, !names.contains(word) { return self }
        return try appending(subcommand(named: word)).descend(words.dropFirst())
    }

    private func subcommand(named word: String) throws(CommandLineError) -> any ParsableCommand.Type {
        guard let command = last.configuration.subcommands.first(where: { $0.name == word }) else {
            guard !names.isEmpty else { throw .unexpectedArgument(word, command: line, takes: []) }
            throw .unknownSubcommand(word, command: line, known: names + ["help"])
        }
        return command
    }

    private var names: [String] { last.configuration.subcommands.map { $0.name } }
}

/// Reads the words of one command.
struct LineParser {
    private let path: CommandPath
    private let command: any ParsableCommand
    private let inputs: [(definition: InputDefinition, input: any Input)]
    private var positionals: ArraySlice<(definition: InputDefinition, input: any Input)>
    private var given: Set<String> = []

    init(path: CommandPath) {
        self.path = path
        command = path.last.init()
        inputs = Self.inputs(of: command, section: nil)
        positionals = inputs.filter { $0.definition.kind == .argument }[...]
    }

    /// The definitions of a command's inputs, in the order of their declaration.
    static func definitions(of command: any ParsableCommand.Type) -> [InputDefinition] {
        inputs(of: command.init(), section: nil).map { $0.definition }
    }

    private static func inputs(
        of value: Any,
        section: String?
    ) -> [(definition: InputDefinition, input: any Input)] {
        Mirror(reflecting: value).children.flatMap { child in
            if let group = child.value as? any InputGroup {
                return inputs(of: group.arguments, section: group.title ?? section)
            }
            guard let label = child.label, let input = child.value as? any Input else { return [] }
            return [(input.definition(label: String(label.drop { $0 == "_" }), section: section), input)]
        }
    }

    mutating func parse(_ words: ArraySlice<String>) throws -> Invocation {
        var rest = words
        while let word = rest.popFirst() {
            if word == "--" {
                for argument in rest {
                    try take(argument)
                }
                break
            }
            if word == "--help" || word == "-h" {
                return .text(HelpText(of: path).description)
            }
            if word.hasPrefix("--") {
                try takeLong(word, &rest)
            } else if word.hasPrefix("-"), word != "-" {
                try takeShort(word, &rest)
            } else {
                try take(word)
            }
        }
        try refuseMissing()
        for case let group as any InputGroup in Mirror(reflecting: command).children.map({ $0.value }) {
            try group.arguments.validate()
        }
        try command.validate()
        return .run(command)
    }

    private mutating func take(_ word: String) throws(CommandLineError) {
        guard let (definition, input) = positionals.first else {
            let names = inputs.map(\.definition).filter { $0.kind == .argument }.map(\.displayName)
            throw .unexpectedArgument(word, command: path.line, takes: names)
        }
        try accept(word, definition, input, as: definition.displayName)
        if !definition.repeats {
            positionals.removeFirst()
        }
    }

    private mutating func takeLong(_ word: String, _ rest: inout ArraySlice<String>) throws(CommandLineError) {
        let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let (definition, input) = try input(spelled: parts[0])
        guard let flag = input as? any SwitchInput else {
            let value = parts.count > 1 ? parts[1] : try nextValue(of: parts[0], &rest)
            return try accept(value, definition, input, as: parts[0])
        }
        guard parts.count == 1 else { throw .superfluousValue(option: parts[0], command: path.line) }
        flag.set(parts[0] != definition.negation)
    }

    /// `-a`, `-abc` (three flags), `-n 5`, `-n5` and `-abn5`.
    private mutating func takeShort(_ word: String, _ rest: inout ArraySlice<String>) throws(CommandLineError) {
        var letters = word.dropFirst()
        while let letter = letters.popFirst() {
            let (definition, input) = try input(spelled: "-\(letter)")
            if let flag = input as? any SwitchInput {
                flag.set(true)
                continue
            }
            let value = letters.isEmpty ? try nextValue(of: "-\(letter)", &rest) : String(letters)
            return try accept(value, definition, input, as: "-\(letter)")
        }
    }

    private func input(
        spelled spelling: String
    ) throws(CommandLineError) -> (definition: InputDefinition, input: any Input) {
        let match = inputs.first { $0.definition.spellings.contains(spelling) || $0.definition.negation == spelling }
        if let match { return match }
        let known = inputs.flatMap { $0.definition.spellings + [$0.definition.negation].compactMap(\.self) }
        throw .unknownOption(spelling, command: path.line, known: (known + ["--help"]).filter { $0.hasPrefix("--") })
    }

    private func nextValue(of option: String, _ rest: inout ArraySlice<String>) throws(CommandLineError) -> String {
        guard let value = rest.first, value == "-" || !value.hasPrefix("-") || Double(value) != nil else {
            throw .missingValue(option: option, command: path.line)
        }
        rest.removeFirst()
        return value
    }

    private mutating func accept(
        _ word: String,
        _ definition: InputDefinition,
        _ input: any Input,
        as name: String
    ) throws(CommandLineError) {
        guard definition.repeats || given.insert(definition.displayName).inserted else {
            throw .repeatedOption(definition.displayName)
        }
        guard input.accept(word) else {
            throw .invalidValue(word, name: name, expectation: definition.expectation, known: definition.values)
        }
    }

    private func refuseMissing() throws(CommandLineError) {
        for (definition, input) in inputs where !input.isSet {
            throw definition.kind == .argument
                ? .missingArgument(definition.displayName, command: path.line)
                : .missingOption(definition.displayName, command: path.line)
        }
    }
}
