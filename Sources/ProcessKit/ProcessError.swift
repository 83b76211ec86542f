package import Core
internal import Glibc

/// A child process that could not be started or watched.
package enum ProcessError: ReportableError, Equatable {
    /// There is no such program where programs are looked for.
    case programMissing(String)
    /// The folder to start in does not exist.
    case directoryMissing(String)
    /// An argument or a variable that the kernel cannot take.
    case malformed(String)
    /// The kernel refused a call.
    case refused(_ operation: String, code: Int32)

    package var kind: FaultKind {
        switch self {
        case .programMissing, .directoryMissing: .notFound
        case .malformed: .usage
        case .refused(_, let code): code == ENOSPC ? .diskFull : .failed
        }
    }

    package var failureClass: FailureClass { .infrastructure }

    package var description: String {
        switch self {
        case .programMissing(let name): "there is no program '\(name.printable)'"
        case .directoryMissing(let path): "there is no folder '\(path.printable)' to start a program in"
        case .malformed(let text): "'\(text.prefix(60).printable)' cannot be passed to a program"
        case .refused(let operation, let code):
            unsafe "could not \(operation): \(String(cString: strerror(code))) (errno \(code))"
        }
    }

    package var hint: String? {
        switch self {
        case .programMissing(let name): "install '\(name.printable)' or put its folder on PATH"
        case .malformed: "arguments and variables must not hold NUL bytes"
        case .directoryMissing, .refused: nil
        }
    }
}
