internal import Core

/// A failure as a report's JSON states it: class, message and step.
///
/// The message names the command that failed and ends with the way out; what the command printed is with its step.
struct StatedFailure: Encodable {
    private let failureClass: FailureClass
    private let message: String
    private let step: StepPath?

    init(_ failure: RunReport.Failure, hint: String?) {
        failureClass = failure.failureClass
        step = failure.step
        let command = failure.command.map { command in
            ": '\(command.argv.shellLine)' ended with \(command.exitCode)" + (command.stop.map { ", \($0)" } ?? "")
        }
        message = failure.message + (command ?? "") + (hint.map { "; " + $0 } ?? "")
    }

    private enum CodingKeys: String, CodingKey {
        case failureClass = "class"
        case message, step
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(failureClass, forKey: .failureClass)
        try container.encode(message, forKey: .message)
        try container.encode(step, forKey: .step)
    }
}
