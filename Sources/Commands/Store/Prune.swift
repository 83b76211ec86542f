internal import CommandLineKit
internal import Core
internal import Engine
internal import Journal
internal import Settings
internal import Snapshots

/// A number of days, as `30d` or `4w`.
struct Age: ExpressibleByArgument {
    let days: Int

    init?(argument: String) {
        guard !argument.hasSuffix("s"), !argument.hasSuffix("m"), !argument.hasSuffix("h") else { return nil }
        let isPlain = argument.allSatisfy { $0.isNumber }
        guard let seconds = Quantity.seconds(isPlain ? argument + "d" : argument) else { return nil }
        days = seconds / 86_400
    }

    static var expectation: String { "an age in days or weeks such as 30d or 4w" }
}

/// `drydock prune`: let go of what is not wanted any more.
struct Prune: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Remove snapshots by rule, and what old runs stored.",
        discussion: """
            A snapshot is removed only when neither rule keeps it; without a rule all stay. What runs stored (answers, \
            outputs) is dropped when they are older than --older-than, else than the setting 'retention.days'; their \
            events stay, so that they can still be listed and audited, but not replayed. --snapshot removes one snapshot \
            and nothing else, also one that is damaged.
            """,
        examples: [
            CommandExample("drydock prune --keep-last 10 --dry-run", "Show what would go."),
            CommandExample("drydock prune --older-than 30d", "Remove what is older than 30 days."),
            CommandExample("drydock prune --snapshot 0123456789abcdef", "Remove this snapshot, whole or damaged."),
        ]
    )

    @Option(help: "Keep that many of the newest snapshots.", valueName: "N")
    var keepLast: Int?

    @Option(help: "Keep the snapshots that are younger, such as 30d or 4w.", valueName: "AGE")
    var olderThan: Age?

    @Flag(help: "Keep the newest snapshot of each run.")
    var keepRuns = false

    @Option(help: "Remove this snapshot, even if it is damaged.", valueName: "SNAPSHOT", completion: Restore.names)
    var snapshot: String?

    @Flag(help: "Remove nothing; show what would be removed.")
    var dryRun = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Report: Encodable {
        let dryRun: Bool
        let snapshots: [SnapshotRecord]
        let runs: [RunID]
        /// Runs that ended without a snapshot and whose work tree is removed.
        let folders: [RunID]
        let values: Int
        let bytes: Int64
    }

    /// What `--snapshot` prints; a damaged snapshot has no record to show.
    private struct Removal: Encodable {
        let dryRun: Bool
        let snapshot: String
    }

    /// Removes what runs that ended long ago left in their folders: a cancelled run keeps its work tree until then.
    private func sweep(
        _ surroundings: Surroundings,
        _ store: (any JournalStore)?,
        before limit: Int64
    ) async throws -> [RunID] {
        guard let store else { return [] }
        let folders = RunFolders(runs: surroundings.folders.runs, store: store)
        let ended = try await folders.ended(before: limit)
        for run in ended where !dryRun {
            try folders.remove(run)
        }
        return ended
    }

    func validate() throws {
        guard keepLast ?? 0 >= 0 else {
            throw ValidationError("--keep-last cannot be negative", hint: "0 keeps none; leave it out to keep all")
        }
        guard snapshot == nil || (keepLast == nil && olderThan == nil && !keepRuns) else {
            throw ValidationError(
                "--snapshot names one snapshot, so no rule can go with it",
                hint: "leave out --keep-last, --older-than and --keep-runs, or --snapshot"
            )
        }
    }

    /// Removes one snapshot.
    private func remove(_ name: String, _ snapshots: SnapshotStore, _ output: Output) async throws {
        let removed = try await snapshots.remove(name, dryRun: dryRun)
        if output.isJSON { return try output.json(Removal(dryRun: dryRun, snapshot: removed)) }
        try output.result("\(dryRun ? "would remove" : "removed") snapshot \(removed)")
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings()
        let output = output.makeOutput(settings)
        if let snapshot { return try await remove(snapshot, surroundings.snapshots, output) }
        let rule = PruneRule(last: keepLast, days: olderThan?.days, lastOfEachRun: keepRuns)
        let snapshots = try await surroundings.snapshots.prune(rule, dryRun: dryRun)
        let days = olderThan?.days ?? settings[SettingKeys.retentionDays]
        let now = SystemClock().milliseconds
        let limit = now - Int64(days) * 86_400_000
        let store = try await surroundings.existingJournal()
        let folders = try await sweep(surroundings, store, before: limit)
        let dropped = try await store?.dropBlobs(ofRunsBefore: limit, at: now, dryRun: dryRun) ?? Retention()
        if output.isJSON {
            let report = Report(
                dryRun: dryRun,
                snapshots: snapshots,
                runs: dropped.runs,
                folders: folders,
                values: dropped.blobs,
                bytes: dropped.bytes
            )
            return try output.json(report)
        }
        let verb = dryRun ? "would remove" : "removed"
        try output.result(folders.map { "\(verb) the work tree of the run \($0)" })
        try output.result(snapshots.map { "\(verb) snapshot \($0.id) (\($0.title.printable))" })
        try output.result(
            "\(verb) \(Amounts.count(snapshots.count, "snapshot")), and of \(Amounts.count(dropped.runs.count, "run")) "
                + "\(Amounts.count(dropped.blobs, "value")) with \(Amounts.bytes(Int(dropped.bytes)))"
        )
    }
}
