internal import CGit2
package import Core

/// A failure that libgit2 reported, with its message copied out of the library.
package struct GitError: ReportableError, Equatable {
    /// What was to be done.
    package enum Operation: String, Sendable {
        /// The library itself does not work here.
        case start = "start"
        case open = "open the repository"
        case initialise = "make a repository"
        case readObject = "read an object"
        case writeObject = "write an object"
        case readIndex = "read the index"
        case writeIndex = "write the index"
        case readReference = "read a branch"
        case writeReference = "move a branch"
        case merge = "merge"
        case walk = "read the history"
        case diff = "compare commits"
        case fetch = "copy the repository"
    }

    package let operation: Operation
    /// libgit2's own code, below zero.
    package let code: Int32
    /// libgit2's own words, read at once: the library overwrites them at the next call.
    package let message: String

    package init(_ operation: Operation, code: Int32, message: String) {
        self.operation = operation
        self.code = code
        self.message = message
    }

    package var kind: FaultKind {
        if operation == .start { return .configuration }
        if message.contains("No space left on device") || message.contains("Disk quota exceeded") { return .diskFull }
        return switch code {
        case GIT_ENOTFOUND.rawValue: .notFound
        case GIT_ELOCKED.rawValue: .busy
        default: operation == .readObject || operation == .readIndex ? .damaged : .failed
        }
    }

    package var hint: String? {
        switch kind {
        case .diskFull: "free some disk space"
        case .configuration: "install the package libgit2-1.5"
        default: nil
        }
    }

    package var description: String {
        operation == .start
            ? "libgit2 cannot be loaded: \(message.printable)"
            : "git could not \(operation.rawValue): \(message.printable) (code \(code))"
    }
}

extension GitError {
    /// Throws unless `code` says that the call went well.
    static func check(_ code: Int32, _ operation: Operation) throws(GitError) {
        guard code < 0 else { return }
        throw GitError(operation, code: code)
    }

    init(_ operation: Operation, code: Int32) {
        let message =
            if let last = unsafe libgit2.error_last(), let text = unsafe last.pointee.message {
                unsafe String(cString: text)
            } else {
                "no reason given"
            }
        self.init(operation, code: code, message: message)
    }
}
