internal import Core
internal import ProcessKit

extension CommandLimits {
    var supervision: SupervisionLimits {
        SupervisionLimits(
            wallClock: .seconds(wallClock),
            outputBytes: outputBytes,
            grace: .milliseconds(400),
            checkInterval: .milliseconds(50)
        )
    }
}

extension CommandResult {
    /// The result of what came out, and of the limit at which the kernel refused the command something.
    ///
    /// `apart` says that the command's two outputs were.
    init(_ outcome: Supervision.Outcome, lastLimit: Ending?, apart: Bool = false) {
        let (seconds, attoseconds) = outcome.duration.components
        let status = outcome.exit.shellStatus
        ending = Self.ending(outcome, status: status, lastLimit: lastLimit)
        exitCode =
            switch ending {
            case .exited, .signalled: status
            case .timedOut: 124
            case .cancelled: 130
            case .cpuLimit, .memoryLimit, .processLimit, .diskLimit, .fileLimit: 137
            }
        output = String(decoding: outcome.output.bytes, as: UTF8.self)
        errors = apart ? String(decoding: outcome.errors.bytes, as: UTF8.self) : nil
        outputBytes = outcome.output.count
        durationMilliseconds = Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000)
    }

    private static func ending(_ outcome: Supervision.Outcome, status: Int32, lastLimit: Ending?) -> Ending {
        switch outcome.stop {
        case .cancelled: .cancelled
        case .wallClock: .timedOut
        case .cpu: .cpuLimit
        case .memory: .memoryLimit
        case .processes: .processLimit
        case .disk, .output: .diskLimit
        case .files: .fileLimit
        case nil where status != 0 && lastLimit != nil: lastLimit ?? .exited
        // SIGXCPU and SIGXFSZ: the limits of a single process and of a single file.
        case nil where status == 128 + 24: .cpuLimit
        case nil where status == 128 + 25: .diskLimit
        // A helper between us and the command gives its signal as a status, as a shell does.
        case nil: (129...192).contains(status) ? .signalled : .exited
        }
    }

    /// The result of a command whose folder is not in the project.
    static func missingFolder(_ path: ProjectPath) -> CommandResult {
        notStarted(127, "there is no folder '\(path.description.printable)' in the project\n")
    }

    /// The result of a command that no kernel could start; `nil` for any other.
    static func refusal(of command: Command) -> CommandResult? {
        guard let program = command.argv.first, !program.isEmpty else {
            return notStarted(126, "the command names no program\n")
        }
        let names = command.environment.keys
        let texts = command.argv + names + command.environment.values
        guard !texts.contains(where: { $0.utf8.contains(0) }),
            !names.contains(where: { $0.isEmpty || $0.contains("=") })
        else {
            return notStarted(126, "'\(program.printable)' has an argument or a variable that cannot be passed on\n")
        }
        return nil
    }

    private static func notStarted(_ code: Int32, _ text: String) -> CommandResult {
        CommandResult(
            ending: .exited,
            exitCode: code,
            output: text,
            outputBytes: text.utf8.count,
            durationMilliseconds: 0
        )
    }
}
