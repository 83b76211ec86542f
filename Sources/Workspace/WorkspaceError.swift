package import Core

/// A repository that cannot be made or opened as asked.
package enum WorkspaceError: ReportableError, Equatable {
    /// There is a repository, or a linked tree, already.
    case exists(path: String)
    /// An address that is not a path on this machine.
    case unsupportedSource(String)
    /// A name that a branch or a linked tree cannot have.
    case unusableName(String)

    package var kind: FaultKind {
        switch self {
        case .exists: .failed
        case .unsupportedSource, .unusableName: .usage
        }
    }

    package var description: String {
        switch self {
        case .exists(let path): "there is a repository at '\(path.printable)' already"
        case .unsupportedSource(let source): "'\(source.printable)' is not a repository on this machine"
        case .unusableName(let name): "a branch or tree cannot be called '\(name.printable)'"
        }
    }

    package var hint: String? {
        switch self {
        case .exists: nil
        case .unsupportedSource: "give a path or a file:// URL"
        case .unusableName: "use letters, digits, '-' and '_'"
        }
    }
}
