package import Core

/// A command as an argument vector, never a shell string.
package struct Command: Codable, Hashable, Sendable {
    package var argv: [String]
    /// The folder to start in, inside the project.
    package var directory: ProjectPath
    /// Variables on top of those of the toolchain.
    package var environment: [String: String]
    package var profile: CommandProfile
    package var limits: CommandLimits

    package init(
        argv: [String],
        directory: ProjectPath = .root,
        environment: [String: String] = [:],
        profile: CommandProfile,
        limits: CommandLimits = CommandLimits()
    ) {
        self.argv = argv
        self.directory = directory
        self.environment = environment
        self.profile = profile
        self.limits = limits
    }
}

/// What a command may use up, all its processes together.
package struct CommandLimits: Codable, Hashable, Sendable {
    /// Seconds from start to end.
    package var wallClock: Int
    /// Seconds of processor time.
    package var cpu: Int
    package var memoryBytes: Int
    package var processes: Int
    /// The size of one file.
    package var fileBytes: Int
    /// How much project and home may grow.
    package var diskBytes: Int
    /// How many files, folders and links project and home may gain.
    package var files: Int
    /// How much of the output is kept; the rest is read and dropped.
    package var outputBytes: Int

    package init(
        wallClock: Int = 600,
        cpu: Int = 1_200,
        memoryBytes: Int = 4 << 30,
        processes: Int = 512,
        fileBytes: Int = 2 << 30,
        diskBytes: Int = 4 << 30,
        files: Int = 500_000,
        outputBytes: Int = 256 << 10
    ) {
        self.wallClock = wallClock
        self.cpu = cpu
        self.memoryBytes = memoryBytes
        self.processes = processes
        self.fileBytes = fileBytes
        self.diskBytes = diskBytes
        self.files = files
        self.outputBytes = outputBytes
    }
}

/// How a command ended and what it said.
package struct CommandResult: Codable, Hashable, Sendable {
    package enum Ending: String, CaseIterable, Codable, Sendable {
        case exited
        case signalled
        case timedOut
        case cancelled
        case cpuLimit
        case memoryLimit
        case processLimit
        case diskLimit
        case fileLimit
    }

    package var ending: Ending
    /// The status, 128 and the signal, 124 after a time limit, 130 when cancelled, 137 after another limit.
    package var exitCode: Int32
    /// Both outputs in the order in which they were written, first and last part; control characters are raw.
    ///
    /// Standard output alone where ``errors`` is set.
    package var output: String
    /// How many bytes were written, those not kept included.
    package var outputBytes: Int
    package var durationMilliseconds: Int
    /// What it wrote to standard error, where ``BuildSite/access`` keeps that apart from ``output``.
    package var errors: String?

    package init(
        ending: Ending,
        exitCode: Int32,
        output: String,
        outputBytes: Int,
        durationMilliseconds: Int,
        errors: String? = nil
    ) {
        self.ending = ending
        self.exitCode = exitCode
        self.output = output
        self.outputBytes = outputBytes
        self.durationMilliseconds = durationMilliseconds
        self.errors = errors
    }

    package var succeeded: Bool { ending == .exited && exitCode == 0 }
}
