internal import Core
internal import Engine
internal import FoundationEssentials
internal import Journal
internal import Models
internal import Sandbox
internal import Settings
internal import Snapshots
internal import Synchronization
internal import Warehouse

/// The engine with everything that it needs of this machine: where Drydock's parts are put together.
struct Dock: Sendable {
    let service: RunService
    let surroundings: Surroundings
    let settings: Settings
    let lines: LineRelay
    /// Whether the network was found to be missing.
    var isOffline = false
    /// What the run's models were chosen with; `nil` when they were chosen before.
    var desk: ModelDesk?

    /// This dock with the models of a plan.
    func with(_ plan: ModelPlan, of desk: ModelDesk) async throws -> Dock {
        var parts = service.parts
        parts.redactor = try await desk.redactor(parts.redactor, for: plan.table)
        var dock = Dock(service: RunService(parts: parts), surroundings: surroundings, settings: settings, lines: lines)
        dock.isOffline = plan.isOffline
        dock.desk = desk
        return dock
    }

    /// Opens the stores and finds the sandbox; makes Drydock's folders when there are none.
    static func open(_ surroundings: Surroundings, _ settings: Settings) async throws -> Dock {
        let lines = LineRelay()
        let folders = surroundings.folders
        var parts = EngineParts(
            runs: folders.runs,
            store: try await surroundings.journal(),
            warehouse: surroundings.warehouse(),
            snapshots: surroundings.snapshots,
            runner: ChosenRunner(.bubblewrap, surroundings),
            toolchains: toolchains(surroundings, isOffline: false),
            model: BuiltinModel(),
            redactor: Redactor(environment: surroundings.environment)
        )
        parts.onLine = { lines.put($1, of: $0) }
        return Dock(service: RunService(parts: parts), surroundings: surroundings, settings: settings, lines: lines)
    }

    private static func toolchains(_ surroundings: Surroundings, isOffline: Bool) -> ToolchainResolver {
        var resolver = ToolchainResolver(
            cacheFolder: surroundings.folders.cache,
            environment: surroundings.environment
        )
        resolver.isOffline = isOffline
        return resolver
    }

    /// What a run's answers come from when no model is asked.
    func recording(for request: RunRequest) async throws -> Recording? {
        if let file = request.playback { return try Recording(file: file) }
        guard let run = request.answersOf else { return nil }
        return try await service.recording(of: run, program: Drydock.version)
    }

    /// Opens the dock for a run that is already there.
    ///
    /// - Throws: ``RunError/notFound(_:)`` when there is no journal yet; asking for a run makes none.
    static func openExisting(_ options: OutputOptions, for run: RunArgument) async throws -> (Dock, Output) {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        guard surroundings.hasJournal else { throw RunError.notFound(run.text) }
        return (try await open(surroundings, settings), options.makeOutput(settings))
    }

    /// This dock with the isolation that a run began with, whatever is configured now.
    ///
    /// - Parameters:
    ///   - run: The run.
    ///   - budget: Caps in place of those that it has.
    /// - Returns: The dock.
    /// - Throws: ``SandboxError`` when that isolation cannot be had here; ``UnpricedModel``.
    func prepared(for run: RunID, budget: BudgetCaps = .none) async throws -> Dock {
        let report = try await service.report(run)
        let isolation = Isolation(report.isolation)
        try await isolation.check()
        var parts = service.parts
        let request = try await service.request(of: run)
        if let recording = try await recording(for: request) {
            parts.model = RecordedModel(recording, redactor: parts.redactor)
        } else if let routes = request.routes {
            let desk = try self.desk ?? ModelDesk(surroundings, settings, isOffline: request.isOffline == true)
            try ModelPlan.check(try await service.caps(of: run).replaced(by: budget), for: routes, of: desk)
            parts.redactor = try await desk.redactor(parts.redactor, for: routes)
            let isOffline = isOffline || desk.isForcedOffline
            let runner = ChosenRunner(isolation, surroundings)
            (parts.model, parts.agents) = try await desk.staff(
                for: routes,
                of: request,
                isOffline: isOffline,
                runner: runner
            )
        }
        parts.runner = ChosenRunner(isolation, surroundings)
        parts.isOffline = request.isOffline == true || settings[SettingKeys.offline] == .on
        parts.toolchains = Self.toolchains(surroundings, isOffline: parts.isOffline)
        return Dock(service: RunService(parts: parts), surroundings: surroundings, settings: settings, lines: lines)
    }
}

/// The last line that each running command has printed, for whoever draws next.
final class LineRelay: Sendable {
    private let lines = Mutex<[StepPath: String]>([:])

    func put(_ line: String, of step: StepPath) {
        lines.withLock { $0[step] = line }
    }

    /// What came in since the last call.
    func take() -> [(step: StepPath, line: String)] {
        lines.withLock { lines in
            defer { lines = [:] }
            return lines.map { ($0.key, $0.value) }
        }
    }
}
