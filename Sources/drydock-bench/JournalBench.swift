internal import Core
internal import FoundationEssentials
internal import Journal
internal import SQLiteKit

/// Durable steps beside bare commits, loading a run, and what the file holds beside the payload.
enum JournalBench {
    private static let rounds = 15
    /// How many steps a round has, shared out among those that are taken at once.
    private static let stepsPerRound = 1_200

    /// How many steps are taken at once, and of how many runs.
    private struct Width {
        let runs: Int
        let perRun: Int

        var tasks: Int { runs * perRun }
        var stepsPerTask: Int { max(1, stepsPerRound / tasks) }
        var name: String { runs == 1 ? "\(perRun) at once" : "\(runs) runs × \(perRun) at once" }
    }

    private struct Input: Codable, Sendable {
        var file: String
        var attempt: Int
        var arguments: [String]
    }

    private struct Output: Codable, Sendable {
        var exitCode: Int
        var text: String
    }

    static func run(_ place: BenchPlace) async throws -> [Figure] {
        let folder = place.folder
        return [
            try await steps(Width(runs: 1, perRun: 1), place, .none),
            try await steps(Width(runs: 1, perRun: 8), place, .none),
            // What a run with dozens of agents at work takes at once; fewer gain less from a shared commit.
            try await steps(Width(runs: 1, perRun: 64), place, .binding(1.3)),
            // What a server takes at once: a page of the file for each run, and so more to write.
            try await steps(Width(runs: 200, perRun: 3), place, .none),
            try await loading(folder + "/loading.db"),
            try await payload(folder + "/payload.db"),
        ]
    }

    // MARK: - Steps

    /// The peer is the barest that can be had: one thread that does nothing else, on one connection, commits one
    /// insert of an event's size after the other, with the same page size, WAL and full synchronisation.
    ///
    /// Both sides on one file system, in turns; both the median of rounds of the mean per step.
    private static func steps(_ width: Width, _ place: BenchPlace, _ limit: Figure.Limit) async throws -> Figure {
        let name = "\(place.folder)/\(width.runs)-\(width.perRun)"
        let store = try await SQLiteJournal(path: name + "-steps.db")
        let bare = try await bareDatabase(name + "-bare.db")
        var journals: [RunJournal] = []
        for number in 0..<width.runs {
            journals.append(try await started(store, number))
        }
        let (ours, peer) = try await Measuring.inTurns(rounds: rounds) { [journals] round in
            try await withThrowingTaskGroup { group in
                for task in 0..<width.tasks {
                    let journal = journals[task % width.runs]
                    group.addTask { try await takeSteps(journal, width, task: task, round: round) }
                }
                try await group.waitForAll()
            }
        } _: { _ in
            try await commit(twice: width.tasks * width.stepsPerTask, to: bare)
        }
        let scale = 1_000 / Double(width.tasks * width.stepsPerTask)
        return Figure(
            what: "durable step, \(width.name) (\(place.fileSystem))",
            ours: ours * scale,
            unit: "µs",
            peer: ("two bare commits, alone", peer * scale),
            limit: limit
        )
    }

    private static func started(_ store: SQLiteJournal, _ number: Int) async throws -> RunJournal {
        let run = RunID(milliseconds: SystemClock().milliseconds, random: UInt64(number))
        let at = SystemClock().milliseconds
        try await store.createRun(run, at: at, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(3_600), at: at)
        return try await RunJournal(store: store, run: run, lease: lease)
    }

    private static func takeSteps(_ journal: RunJournal, _ width: Width, task: Int, round: Int) async throws {
        for number in 0..<width.stepsPerTask {
            let input = Input(file: "Sources/part-\(number).swift", attempt: round, arguments: ["build", "--release"])
            _ = try await journal.step(StepPath("round-\(round)/task-\(task)/step-\(number)"), input: input) {
                Output(exitCode: 0, text: "compiled part \(number)")
            }
        }
    }

    private static func bareDatabase(_ path: String) async throws -> Database {
        let database = try Database(path: path)
        for statement in [
            "PRAGMA page_size = 8192", "PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL",
            "CREATE TABLE event (key INTEGER PRIMARY KEY, body BLOB NOT NULL)",
        ] {
            try await database.run(statement)
        }
        return database
    }

    /// One row of an event's size for each commit; nobody else wants the connection meanwhile.
    private static func commit(twice count: Int, to database: Database) async throws {
        let body = SQLiteValue.blob([UInt8](repeating: 120, count: 240))
        try await database.perform { connection in
            for _ in 0..<(2 * count) {
                _ = try connection.transaction { try connection.run("INSERT INTO event (body) VALUES (?1)", [body]) }
            }
        }
    }

    // MARK: - Loading

    private static func loading(_ path: String) async throws -> Figure {
        let store = try await SQLiteJournal(path: path)
        let journal = try await started(store, 1)
        for number in 0..<749 {
            let input = Input(file: "part-\(number)", attempt: 1, arguments: ["test"])
            _ = try await journal.step(StepPath("load/step-\(number)"), input: input) {
                Output(exitCode: 0, text: "compiled part \(number)")
            }
        }
        let run = journal.run
        let measured = try await Measuring.median(of: "loading", rounds: 21) {
            _ = try await RunJournal(store: store, run: run, lease: nil, mode: .replay)
        }
        return Figure(what: "loading a run of 1,500 events", ours: measured.milliseconds, limit: .aim(15))
    }

    // MARK: - Size

    /// Results of the sizes that a run has: many of a few hundred bytes, and files, answers and outputs of several KiB.
    private static func payload(_ path: String) async throws -> Figure {
        let store = try await SQLiteJournal(path: path)
        let journal = try await started(store, 2)
        var bytes = 0
        for number in 0..<600 {
            let size = number.isMultiple(of: 4) ? 120 : 2_000 + number * 37 % 12_000
            let text = String(decoding: letters(size, seed: number), as: UTF8.self)
            let input = Input(file: "part-\(number)", attempt: 1, arguments: ["test"])
            // Of an input only the hash is kept, so that only results count.
            let output = Output(exitCode: 0, text: text)
            bytes += try JSON.bytes(of: output).count
            _ = try await journal.step(StepPath("size/step-\(number)"), input: input) { output }
        }
        try await store.checkpoint()
        let size = FileManager.default.contents(atPath: path)?.count ?? 0
        return Figure(
            what: "journal bytes per payload byte",
            ours: Double(size) / 1_024,
            unit: "KiB",
            peer: ("payload", Double(bytes) / 1_024),
            limit: .aim(1.5)
        )
    }

    private static func letters(_ count: Int, seed: Int) -> [UInt8] {
        (0..<count).map { index in
            let number: Int = index * 31 + seed * 7 + index / 97
            return UInt8(97 + number % 26)
        }
    }
}
