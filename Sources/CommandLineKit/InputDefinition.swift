/// How a property is spelled on the command line; its long name is its own name in kebab case, unless said otherwise.
package struct NameSpecification: Sendable {
    enum Short: Sendable {
        case none, initial
        case letter(Character)
    }

    let custom: String?
    let short: Short

    package static let long = NameSpecification(custom: nil, short: .none)
    package static let shortAndLong = NameSpecification(custom: nil, short: .initial)

    /// A long name of its own, without the dashes.
    package static func custom(_ name: String, short: Character? = nil) -> NameSpecification {
        NameSpecification(custom: name, short: short.map { .letter($0) } ?? .none)
    }

    /// The property's own long name, and a letter.
    package static func letter(_ letter: Character) -> NameSpecification {
        NameSpecification(custom: nil, short: .letter(letter))
    }

    /// The long spelling first, then the short one.
    func spellings(of label: String) -> [String] {
        let name = custom ?? label.kebabCased
        return switch short {
        case .none: ["--" + name]
        case .initial: ["--" + name, "-" + name.prefix(1)]
        case .letter(let letter): ["--" + name, "-\(letter)"]
        }
    }
}

/// What a shell can offer for a value.
package enum CompletionKind: Sendable, Equatable {
    case nothing
    case file
    case folder
    case values([String])
    /// The lines that the program prints when it is called with these words.
    case linesOf([String])
}

/// Whether, and how, a switch can be turned off by name.
package enum FlagInversion: Sendable {
    case none
    /// `--color` and `--no-color`.
    case prefixedNo
}

/// A wrapped property as the parser, the help text and the completion scripts see it.
package struct InputDefinition: Sendable {
    package enum Kind: Sendable {
        case argument, option, flag
    }

    package let kind: Kind
    /// `--name` and `-n`; empty for an argument.
    package let spellings: [String]
    /// `--no-name` for a flag that has it.
    package let negation: String?
    package let valueName: String
    package let help: String
    /// The title of the option group, or `nil` for a command's own.
    package let section: String?
    package let defaultText: String?
    package let values: [String]
    package let expectation: String
    package let completion: CompletionKind
    package let repeats: Bool
    package let isRequired: Bool

    /// What messages call it: `--name`, or the argument's name.
    package var displayName: String { spellings.first ?? valueName }
}

extension String {
    /// `intoFolder` as `into-folder`.
    var kebabCased: String {
        reduce(into: "") { $0 += $1.isUppercase ? "-" + $1.lowercased() : String($1) }
    }
}
