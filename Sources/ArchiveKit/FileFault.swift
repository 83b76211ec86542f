package import Core
internal import Glibc

/// A failure of a call on files, with the kernel's own words.
package struct FileFault: ReportableError, Equatable {
    /// What was being done, as a verb: "open", "write".
    package let operation: String
    package let path: String
    /// The number of the error, as in errno(3).
    package let code: Int32

    package init(_ operation: String, _ path: String, code: Int32) {
        self.operation = operation
        self.path = path
        self.code = code
    }

    /// The fault that `errno` names at this moment.
    static func current(_ operation: String, _ path: String) -> FileFault {
        FileFault(operation, path, code: errno)
    }

    package var isMissing: Bool { code == ENOENT }
    package var isExisting: Bool { code == EEXIST }
    package var isNotEmpty: Bool { code == ENOTEMPTY || code == EEXIST }
    /// Whether a link stands where none may be, or a file where a folder must be.
    package var isLinkOrFile: Bool { code == ELOOP || code == ENOTDIR }

    /// Whether it came about at this path or below it.
    package func concerns(_ place: String) -> Bool { path == place || path.hasPrefix(place + "/") }

    package var kind: FaultKind {
        switch code {
        case ENOSPC, EDQUOT: .diskFull
        case EACCES, EPERM, EROFS: .usage
        default: .failed
        }
    }

    package var description: String {
        let reason = unsafe String(cString: strerror(code))
        return "cannot \(operation) '\(path.printable)': \(reason.lowercased())"
    }

    package var hint: String? {
        switch code {
        case ENOSPC: "free some space on the disk that holds '\(path.printable)', then try again"
        case EDQUOT: "the quota is used up: free some space below '\(path.printable)', then try again"
        case EACCES, EPERM: "check who owns '\(path.printable)' and its permissions"
        case EROFS: "'\(path.printable)' is on a file system that is mounted read-only"
        default: nil
        }
    }
}

/// Repeats a call that a signal interrupted; -1 turns into the fault that `errno` names.
func checked<Number: FixedWidthInteger & SignedInteger>(
    _ operation: String,
    _ path: @autoclosure () -> String,
    _ call: () -> Number
) throws(FileFault) -> Number {
    while true {
        let result = call()
        if result != -1 { return result }
        let code = errno
        if code != EINTR { throw FileFault(operation, path(), code: code) }
    }
}
