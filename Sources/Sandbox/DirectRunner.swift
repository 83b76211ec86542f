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
            return try start(command, environment, folder, disk, CommandStreams(site.access), stop, onLine)
        }
    }

    private func start(
        _ command: Command,
        _ environment: [String: String],
        _ folder: String,
        _ disk: DiskWatch,
        _ streams: CommandStreams,
        _ stop: StopSwitch,
        _ onLine: @escaping (String) -> Void
    ) throws -> CommandResult {
        // The kernel ends the command with us, where a program is there to ask it for that.
        let helper = ExecutableSearch.find("setpriv", path: nil).map { [$0, "--pdeathsig", "KILL", "--"] } ?? []
        let argv = helper + ["/bin/sh", "-c", Self.waiting, "sh"] + command.argv
        let mark = "DRYDOCK_COMMAND"
        let value = UUID().uuidString
        var gate = try ChildPipe()
        let input = try streams.openInput()
        let group = groups.flatMap {
            ControlGroup(in: $0, memoryBytes: command.limits.memoryBytes, processes: command.limits.processes)
        }
        var custody: CommandCustody?
        defer {
            if custody == nil { group?.remove() }
        }
        let outcome = try Supervision.run(
            SpawnRequest(
                program: argv[0],
                argv: argv,
                environment: environment.merging([mark: value]) { _, own in own },
                directory: folder,
                group: group
            ),
            streams: streams.kind,
            input: input?.descriptor.number,
            passing: [gate.readingNumber],
            limits: command.limits.supervision,
            stop: stop,
            onLine: onLine
        ) { child in
            gate.reading = nil
            let made = CommandCustody(
                root: ProcessReference(child.process),
                child: child,
                isolated: false,
                limits: command.limits,
                disk: disk,
                group: group,
                marker: "\(mark)=\(value)"
            )
            gate.writing?.writeLine()
            gate.writing = nil
            custody = made
            return made
        }
        return CommandResult(outcome, lastLimit: custody?.lastLimit, apart: streams.areApart)
    }
}
