internal import Core
internal import SQLiteKit

/// The journal in one SQLite file, which several processes may use at once.
///
/// All runs of a process share one writer, and its commits; readers have a connection of their own.
package final class SQLiteJournal: JournalStore {
    package let path: String
    let writer: JournalWriter
    let reader: Database

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
        writer = try JournalWriter(path: path, busyTimeout: busyTimeout)
        try await Self.form(writer, schema, until: ContinuousClock.now + busyTimeout)
        reader = try Database(path: path, busyTimeout: busyTimeout)
    }

    /// Gives the file its form and schema, again while another process is about the same.
    ///
    /// SQLite does not wait where waiting could be for ever, as between two that both switch a new file to WAL: it says
    /// at once that the file is busy.
    private static func form(_ writer: JournalWriter, _ schema: Schema, until deadline: ContinuousClock.Instant)
        async throws
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
        try await writer.perform { connection in _ = try connection.run("PRAGMA wal_checkpoint(TRUNCATE)") }
    }
}
