internal import CommandLineKit
package import Core

/// An error as the command line reports it.
package struct ErrorReport: Encodable, Equatable {
    package let kind: FaultKind
    package let failureClass: FailureClass
    package let message: String
    package let hint: String?
    package let exitCode: Int32

    private enum CodingKeys: String, CodingKey {
        case kind, message, hint, exitCode
        case failureClass = "class"
    }

    package init(_ error: any Error) {
        if let fault = error as? any ReportableError {
            kind = fault.kind
            failureClass = fault.failureClass
            hint = fault.hint
        } else {
            kind = error is CancellationError ? .cancelled : .internalFault
            failureClass = .infrastructure
            hint = nil
        }
        message = error is CancellationError ? "cancelled" : "\(error)"
        exitCode = kind.exitStatus
    }

    /// What standard error gets: two lines, or with `--json` one object.
    package func text(asJSON: Bool, style: Style) -> String {
        if asJSON, let data = try? JSON.encode(["error": self]) {
            return String(decoding: data, as: UTF8.self)
        }
        let first = style.paint("drydock:", .red, .bold) + " " + message.printableLines
        return hint.map { first + "\n  " + $0.printableLines } ?? first
    }
}

/// A command that has said all there is to say and ends with a status of its own.
struct ExitStatus: Error, Equatable {
    let code: Int32
}
