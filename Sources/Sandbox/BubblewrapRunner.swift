internal import Core
internal import FoundationEssentials
package import ProcessKit

/// Runs commands in namespaces of their own, with nothing of the machine in sight but what a build needs.
///
/// Each command has fresh process, user, mount, IPC, host name, control group and (but for fetching) network
/// namespaces, no capability, no way to get one, and a filter of system calls. It works the same for root and for an
/// ordinary user; inside, the user is number 1000 in both cases.
package struct BubblewrapRunner: CommandRunner {
    /// The number of the user and of the group inside.
    static let insideUser = 1_000
    /// The most that each memory file system may hold.
    static let temporaryBytes = 1 << 30

    package let program: String
    private let hidden: HiddenFolders
    private let cache: String
    private let hostEnvironment: [String: String]
    private let groups: ControlGroupHost?
    private let adjust: (@Sendable (inout SandboxSetup) -> Void)?

    package var isolation: Isolation { .bubblewrap }

    /// - Parameters:
    ///   - hiding: Folders that no command may see: Drydock's own, the user's home.
    ///   - cache: Drydock's cache folder, for what all commands see alike; hidden too, and made when it is needed.
    ///   - environment: Drydock's environment, for `PATH` and the variables that fetching may see.
    ///   - groups: Where control groups are made; `nil` to do without.
    ///   - adjust: Changes a finished setup; for tests that show what a layer is for.
    /// - Throws: ``SandboxError/helperMissing``
    package init(
        hiding: [String],
        cache: String,
        environment: [String: String] = ProcessInfo.processInfo.environment,
        groups: ControlGroupHost? = .shared,
        adjust: (@Sendable (inout SandboxSetup) -> Void)? = nil
    ) throws(SandboxError) {
        guard let program = Self.locate(path: environment["PATH"]) else { throw .helperMissing }
        self.program = program
        self.groups = groups
        self.adjust = adjust
        hostEnvironment = environment
        self.cache = cache
        hidden = HiddenFolders(hiding + [cache] + [environment["HOME"]].compactMap { $0 })
    }

    /// Where bubblewrap is: at its usual places, else on `path`.
    package static func locate(path: String?) -> String? {
        let usual = ["/usr/bin/bwrap", "/bin/bwrap", "/usr/local/bin/bwrap", "/run/current-system/sw/bin/bwrap"]
        return usual.first { ExecutableSearch.find($0, path: nil) != nil }
            ?? ExecutableSearch.find("bwrap", path: path)
    }

    package func run(
        _ command: Command,
        in site: BuildSite,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws -> CommandResult {
        if let refusal = CommandResult.refusal(of: command) { return refusal }
        let stop = try StopSwitch()
        return try await BlockingThread.run(stop: stop) {
            let place = try SitePlace(site)
            defer { place.release() }
            guard let folder = place.folder(of: command) else { return .missingFolder(command.directory) }
            var setup = try SandboxSetup(
                command,
                place,
                folder: folder,
                hidden: hidden,
                system: SystemFiles.shared(cache: cache, network: site.hasNetwork(for: command)),
                environment: SandboxEnvironment(host: hostEnvironment)
            )
            adjust?(&setup)
            let disk = DiskWatch(folders: place.writable, limits: command.limits)
            return try start(
                setup,
                GatedCommand(
                    limits: command.limits,
                    disk: disk,
                    streams: CommandStreams(site.access),
                    stop: stop,
                    onLine: onLine
                )
            )
        }
    }

    /// Starts bubblewrap, which waits inside until its first process is under its limits.
    private func start(_ setup: SandboxSetup, _ gated: GatedCommand) throws -> CommandResult {
        let files = try SandboxFiles(setup)
        var status = try BubblewrapStatus()
        let limits = gated.limits
        let group = groups.flatMap { host in
            // Where the command is born in its group, so is bubblewrap, which outlives it there.
            let more = host.lendsThreads ? 1 : 0
            return ControlGroup(in: host, memoryBytes: limits.memoryBytes, processes: limits.processes + more)
        }
        let statusEnd = status.childEnd
        let ending = try gated.run(
            SpawnRequest(
                program: program,
                argv: ["bwrap", "--args", "3", "--"] + setup.argv,
                environment: setup.helperEnvironment,
                group: group
            ),
            passing: { files.numbers(status: statusEnd, gate: $0.reading, hold: $0.writing) },
            root: { _ in status.readChild().flatMap { ProcessReference($0) } }
        )
        guard ending.outcome.stop != nil || status.readWhetherStarted() else {
            return try Self.notStarted(setup.argv, ending.outcome)
        }
        return CommandResult(ending.outcome, lastLimit: ending.lastLimit, apart: gated.streams.areApart)
    }

    /// Tells a program that is not there, which is the command's fault, from a sandbox that cannot be had.
    private static func notStarted(_ argv: [String], _ outcome: Supervision.Outcome) throws -> CommandResult {
        let message = String(decoding: outcome.output.bytes + outcome.errors.bytes, as: UTF8.self)
        guard message.contains("bwrap: execvp ") else { throw IsolationProbe.fault(message) }
        var result = CommandResult(outcome, lastLimit: nil)
        result.exitCode = message.contains("Permission denied") ? 126 : 127
        result.output = "\(argv.first ?? ""): \(result.exitCode == 126 ? "cannot be run" : "not found")\n"
        return result
    }
}
