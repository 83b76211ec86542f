internal import Core
internal import SQLiteKit
internal import Synchronization

/// The one connection of a process that writes to a journal, shared by all its runs.
///
/// Appends are committed in groups: whatever has come in while a commit was under way shares the next one, be it of
/// one run or of many. An append costs its caller two changes of thread, there and back.
actor JournalWriter: QueueActor {
    nonisolated let executor = QueueExecutor(label: "journal")
    private let connection: Connection
    private var heads = RunHeads()
    private nonisolated let queue = Mutex(Queue())
    private nonisolated let sight = Mutex(ControlSight())

    private struct Queue {
        var waiting: [Waiting] = []
        /// Whether the writer is about to look, or somebody is about to wake it.
        var isAwake = false
        /// How many appends shared the last commit.
        var lastCount = 0
    }

    private struct Waiting {
        let append: PendingAppend
        let caller: CheckedContinuation<PendingAppend.Recorded, any Error>
    }

    init(path: String, busyTimeout: Duration) throws(SQLiteError) {
        connection = try Connection(path: path, busyTimeout: busyTimeout)
    }

    /// Runs `body` with the connection; nothing else can reach it meanwhile.
    func perform<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) rethrows -> Result {
        // Only this connection's own changes go unseen by what tells of all others.
        heads.forget()
        return try body(connection)
    }

    /// Runs `body` in a transaction that holds the write lock from its start; rolled back when `body` throws.
    func transaction<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) throws -> Result {
        try perform { connection in
            try connection.transaction { try body(connection) }
        }
    }

    // MARK: - Appends

    /// Returns when the append is durable, or says why it is not.
    ///
    /// Where many append at once, the first one to come while the writer sleeps lets all tasks go first that could run
    /// now: those that waited for the same commit before are about to append again, and so share this one, too.
    nonisolated func commit(_ append: PendingAppend) async throws -> [Event] {
        let isFirst = queue.withLock { queue in
            guard !queue.isAwake, queue.lastCount > 1 else { return false }
            queue.isAwake = true
            return true
        }
        if isFirst {
            await Task.yield()
        }
        let recorded = try await withCheckedThrowingContinuation { caller in
            let wakesWriter = queue.withLock { queue in
                queue.waiting.append(Waiting(append: append, caller: caller))
                defer { queue.isAwake = true }
                // Whoever relied on a writer that has gone to sleep meanwhile wakes it.
                return isFirst || !queue.isAwake
            }
            if wakesWriter {
                enqueue { writer in writer.commitWaiting() }
            }
        }
        return append.events(recorded)
    }

    /// A number that changes with requests of this process and with anything that another one has written.
    nonisolated func controlMark(notOlderThan age: Duration) async throws -> Int64 {
        if let mark = sight.withLock({ $0.mark(notOlderThan: age) }) { return mark }
        return try await lookForOthers()
    }

    private func lookForOthers() throws -> Int64 {
        let version = try RunHeads.version(on: connection)
        return sight.withLock { sight in
            sight.look(version, hasOwn: false)
            return sight.mark
        }
    }

    /// Commits what waits, and comes back behind what others want of the connection when more has come in meanwhile.
    private func commitWaiting() {
        let batch = queue.withLock { queue in
            let batch = queue.waiting
            queue.waiting = []
            queue.lastCount = max(1, batch.count)
            return batch
        }
        // Two may have woken the writer for the same.
        guard !batch.isEmpty else { return }
        let results = AppendBatch(connection).commit(batch.map(\.append), &heads)
        sight.withLock { $0.look(heads.version, hasOwn: batch.contains { $0.append.isRequest }) }
        for (waiting, result) in zip(batch, results) {
            waiting.caller.resume(with: result)
        }
        let isMore = queue.withLock { queue in
            queue.isAwake = !queue.waiting.isEmpty
            return queue.isAwake
        }
        if isMore {
            enqueue { writer in writer.commitWaiting() }
        }
    }
}

/// Where the chains of the runs stand to which this process writes.
///
/// Kept between commits, since to look a head up costs as much as to write an event. What is kept counts only until
/// anyone else has written to the file, which SQLite tells by a number.
struct RunHeads {
    struct Head {
        /// The run's number in the keys of its events.
        let key: Int64
        /// The token of the lease that is the run's now.
        let token: Int64
        var sequence: Int64
        var hash: [UInt8]
    }

    /// More runs than a process writes to at once; what has ended is not kept for ever.
    private static let limit = 1_000

    private var heads: [RunID: Head] = [:]
    /// What SQLite counts of others' changes, as of the last commit.
    private(set) var version: Int64?

    mutating func forget() {
        heads = [:]
    }

    /// Drops what may not be true any more; to be called in the transaction in which the heads are used.
    mutating func refresh(on connection: Connection) throws {
        let now = try Self.version(on: connection)
        if now != version || heads.count > Self.limit {
            forget()
        }
        version = now
    }

    /// A number that changes when anyone else has written to the file.
    static func version(on connection: Connection) throws -> Int64? {
        try connection.query("PRAGMA data_version") { row in row.integer(0) }.first
    }

    /// A run's head, or `nil` when there is no such run.
    mutating func head(of run: RunID, on connection: Connection) throws -> Head? {
        if let known = heads[run] { return known }
        let sql = """
            SELECT run.key, run.token, event.sequence, event.hash
            FROM run LEFT JOIN event ON event.key = (
                SELECT max(key) FROM event WHERE key BETWEEN run.key << 32 AND (run.key << 32) + 4294967295
            )
            WHERE run.id = ?1
            """
        return try connection.query(sql, [.text(run.description)]) { row in
            Head(
                key: row.integer(0),
                token: row.integer(1),
                sequence: row.integer(2),
                hash: row.bytes(3) ?? StoredEvent.chainStart
            )
        }.first
    }

    subscript(run: RunID) -> Head? {
        get { heads[run] }
        set { heads[run] = newValue }
    }
}

/// What is known of requests to runs: whether there may be new ones since somebody last looked.
///
/// Each commit looks anyhow, so where much is written nobody has to wait for the connection to find out.
private struct ControlSight {
    private(set) var mark: Int64 = 0
    private var version: Int64?
    private var looked: ContinuousClock.Instant?

    /// The number, if it was found out within that time.
    func mark(notOlderThan age: Duration) -> Int64? {
        guard let looked, ContinuousClock.now - looked < age else { return nil }
        return mark
    }

    mutating func look(_ version: Int64?, hasOwn: Bool) {
        if hasOwn || version != self.version { mark += 1 }
        self.version = version
        looked = .now
    }
}
