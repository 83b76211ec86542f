import Core
import Engine
import Foundation
import Journal
import Models
import Sandbox
import Snapshots
import TestSupport
import Warehouse

/// The engine with real parts below the test's own folder, and a model that the test scripts.
struct Yard {
    let folder: String
    let store: SQLiteJournal
    var parts: EngineParts

    var service: RunService { RunService(parts: parts) }

    init(
        model: any ModelProvider,
        clock: any WallClock = SystemClock(),
        identifiers: any IdentifierSource = RandomIdentifiers(),
        redactor: Redactor = .none
    ) async throws {
        folder = TemporaryDirectory.current.path
        try FileSystem.makeFolder(folder + "/state")
        store = try await SQLiteJournal(path: folder + "/state/journal.sqlite")
        parts = EngineParts(
            runs: folder + "/state/runs",
            store: store,
            warehouse: Warehouse(layers: [.builtIn, .user(folder: folder + "/config")]),
            snapshots: SnapshotStore(folder: folder + "/snapshots"),
            runner: try BubblewrapRunner(hiding: [folder + "/state"], cache: folder + "/cache"),
            toolchains: ToolchainResolver(
                cacheFolder: folder + "/cache",
                environment: ProcessInfo.processInfo.environment
            ),
            model: model,
            clock: clock,
            identifiers: identifiers,
            redactor: redactor
        )
    }

    /// A request whose result goes to `<folder>/out` and that uses the machine's own tools.
    func request(_ description: String) -> RunRequest {
        var request = RunRequest(description: description, base: folder)
        request.into = folder + "/out"
        request.toolchain = .host
        return request
    }

    func run(_ request: RunRequest) async throws -> RunOutcome {
        try await service.drive(service.create(request))
    }

    func text(_ path: String) throws -> String {
        try String(contentsOfFile: folder + "/out/" + path, encoding: .utf8)
    }
}

/// A script for a project of one component whose worker writes `files`.
struct Script {
    var guide = "python"
    var component = "count-words"
    var role = "developer"
    var kind = ProjectKind.commandLineTool
    var files: [FileText]
    var fixes: [Fix] = []
    var commands: [[String]] = []

    func provider() -> ScriptedProvider {
        let component = PlannedComponent(
            name: component,
            guide: guide,
            kind: kind,
            path: "",
            description: "Counts."
        )
        let plan = Plan(title: "Count Words", summary: "Counts words.", stack: [guide], components: [component])
        let worker = WorkerRole(role: role, description: "Write all of it.", owns: [], skills: [])
        return ScriptedProvider(
            [
                "plan": [.answer(plan)],
                "staff": [.answer(Staff(workers: [worker]))],
                "generate": [.answer(Generation(message: "written", files: files, commands: commands))],
                "fix": fixes.map { .answer($0) },
                "review": [.answer(Review(accepted: true, feedback: "fine", issues: []))],
                "verdict": [
                    .answer(Verdict(approved: true, scope: .described, reasons: ["checks passed"], missing: []))
                ],
            ],
            repeatsLast: true
        )
    }
}
