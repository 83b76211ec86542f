internal import Core

/// One thing that `doctor` looked at.
struct Finding: Encodable, Sendable {
    enum Status: String, Encodable, Sendable {
        case ok
        /// Something works less well, or not for everyone.
        case warning
        /// Something does not work.
        case problem
    }

    let subject: String
    let status: Status
    let message: String
    /// What the reader can do about it.
    let remedy: String?
    /// The status that a run would end with.
    let exitCode: Int32

    static func ok(_ subject: String, _ message: String) -> Finding {
        Finding(subject: subject, status: .ok, message: message, remedy: nil, exitCode: 0)
    }

    static func warning(_ subject: String, _ message: String, _ remedy: String?) -> Finding {
        Finding(subject: subject, status: .warning, message: message, remedy: remedy, exitCode: 0)
    }

    static func problem(_ subject: String, _ error: any Error, remedy: String? = nil) -> Finding {
        let report = ErrorReport(error)
        return Finding(
            subject: subject,
            status: .problem,
            message: report.message,
            remedy: remedy ?? report.hint,
            exitCode: report.exitCode
        )
    }
}
