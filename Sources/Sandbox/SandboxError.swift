package import Core

/// A sandbox that cannot be had, or that must not be had in this way.
package enum SandboxError: ReportableError, Equatable {
    /// bubblewrap is not installed.
    case helperMissing
    /// The kernel or its configuration refuses what bubblewrap needs.
    case namespacesForbidden(reason: String, remedy: String)
    /// bubblewrap could not set the sandbox up, in its own words.
    case setupFailed(String)
    /// Making this folder visible would show what must stay hidden.
    case exposes(path: String, hidden: String)
    /// A symbolic link, or something else that is no folder or file, stands where a protected folder belongs.
    case notAFolder(path: String)
    /// The project's folder or the private home is not there.
    case siteMissing(path: String)

    package var kind: FaultKind {
        switch self {
        case .helperMissing, .namespacesForbidden, .setupFailed: .sandboxUnavailable
        case .exposes, .notAFolder: .policy
        case .siteMissing: .failed
        }
    }

    package var description: String {
        switch self {
        case .helperMissing: "the sandbox needs bubblewrap, and there is no 'bwrap' at its usual places or on PATH"
        case .namespacesForbidden(let reason, _): "the sandbox cannot be had: \(reason)"
        case .setupFailed(let message): "bubblewrap could not set up the sandbox: \(message.printable)"
        case .exposes(let path, let hidden):
            "'\(path.printable)' cannot be shown to commands, because '\(hidden.printable)' is in it"
        case .notAFolder(let path): "'\(path.printable)' is not a plain folder or file, so it cannot be protected"
        case .siteMissing(let path): "there is no folder '\(path.printable)' to run commands in"
        }
    }

    package var hint: String? {
        switch self {
        case .helperMissing: "install it with 'apt install bubblewrap', or run without isolation by an explicit flag"
        case .namespacesForbidden(_, let remedy): remedy
        case .setupFailed: "run 'drydock doctor' to see what this machine allows"
        case .exposes: "name the narrower folder that the tools are in"
        case .notAFolder(let path): "remove '\(path.printable)'"
        case .siteMissing: nil
        }
    }
}
