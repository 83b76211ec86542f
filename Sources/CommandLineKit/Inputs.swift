/// What the parser needs to know of a wrapped property.
protocol Input {
    var isSet: Bool { get }
    func definition(label: String, section: String?) -> InputDefinition
    /// Takes in a value; `false` when the word spells none.
    func accept(_ word: String) -> Bool
}

/// A switch, which the parser sets without a word.
protocol SwitchInput: Input {
    func set(_ isOn: Bool)
}

/// The place where a wrapper keeps its value, shared by the copies of a command.
final class Slot<Value> {
    var value: Value?

    init(_ value: Value?) {
        self.value = value
    }

    /// - Precondition: The command line was parsed, so that a missing value has been refused.
    var parsed: Value {
        guard let value else { preconditionFailure("read before the command line was parsed") }
        return value
    }
}

/// What a declaration says of a property, besides its name and value.
struct InputTraits: Sendable {
    let help: String
    let valueName: String?
    let values: [String]
    let expectation: String
    let completion: CompletionKind
    let defaultText: String?
    let repeats: Bool

    init<Element: ExpressibleByArgument>(
        of type: Element.Type,
        _ help: String,
        _ valueName: String?,
        _ completion: CompletionKind?,
        defaultText: String? = nil,
        repeats: Bool = false
    ) {
        self.help = help
        self.valueName = valueName
        self.defaultText = defaultText
        self.repeats = repeats
        values = Element.allSpellings
        expectation = Element.expectation
        self.completion = completion ?? (values.isEmpty ? .nothing : .values(values))
    }

    func definition(
        _ kind: InputDefinition.Kind,
        label: String,
        spellings: [String],
        section: String?,
        isRequired: Bool
    ) -> InputDefinition {
        InputDefinition(
            kind: kind,
            spellings: spellings,
            negation: nil,
            valueName: valueName ?? label.kebabCased.uppercased(),
            help: help,
            section: section,
            defaultText: defaultText,
            values: values,
            expectation: expectation,
            completion: completion,
            repeats: repeats,
            isRequired: isRequired
        )
    }
}

/// How a word becomes a value: replaced, wrapped, or added to those before.
private enum Acceptance {
    static func replace<Value: ExpressibleByArgument>(_ word: String, _ slot: Slot<Value>) -> Bool {
        guard let value = Value(argument: word) else { return false }
        slot.value = value
        return true
    }

    static func replace<Element: ExpressibleByArgument>(_ word: String, _ slot: Slot<Element?>) -> Bool {
        guard let value = Element(argument: word) else { return false }
        slot.value = .some(value)
        return true
    }

    static func append<Element: ExpressibleByArgument>(_ word: String, _ slot: Slot<[Element]>) -> Bool {
        guard let element = Element(argument: word) else { return false }
        slot.value = (slot.value ?? []) + [element]
        return true
    }
}

/// A positional argument: required, with a default, optional (`Value?`) or repeated (`[Value]`).
@propertyWrapper
package struct Argument<Value>: Input {
    private let slot: Slot<Value>
    private let traits: InputTraits
    private let parse: (String, Slot<Value>) -> Bool

    var isSet: Bool { slot.value != nil }
    func accept(_ word: String) -> Bool { parse(word, slot) }

    func definition(label: String, section: String?) -> InputDefinition {
        traits.definition(.argument, label: label, spellings: [], section: section, isRequired: !isSet)
    }

    package var wrappedValue: Value {
        get { slot.parsed }
        nonmutating set { slot.value = newValue }
    }

    private init(_ value: Value?, _ traits: InputTraits, _ parse: @escaping (String, Slot<Value>) -> Bool) {
        slot = Slot(value)
        self.traits = traits
        self.parse = parse
    }
}

extension Argument where Value: ExpressibleByArgument {
    package init(
        wrappedValue: Value,
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) {
        let traits = InputTraits(of: Value.self, help, valueName, completion, defaultText: wrappedValue.spelling)
        self.init(wrappedValue, traits, Acceptance.replace)
    }

    /// An argument without a default, which the line must give.
    package init(help: String, valueName: String? = nil, completion: CompletionKind? = nil) {
        self.init(nil, InputTraits(of: Value.self, help, valueName, completion), Acceptance.replace)
    }
}

extension Argument {
    package init<Element: ExpressibleByArgument>(
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) where Value == Element? {
        self.init(.some(nil), InputTraits(of: Element.self, help, valueName, completion), Acceptance.replace)
    }

    package init<Element: ExpressibleByArgument>(
        wrappedValue: [Element],
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) where Value == [Element] {
        let traits = InputTraits(of: Element.self, help, valueName, completion, repeats: true)
        self.init(wrappedValue, traits, Acceptance.append)
    }
}

/// A named option with a value: required, with a default, optional (`Value?`) or repeated (`[Value]`).
@propertyWrapper
package struct Option<Value>: Input {
    private let slot: Slot<Value>
    private let name: NameSpecification
    private let traits: InputTraits
    private let parse: (String, Slot<Value>) -> Bool

    var isSet: Bool { slot.value != nil }
    func accept(_ word: String) -> Bool { parse(word, slot) }

    func definition(label: String, section: String?) -> InputDefinition {
        let spellings = name.spellings(of: label)
        return traits.definition(.option, label: label, spellings: spellings, section: section, isRequired: !isSet)
    }

    package var wrappedValue: Value {
        get { slot.parsed }
        nonmutating set { slot.value = newValue }
    }

    private init(
        _ value: Value?,
        _ name: NameSpecification,
        _ traits: InputTraits,
        _ parse: @escaping (String, Slot<Value>) -> Bool
    ) {
        slot = Slot(value)
        self.name = name
        self.traits = traits
        self.parse = parse
    }
}

extension Option where Value: ExpressibleByArgument {
    package init(
        wrappedValue: Value,
        name: NameSpecification = .long,
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) {
        let traits = InputTraits(of: Value.self, help, valueName, completion, defaultText: wrappedValue.spelling)
        self.init(wrappedValue, name, traits, Acceptance.replace)
    }

    /// An option without a default, which the line must give.
    package init(
        name: NameSpecification = .long,
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) {
        self.init(nil, name, InputTraits(of: Value.self, help, valueName, completion), Acceptance.replace)
    }
}

extension Option {
    package init<Element: ExpressibleByArgument>(
        name: NameSpecification = .long,
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) where Value == Element? {
        self.init(.some(nil), name, InputTraits(of: Element.self, help, valueName, completion), Acceptance.replace)
    }

    package init<Element: ExpressibleByArgument>(
        wrappedValue: [Element],
        name: NameSpecification = .long,
        help: String,
        valueName: String? = nil,
        completion: CompletionKind? = nil
    ) where Value == [Element] {
        let traits = InputTraits(of: Element.self, help, valueName, completion, repeats: true)
        self.init(wrappedValue, name, traits, Acceptance.append)
    }
}
