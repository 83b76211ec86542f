internal import Core
internal import Engine
internal import Sandbox
internal import Settings

/// The runner that a run's isolation asks for, looked for when the first command comes.
struct ChosenRunner: CommandRunner {
    let isolation: Isolation
    private let environment: [String: String]
    private let hidden: [String]
    private let cache: String

    init(_ isolation: Isolation, _ surroundings: Surroundings) {
        self.isolation = isolation
        environment = surroundings.environment
        let folders = surroundings.folders
        hidden = [folders.configuration, folders.state, folders.snapshots]
        cache = folders.cache
    }

    func run(
        _ command: Command,
        in site: BuildSite,
        onLine: @escaping @Sendable (String) -> Void
    ) async throws -> CommandResult {
        switch isolation {
        case .bubblewrap:
            try await BubblewrapRunner(hiding: hidden, cache: cache, environment: environment)
                .run(command, in: site, onLine: onLine)
        case .none:
            try await DirectRunner(environment: environment).run(command, in: site, onLine: onLine)
        }
    }
}

extension Isolation {
    init(_ level: RunReport.IsolationLevel?) {
        self = level == RunReport.IsolationLevel.none ? .none : .bubblewrap
    }

    /// - Throws: ``SandboxError`` when it cannot be had on this machine.
    func check() async throws {
        guard self == .bubblewrap, let fault = try await IsolationProbe.shared().fault else { return }
        throw fault
    }
}
