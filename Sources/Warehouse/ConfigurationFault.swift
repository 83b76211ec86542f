package import Core
package import YAMLKit

/// A guide, skill, flake or pipeline that cannot be used.
package enum ConfigurationFault: ReportableError, Hashable {
    /// A mistake in the file, with its place.
    case malformed(YAMLError)
    case unreadable(file: String, reason: String)
    /// Two files of one layer want to be the same item.
    case twice(name: String, files: [String])

    package var kind: FaultKind { .configuration }

    package var description: String {
        switch self {
        case .malformed(let error): error.description
        case .unreadable(let file, let reason): "\(file.printable) cannot be used: \(reason)"
        case .twice(let name, let files):
            "'\(name.printable)' is defined twice: \(files.map { $0.printable }.joined(separator: " and "))"
        }
    }

    package var hint: String? {
        switch self {
        case .malformed(let error): error.hint
        case .unreadable: nil
        case .twice: "remove or rename one of the two"
        }
    }
}

/// A name that no item of the warehouse has.
package struct UnknownKnowledge: ReportableError, Hashable {
    package let what: KnowledgeKind
    package let name: String
    package let known: [String]

    package var kind: FaultKind { .notFound }
    package var description: String { "there is no \(what.singular) '\(name.printable)'" }
    package var hint: String? { known.isEmpty ? nil : "known: \(known.joined(separator: ", "))" }
}
