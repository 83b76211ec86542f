internal import CSQLite
internal import Glibc

/// The one owner of an open database handle and of the statements prepared on it.
///
/// Every call blocks. It is not `Sendable`: a ``Database`` keeps it on a queue of its own.
@safe
package final class Connection {
    private let raw: OpaquePointer
    private var statements: [String: Statement] = [:]
    package let path: String

    /// Opens the database at `path`, and creates it when there is none.
    ///
    /// A call waits up to `busyTimeout` for another process's lock before it fails as busy.
    package init(path: String, busyTimeout: Duration) throws(SQLiteError) {
        Self.createPrivately(path)
        var opened: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE
        let code = unsafe sqlite3_open_v2(path, &opened, flags, nil)
        guard code == SQLITE_OK, let handle = unsafe opened else {
            let error = unsafe SQLiteError(.open, code, on: opened, path: path)
            unsafe sqlite3_close_v2(opened)
            throw error
        }
        unsafe raw = handle
        self.path = path
        let milliseconds = busyTimeout / .milliseconds(1)
        unsafe sqlite3_busy_timeout(raw, Int32(milliseconds.rounded()))
    }

    /// Makes an empty file that only its owner may read; SQLite gives its other files the same mode.
    ///
    /// Leaves a file that is there alone: to close one would drop the locks that this process has on it.
    private static func createPrivately(_ path: String) {
        let descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        if descriptor >= 0 {
            close(descriptor)
        }
    }

    deinit {
        statements = [:]
        unsafe sqlite3_close_v2(raw)
    }

    /// Runs one statement and gives `body` each row.
    ///
    /// The statement stays prepared for the next call with the same text, so the text should be constant.
    package func forEach(
        _ sql: String,
        _ values: [SQLiteValue] = [],
        _ body: (borrowing Row) throws -> Void
    ) throws {
        let statement = try statement(for: sql)
        statement.isActive = true
        defer { statement.isActive = false }
        try statement.run(values, body)
    }

    /// Runs one statement and returns what `body` makes of each row.
    package func query<Result>(
        _ sql: String,
        _ values: [SQLiteValue] = [],
        _ body: (borrowing Row) throws -> Result
    ) throws -> [Result] {
        var results: [Result] = []
        try forEach(sql, values) { row in results.append(try body(row)) }
        return results
    }

    /// Runs one statement and returns all its rows.
    @discardableResult
    package func run(_ sql: String, _ values: [SQLiteValue] = []) throws -> [[SQLiteValue]] {
        try query(sql, values) { row in
            var columns: [SQLiteValue] = []
            for column in 0..<row.count {
                columns.append(row.value(column))
            }
            return columns
        }
    }

    /// How many rows the last statement inserted, changed or deleted.
    package var changes: Int { Int(unsafe sqlite3_changes64(raw)) }

    /// Runs `body` in a transaction that holds the write lock from its start; rolled back when `body` throws.
    package func transaction<Result>(_ body: () throws -> Result) throws -> Result {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            if unsafe sqlite3_get_autocommit(raw) == 0 {
                _ = try? run("ROLLBACK")
            }
            throw error
        }
    }

    private func statement(for sql: String) throws(SQLiteError) -> Statement {
        if let known = statements[sql], !known.isActive {
            return known
        }
        let fresh = try unsafe Statement(sql, on: raw, path: path)
        if statements[sql] == nil {
            statements[sql] = fresh
        }
        return fresh
    }
}
