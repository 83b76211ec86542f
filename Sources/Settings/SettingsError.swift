package import Core

/// A configuration that cannot be used.
package enum SettingsError: ReportableError, Equatable {
    /// Not YAML, or a key that there is not; the message begins with file and line.
    case notSettings(String, hint: String?)
    case invalidValue(key: String, value: String, origin: SettingOrigin, expectation: String)
    case unreadable(String, reason: String)
    case noHome

    /// What stands on the command line is a mistake of that line, not of the configuration.
    package var kind: FaultKind {
        if case .invalidValue(_, _, .flag, _) = self { .usage } else { .configuration }
    }

    package var description: String {
        switch self {
        case .notSettings(let message, _): message
        case .invalidValue(_, let value, .flag(let flag), _):
            "'\(value.printable)' is not a valid value for '\(flag)'"
        case .invalidValue(let key, let value, let origin, _):
            "\(origin.description.printable): '\(value.printable)' is not a valid value for '\(key)'"
        case .unreadable(let path, let reason): "the configuration file '\(path.printable)' cannot be read: \(reason)"
        case .noHome: "there is no place for Drydock's files: neither DRYDOCK_HOME nor HOME is set"
        }
    }

    package var hint: String? {
        switch self {
        case .notSettings(_, let hint): hint
        case .invalidValue(_, _, _, let expectation): "give \(expectation)"
        case .unreadable: "make it a file that you can read, or move it away"
        case .noHome: "set DRYDOCK_HOME to an absolute path"
        }
    }
}
