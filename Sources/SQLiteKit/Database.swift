package import Core

/// One connection to a SQLite database file, on a queue of its own because SQLite blocks.
package actor Database: QueueActor {
    package nonisolated let executor = QueueExecutor(label: "sqlite")
    private let connection: Connection

    /// Opens the database at `path`, and creates it when there is none.
    ///
    /// A call waits up to `busyTimeout` for another process's lock before it fails as busy.
    package init(path: String, busyTimeout: Duration = .seconds(10)) throws(SQLiteError) {
        connection = try Connection(path: path, busyTimeout: busyTimeout)
    }

    /// Runs `body` with the connection; nothing else can reach it meanwhile.
    package func perform<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) rethrows -> Result {
        try body(connection)
    }

    /// Runs one statement and returns all its rows.
    @discardableResult
    package func run(_ sql: String, _ values: SQLiteValue...) throws -> [[SQLiteValue]] {
        try connection.run(sql, values)
    }

    /// Runs `body` in a transaction that holds the write lock from its start; rolled back when `body` throws.
    package func transaction<Result: Sendable>(_ body: @Sendable (Connection) throws -> Result) throws -> Result {
        try connection.transaction { try body(connection) }
    }
}
