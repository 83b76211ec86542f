internal import Core
internal import FoundationEssentials
internal import Journal
internal import SQLiteKit

/// Durable steps beside bare commits, loading a run, and what the file holds beside the payload.
enum JournalBench {
    private static let rounds = 15
    private static let tasks = 8
    private static let stepsPerTask = 50

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
            try await steps(folder, place.fileSystem, sharing: false),
            try await steps(folder, place.fileSystem, sharing: true),
            try await loading(folder + "/loading.db"),
            try await payload(folder + "/payload.db"),
        ]
    }

    // MARK: - Steps

    /// The bare commits are made by one thread that does nothing else, or, when `sharing`, by as many tasks as take steps.
    ///
    /// Both sides on one file system, both with full synchronisation, both the median of rounds of the mean per step.
    private static func steps(_ folder: String, _ fileSystem: String, sharing: Bool) async throws -> Figure {
        let store = try await SQLiteJournal(path: folder + "/steps-\(sharing).db")
        let bare = try await bareDatabase(folder + "/bare-\(sharing).db")
        var journals: [RunJournal] = []
        for number in 0..<tasks {
            journals.append(try await started(store, number))
        }
        let (ours, peer) = try await Measuring.inTurns(rounds: rounds) { [journals] round in
            try await withThrowingTaskGroup { group in
                for journal in journals {
                    group.addTask { try await takeSteps(journal, round: round) }
                }
                try await group.waitForAll()
            }
        } _: { _ in
            guard sharing else { return try await commit(twice: tasks * stepsPerTask, to: bare) }
            try await withThrowingTaskGroup { group in
                for _ in 0..<tasks {
                    group.addTask { for _ in 0..<(2 * stepsPerTask) { try await commitOne(to: bare) } }
                }
                try await group.waitForAll()
            }
        }
        let scale = 1_000 / Double(tasks * stepsPerTask)
        return Figure(
            what: "durable step, \(tasks) at once (\(fileSystem))",
            ours: ours * scale,
            unit: "µs",
            peer: (sharing ? "two bare commits, \(tasks) at once" : "two bare commits, alone", peer * scale),
            limit: .binding(1.3)
        )
    }

    private static func started(_ store: SQLiteJournal, _ number: Int) async throws -> RunJournal {
        let run = RunID(milliseconds: SystemClock().milliseconds, random: UInt64(number))
        let at = SystemClock().milliseconds
        try await store.createRun(run, at: at, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(3_600), at: at)
        return try await RunJournal(store: store, run: run, lease: lease)
    }

    private static func takeSteps(_ journal: RunJournal, round: Int) async throws {
        for number in 0..<stepsPerTask {
            let input = Input(file: "Sources/part-\(number).swift", attempt: round, arguments: ["build", "--release"])
            _ = try await journal.step(StepPath("round-\(round)/step-\(number)"), input: input) {
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

    private static func commitOne(to database: Database) async throws {
        let body = SQLiteValue.blob([UInt8](repeating: 120, count: 240))
        try await database.perform { connection in
            _ = try connection.transaction { try connection.run("INSERT INTO event (body) VALUES (?1)", [body]) }
        }
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
            bytes += try JSON.encode(output).count
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
