// Settings: what a person has configured, layer over layer, each value with its origin.
//
// Flags win over the environment, that over the project's file (once a person has trusted it), the
// user's, the system's, and last the defaults. `SettingKeys.swift` declares each key once. `Folders`
// says where Drydock keeps its files.

/// All values that hold, and where each comes from.
package struct Settings: Sendable {
    private let chosen: [String: SettingText]
    package let sections: SettingsSections
    /// Variables named `DRYDOCK_…` that mean nothing to Drydock, in alphabetical order.
    package let unknownVariables: [String]

    /// The defaults alone.
    package init() {
        chosen = [:]
        sections = SettingsSections()
        unknownVariables = []
    }

    /// Reads all layers.
    ///
    /// - Parameters:
    ///   - flags: What the command line says, by the names of keys.
    ///   - environment: The process's environment.
    ///   - files: The files from the strongest to the weakest; one that does not exist is an empty one.
    ///   - projectFile: The one of them that belongs to a project.
    /// - Throws: ``SettingsError`` for the first mistake, with its place. A mistake in a weaker layer is one, too.
    package init(
        flags: [SettingFlag] = [],
        environment: [String: String],
        files: [String],
        projectFile: String? = nil
    ) throws(SettingsError) {
        var chosen: [String: SettingText] = [:]
        var sections = SettingsSections()
        for file in files.reversed() {
            for text in try SettingsFile.read(file, ofProject: file == projectFile, &sections) {
                chosen[text.key] = text
            }
        }
        self.sections = sections
        for key in SettingKeys.all {
            if let value = environment[key.variable], !value.isEmpty {
                chosen[key.name] = SettingText(key: key.name, text: value, origin: .variable(key.variable))
            }
        }
        for flag in flags {
            chosen[flag.key] = SettingText(key: flag.key, text: flag.text, origin: .flag(flag.flag))
        }
        for text in chosen.values.sorted(by: { $0.key < $1.key }) { try text.check() }
        self.chosen = chosen
        let known = Set(SettingKeys.all.map { $0.variable }).union(Self.otherVariables)
        unknownVariables = environment.keys.filter { $0.hasPrefix("DRYDOCK_") && !known.contains($0) }.sorted()
    }

    /// Variables that mean something but are no settings.
    private static let otherVariables: Set<String> = ["DRYDOCK_HOME"]

    /// The value that holds.
    package subscript<Value>(key: SettingKey<Value>) -> Value {
        chosen[key.name].flatMap { key.parse($0.text) } ?? key.defaultValue
    }

    package func origin(of key: any AnySettingKey) -> SettingOrigin {
        chosen[key.name]?.origin ?? .default
    }

    /// The value that holds, as a person would write it.
    package func text(of key: any AnySettingKey) -> String {
        chosen[key.name]?.text ?? key.defaultText
    }
}

/// One setting that the command line makes.
package struct SettingFlag: Sendable {
    package let key: String
    package let text: String
    /// The flag's spelling, such as `--snapshot`.
    package let flag: String

    package init?<Value>(_ key: SettingKey<Value>, _ text: String?, flag: String) {
        guard let text else { return nil }
        self.key = key.name
        self.text = text
        self.flag = flag
    }
}

/// Where a value comes from.
package enum SettingOrigin: Hashable, Sendable, CustomStringConvertible {
    case flag(String)
    case variable(String)
    case file(path: String, line: Int)
    case `default`

    package var description: String {
        switch self {
        case .flag(let flag): flag
        case .variable(let name): name
        case .file(let path, let line): "\(path):\(line)"
        case .default: "default"
        }
    }
}

/// A value as it was written, not yet parsed.
struct SettingText: Sendable {
    let key: String
    let text: String
    let origin: SettingOrigin

    func check() throws(SettingsError) {
        guard let declared = SettingKeys.all.first(where: { $0.name == key }) else { return }
        guard declared.accepts(text) else {
            throw .invalidValue(key: key, value: text, origin: origin, expectation: declared.expectation)
        }
    }
}
