package import Core

/// A command line that cannot be understood; `command` is the line's command as far as it is known.
package enum CommandLineError: ReportableError, Equatable {
    case unknownSubcommand(String, command: String, known: [String])
    case missingSubcommand(command: String, known: [String])
    case unknownOption(String, command: String, known: [String])
    case missingValue(option: String, command: String)
    case superfluousValue(option: String, command: String)
    case invalidValue(String, name: String, expectation: String, known: [String])
    case repeatedOption(String)
    case missingOption(String, command: String)
    case missingArgument(String, command: String)
    /// `takes` are the names of the arguments that the command has.
    case unexpectedArgument(String, command: String, takes: [String])
    case notUTF8(String)

    package var kind: FaultKind { .usage }

    package var description: String {
        switch self {
        case .unknownSubcommand(let word, _, _): "there is no command '\(word.printable)'"
        case .missingSubcommand(let command, _): "'\(command)' needs a command"
        case .unknownOption(let option, _, _): "there is no option '\(option.printable)'"
        case .missingValue(let option, _): "option '\(option)' needs a value"
        case .superfluousValue(let option, _): "option '\(option)' takes no value"
        case .invalidValue(let value, let name, _, _): "'\(value.printable)' is not a valid value for '\(name)'"
        case .repeatedOption(let option): "option '\(option)' is given twice"
        case .missingOption(let option, _): "option '\(option)' is missing"
        case .missingArgument(let name, _): "the argument \(name) is missing"
        case .unexpectedArgument(let word, _, _): "unexpected argument '\(word.printable)'"
        case .notUTF8(let word): "the argument '\(word)' is not valid UTF-8"
        }
    }

    package var hint: String? {
        switch self {
        case .unknownSubcommand(let word, let command, let known):
            Suggestions.question(for: word, in: known) ?? "see '\(command) --help'"
        case .missingSubcommand(let command, let known):
            "one of \(known.joined(separator: ", ")); see '\(command) --help'"
        case .unknownOption(let option, let command, let known):
            Suggestions.question(for: option, in: known) ?? "see '\(command) --help'"
        case .missingValue(let option, _): "write '\(option)=VALUE' when the value begins with a dash"
        case .invalidValue(let value, _, let expectation, let known):
            Suggestions.question(for: value, in: known) ?? "give \(expectation)"
        case .superfluousValue(_, let command), .missingOption(_, let command),
            .missingArgument(_, let command), .unexpectedArgument(_, let command, []):
            "see '\(command) --help'"
        case .unexpectedArgument(_, let command, let names):
            "'\(command)' takes \(names.joined(separator: " ")) alone; "
                + "put words that belong together into quotes, or see '\(command) --help'"
        case .repeatedOption: "give it once"
        case .notUTF8: "rename the file, or convert the text to UTF-8"
        }
    }
}

/// A command line that parses but makes no sense, in the command's own words.
package struct ValidationError: ReportableError, Equatable {
    package let description: String
    package let hint: String?
    package var kind: FaultKind { .usage }

    /// Says what is wrong, and by the hint what to do instead.
    package init(_ description: String, hint: String) {
        self.description = description
        self.hint = hint
    }
}
