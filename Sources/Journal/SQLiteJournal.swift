internal import Core
internal import SQLiteKit
internal import Synchronization

/// The journal in one SQLite file, which several processes may use at once.
///
/// Appends are committed in groups: whatever has come in while a commit was under way shares the next one.
package final class SQLiteJournal: JournalStore {
    package let path: String
    let writer: Database
    let reader: Database
    private let queue = Mutex<[PendingAppend]>([])

    /// Opens the journal at `path`; creates it when there is none, but not its folder.
    ///
    /// A call waits up to `busyTimeout` for another process's commit before it fails as busy.
    ///
    /// - Throws: ``JournalError/newerSchema(path:found:known:)``, ``JournalError/notAJournal(path:)``, or an error
    ///   of the kind `damaged`, `diskFull` or `configuration`.
    package init(
        path: String,
        schema: Schema = .current,
        busyTimeout: Duration = .seconds(10)
    ) async throws {
        self.path = path
        writer = try Database(path: path, busyTimeout: busyTimeout)
        try await Self.form(writer, schema, until: ContinuousClock.now + busyTimeout)
        reader = try Database(path: path, busyTimeout: busyTimeout)
    }

    /// Gives the file its form and schema, again while another process is about the same.
    ///
    /// SQLite does not wait where waiting could be for ever, as between two that both switch a new file to WAL: it says
    /// at once that the file is busy.
    private static func form(_ writer: Database, _ schema: Schema, until deadline: ContinuousClock.Instant) async throws
    {
        while true {
            do {
                return try await writer.perform { connection in
                    try configure(connection)
                    try schema.apply(to: connection)
                }
            } catch let error as SQLiteError where error.kind == .busy && ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(5))
            }
        }
    }

    /// How many bytes a page has: small enough for a cheap commit, large enough to hold several values.
    private static let pageSize = 8_192

    /// Gives a new file its form; one that holds something already is not written to before it is known as ours.
    private static func configure(_ connection: Connection) throws {
        if try Schema.isUnformed(connection) {
            try connection.run("PRAGMA page_size = \(pageSize)")
            try connection.run("PRAGMA auto_vacuum = INCREMENTAL")
            try connection.run("PRAGMA journal_mode = WAL")
        }
        try connection.run("PRAGMA synchronous = FULL")
    }

    /// Moves what is in the write-ahead log into the file itself and empties the log.
    package func checkpoint() async throws {
        try await writer.run("PRAGMA wal_checkpoint(TRUNCATE)")
    }
}

/// An append that waits for the next commit.
final class PendingAppend: Sendable {
    let drafts: [EventDraft]
    let blobs: [(digest: Digest, bytes: [UInt8])]
    let run: RunID
    let at: Int64
    let lease: Lease?
    let createsRun: Bool
    private let outcome = Mutex<Result<[Event], any Error>?>(nil)

    init(
        _ drafts: [EventDraft],
        blobs: [(digest: Digest, bytes: [UInt8])],
        run: RunID,
        at: Int64,
        lease: Lease?,
        createsRun: Bool = false
    ) {
        self.drafts = drafts
        self.blobs = blobs
        self.run = run
        self.at = at
        self.lease = lease
        self.createsRun = createsRun
    }

    func end(_ result: Result<[Event], any Error>) {
        outcome.withLock { $0 = result }
    }

    /// The events, once the commit is through.
    func events() throws -> [Event] {
        guard let result = outcome.withLock(\.self) else { preconditionFailure("an append was not committed") }
        return try result.get()
    }
}

extension SQLiteJournal {
    /// Puts an append into the queue and returns when it is durable.
    ///
    /// Each caller asks for a commit of the whole queue; the writer carries these out one after the other, so
    /// that the first one takes along whatever came in while the one before it ran, and the rest find nothing.
    func commit(_ append: PendingAppend) async throws -> [Event] {
        queue.withLock { $0.append(append) }
        await writer.drain { self.takePending() }
        return try append.events()
    }

    private func takePending() -> [PendingAppend] {
        queue.withLock { pending in
            let batch = pending
            pending = []
            return batch
        }
    }
}

extension Database {
    fileprivate func drain(_ take: @Sendable () -> [PendingAppend]) {
        perform { connection in
            let batch = take()
            guard !batch.isEmpty else { return }
            AppendBatch(connection).commit(batch)
        }
    }
}
