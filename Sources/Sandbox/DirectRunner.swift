internal import FoundationEssentials
package import ProcessKit

/// Runs commands without any isolation: only at a person's explicit wish.
///
/// All else is as in the sandbox: a clean environment, closed input, limits, and nothing left behind. A command can
/// read and write what its user can.
package struct DirectRunner: CommandRunner {
    /// Waits until the command is under its limits, and becomes the command.
    private static let waiting = "read -r go <&3; exec 3<&-; unset go; exec \"$@\""

    private let hostEnvironment: [String: String]
    private let groups: ControlGroupHost?

    package var isolation: Isolation { .none }

    /// - Parameters:
    ///   - environment: Drydock's environment, for the variables that fetching may see.
    ///   - groups: Where control groups are made; `nil` to do without.
    package init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        groups: ControlGroupHost? = .shared
    ) {
        hostEnvironment = environment
        self.groups = groups
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
            try place.access?.linkHomeFiles(in: place.home)
            let temporary = place.home + "/tmp"
            _ = RealPath.makeFolder(temporary)
            let variables = SandboxEnvironment(host: hostEnvironment)
            let environment = variables.variables(for: command, in: place.site, temporary: temporary)
            let disk = DiskWatch(folders: place.writable, limits: command.limits)
            let gated = GatedCommand(
                limits: command.limits,
                disk: disk,
                streams: CommandStreams(site.access),
                stop: stop,
                onLine: onLine
            )
            return try start(command, environment, folder, gated)
        }
    }

    private func start(
        _ command: Command,
        _ environment: [String: String],
        _ folder: String,
        _ gated: GatedCommand
    ) throws -> CommandResult {
        // The kernel ends the command with us, where a program is there to ask it for that.
        let helper = ExecutableSearch.find("setpriv", path: nil).map { [$0, "--pdeathsig", "KILL", "--"] } ?? []
        let argv = helper + ["/bin/sh", "-c", Self.waiting, "sh"] + command.argv
        let mark = "DRYDOCK_COMMAND"
        let value = UUID().uuidString
        let ending = try gated.run(
            SpawnRequest(
                program: argv[0],
                argv: argv,
                environment: environment.merging([mark: value]) { _, own in own },
                directory: folder,
                group: groups.flatMap {
                    ControlGroup(in: $0, memoryBytes: command.limits.memoryBytes, processes: command.limits.processes)
                }
            ),
            marker: "\(mark)=\(value)",
            passing: { [$0.reading] },
            root: { ProcessReference($0.process) }
        )
        return CommandResult(ending.outcome, lastLimit: ending.lastLimit, apart: gated.streams.areApart)
    }
}
