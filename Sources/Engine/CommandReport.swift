package import Sandbox

/// A command of a run and what it came to.
package struct CommandReport: Codable, Equatable, Sendable {
    package var argv: [String]
    package var exitCode: Int32
    package var ending: CommandResult.Ending
    /// Of a command that failed, the last lines that it printed, without control characters; else `nil`.
    package var output: [String]?

    package init(argv: [String], exitCode: Int32, ending: CommandResult.Ending = .exited, output: [String]? = nil) {
        self.argv = argv
        self.exitCode = exitCode
        self.ending = ending
        self.output = output
    }

    /// What ended it, in words; `nil` when it ended by itself.
    package var stop: String? {
        switch ending {
        case .exited: nil
        case .signalled: "a signal"
        case .timedOut: "out of time"
        case .cancelled: "cancelled"
        case .cpuLimit: "out of processor time"
        case .memoryLimit: "out of memory"
        case .processLimit: "too many processes"
        case .diskLimit: "wrote too much"
        case .fileLimit: "made too many files"
        }
    }
}
