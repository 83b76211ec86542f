import Core
import Engine
import Foundation
import Journal
import Models
import Sandbox
import Snapshots
import Warehouse

// A scripted run that kills its own process at a chosen place, so that a test can see what a resume makes of it.
//
//     drydock-crash FOLDER begin|resume[-agents|-pair] [after N | during N MICROSECONDS]
//
// `after N` kills when the N-th append is durable; `during N` kills the given time after it, in whatever effect is
// under way then. With `-agents` the workers are programs with work trees of their own, with `-pair` two of them side by
// side. Without a place the run ends and prints what it came to as one JSON line.

@main
enum Main {
    static func main() async throws {
        let words = Array(CommandLine.arguments.dropFirst())
        let folder = words[0]
        try FileSystem.makeFolder(folder + "/config/guides")
        try Data(Tiny.guide.utf8).write(to: URL(filePath: folder + "/config/guides/tiny.md"))
        let file = try await SQLiteJournal(path: folder + "/journal.sqlite")
        let store = FailingStore(file, place: KillPlace(words.dropFirst(2)))
        var parts = parts(folder, store)
        var request = RunRequest(description: "something tiny", base: folder)
        request.into = folder + "/out"
        if words[1].hasSuffix("-agents") { parts.agents = try TinyAgent.source(folder, parts, [TinyAgent.name]) }
        if words[1].hasSuffix("-pair") {
            parts.agents = try TinyAgent.source(folder, parts, [TinyAgent.name, TinyAgent.twin])
            request.routes = TinyAgent.pairTable(over: parts.model.identity)
        }
        let service = RunService(parts: parts)
        let run = try await words[1].hasPrefix("begin") ? service.create(request) : service.run(named: "latest")
        let known = try await service.outcome(run)
        // Killed after its last append: there is nothing left to drive.
        let outcome = known.report.state.canGoOn ? try await service.drive(run) : known
        print(try await summary(of: outcome, run, service, appends: store.appends))
    }

    private static func parts(_ folder: String, _ store: FailingStore) -> EngineParts {
        let log = EffectLog(path: folder + "/effects.log")
        return EngineParts(
            runs: folder + "/runs",
            store: store,
            warehouse: Warehouse(layers: [.builtIn, .user(folder: folder + "/config")]),
            snapshots: SnapshotStore(folder: folder + "/snapshots", clock: FixedClock()),
            runner: TinyRunner(log: log),
            toolchains: TinyToolchain(),
            model: TinyModel(log: log),
            clock: FixedClock(),
            identifiers: FixedIdentifiers()
        )
    }

    private static func summary(
        of outcome: RunOutcome,
        _ run: RunID,
        _ service: RunService,
        appends: Int
    ) async throws -> String {
        let journal = try await RunJournal(store: service.parts.store, run: run, lease: nil, mode: .replay)
        let steps = journal.recordedOutcomes.map { "\($0.path) \($0.input) \($0.result)" }.sorted()
        let replay = try await service.replay(run)
        let events = try await service.parts.store.events(of: run)
        let calls = events.filter { $0.kind == .stepBegan && $0.body["reserve"] != nil }
        let again = calls.count { $0.body[StepRecord.againMember] == true }
        let answers = events.count { $0.kind == .stepEnded && $0.body["call"] != nil }
        let value: JSONValue = [
            "exit": .integer(Int64(outcome.exitStatus)),
            "tree": .string(outcome.report.snapshot?.tree.hex ?? ""),
            "commit": .string(outcome.report.commit ?? ""),
            "delivered": .string(outcome.report.delivered?.folder ?? ""),
            "steps": .array(steps.map { .string($0) }),
            "replay": .array(replay.differences.map { .string($0) }),
            "appends": .integer(Int64(appends)),
            "calls": .integer(Int64(outcome.report.usage.calls)),
            "answers": .integer(Int64(answers)),
            "again": .integer(Int64(again)),
            "cost": .string("\(outcome.report.usage.sum.costUSD)"),
        ]
        return value.text
    }
}
