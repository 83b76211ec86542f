/// The short way to run a trusted program, such as `nix`, and to get its output.
package enum Subprocess {
    package struct Limits: Sendable {
        /// How long the program may run before it is ended.
        package var time: Duration
        /// How many bytes of each output are kept.
        package var output: Int

        package init(time: Duration = .seconds(600), output: Int = 64 << 20) {
            self.time = time
            self.output = output
        }
    }

    package struct Output: Sendable {
        package var exit: ProcessExit
        package var stdout: [UInt8]
        package var stderr: [UInt8]
        /// Whether it was ended because it ran longer than its limit.
        package var timedOut: Bool
        package var duration: Duration

        package var succeeded: Bool { exit == .exited(0) && !timedOut }
        package var text: String { String(decoding: stdout, as: UTF8.self) }
        package var errorText: String { String(decoding: stderr, as: UTF8.self) }
    }

    /// Runs a program to its end; its exit status is data, not an error.
    ///
    /// The program has a process group of its own, which is killed when it ends, /dev/null or `input` as its
    /// standard input, and no descriptor of ours. When the task is cancelled the group gets TERM, and KILL 0.5 s
    /// later.
    ///
    /// - Parameters:
    ///   - argv: The program, by a path or by a name to look up on the `PATH` of `environment`, and its arguments.
    ///   - environment: The whole environment.
    ///   - directory: Where to start; `nil` for our own folder.
    ///   - input: What the program can read from its standard input.
    ///   - limits: Time and kept output.
    /// - Returns: The exit status and both outputs.
    /// - Throws: ``ProcessError``, or `CancellationError`.
    package static func run(
        _ argv: [String],
        environment: [String: String],
        directory: String? = nil,
        input: [UInt8]? = nil,
        limits: Limits = Limits()
    ) async throws -> Output {
        let name = argv.first ?? ""
        guard let program = ExecutableSearch.find(name, path: environment["PATH"]) else {
            throw ProcessError.programMissing(name)
        }
        let request = SpawnRequest(program: program, argv: argv, environment: environment, directory: directory)
        let stop = try StopSwitch()
        try Task.checkCancellation()
        let outcome = try await BlockingThread.run(stop: stop) {
            let file = try Descriptor.memoryFile(named: "input", holding: input ?? [])
            return try Supervision.run(
                request,
                streams: .separate,
                input: input == nil ? nil : file.number,
                limits: SupervisionLimits(wallClock: limits.time, outputBytes: limits.output),
                stop: stop,
                custody: GroupCustody.init(of:)
            )
        }
        if outcome.stop == .cancelled { throw CancellationError() }
        return Output(
            exit: outcome.exit,
            stdout: outcome.output.bytes,
            stderr: outcome.errors.bytes,
            timedOut: outcome.stop == .wallClock,
            duration: outcome.duration
        )
    }
}
