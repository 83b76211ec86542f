/// A value that a word on the command line can spell.
package protocol ExpressibleByArgument: SendableMetatype {
    init?(argument: String)

    /// What a person has to type, such as `a whole number`; for the hint of an error.
    static var expectation: String { get }

    /// All spellings, when they are few; for help and completion.
    static var allSpellings: [String] { get }

    /// How the value is spelled; for the default in a help text.
    var spelling: String { get }
}

extension ExpressibleByArgument {
    package static var expectation: String { "a value" }
    package static var allSpellings: [String] { [] }
    package var spelling: String { String(describing: self) }
}

extension String: ExpressibleByArgument {
    package init?(argument: String) { self = argument }
}

extension Int: ExpressibleByArgument {
    package init?(argument: String) { self.init(argument) }
    package static var expectation: String { "a whole number" }
}

extension Double: ExpressibleByArgument {
    package init?(argument: String) {
        guard let value = Double(argument), value.isFinite else { return nil }
        self = value
    }
    package static var expectation: String { "a number" }
}

extension RawRepresentable where RawValue == String, Self: ExpressibleByArgument {
    package init?(argument: String) { self.init(rawValue: argument) }
    package var spelling: String { rawValue }
}

extension RawRepresentable where RawValue == String, Self: ExpressibleByArgument & CaseIterable {
    package static var allSpellings: [String] { allCases.map { $0.rawValue } }
    package static var expectation: String { "one of " + allSpellings.joined(separator: ", ") }
}
