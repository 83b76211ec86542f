internal import Core
internal import SQLiteKit

/// The tables of the SQLite driver and how older ones become the present ones.
package struct Schema: Sendable {
    /// The statements that lead from each version to the next, from an empty file on.
    package let migrations: [[String]]

    package init(migrations: [[String]]) {
        self.migrations = migrations
    }

    package var version: Int { migrations.count }

    /// The tables that this program writes.
    package static let current = Schema(migrations: [
        [
            // A run and its lease; everything else about a run is in its events.
            """
            CREATE TABLE run (
                id TEXT PRIMARY KEY,
                key INTEGER NOT NULL,
                token INTEGER NOT NULL DEFAULT 0,
                owner TEXT,
                expires INTEGER NOT NULL DEFAULT 0
            ) WITHOUT ROWID
            """,
            // Run and sequence number in one key: a run's events lie side by side, and appending fills whole pages.
            """
            CREATE TABLE event (
                key INTEGER PRIMARY KEY,
                run INTEGER AS (key >> 32) VIRTUAL,
                sequence INTEGER AS (key & 4294967295) VIRTUAL,
                at INTEGER NOT NULL,
                kind TEXT NOT NULL,
                step TEXT,
                input BLOB,
                result BLOB,
                body TEXT NOT NULL,
                hash BLOB NOT NULL
            )
            """,
            // The few events that concern a run as a whole: what a list of runs is made of.
            "CREATE INDEX event_mark ON event (run, kind) WHERE step IS NULL",
            "CREATE TABLE blob (key INTEGER PRIMARY KEY, digest BLOB NOT NULL, data BLOB NOT NULL)",
            // A quarter of the hash tells values apart well enough, and keeps the index small.
            "CREATE INDEX blob_prefix ON blob (substr(digest, 1, 8))",
        ],
        [
            // How far a run's chain reached when its row was last written, and the hash of the event there.
            "ALTER TABLE run ADD COLUMN head INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE run ADD COLUMN hash BLOB",
        ],
    ])

    /// Marks a file as a journal: `Dryd`.
    static let applicationID: Int64 = 0x4472_7964
}

extension Schema {
    /// Brings the database to this schema; does nothing when it has it.
    ///
    /// - Throws: ``JournalError/newerSchema(path:found:known:)`` or ``JournalError/notAJournal(path:)``, and
    ///   ``JournalError/damaged(run:sequence:problem:)`` when a table, a column or an index is gone.
    func apply(to connection: Connection) throws {
        let found = try Self.version(of: connection)
        guard found < version else {
            try checkKnown(found, on: connection)
            return try checkParts(of: connection)
        }
        try connection.transaction {
            // Another process may have been faster.
            let found = try Self.version(of: connection)
            try checkKnown(found, on: connection)
            for statement in migrations[found...].joined() {
                try connection.run(statement)
            }
            try connection.run("PRAGMA application_id = \(Self.applicationID)")
            try connection.run("PRAGMA user_version = \(version)")
        }
    }

    private func checkKnown(_ found: Int, on connection: Connection) throws {
        let mark = try Self.number("PRAGMA application_id", on: connection)
        let tables = try Self.number("SELECT count(*) FROM sqlite_schema", on: connection)
        guard mark == Self.applicationID || tables == 0 && found == 0 else {
            throw JournalError.notAJournal(path: connection.path)
        }
        guard found <= version else {
            throw JournalError.newerSchema(path: connection.path, found: found, known: version)
        }
    }

    /// Checks that everything is there that the migrations make.
    private func checkParts(of connection: Connection) throws {
        // The empty name stands for a database of this connection alone, which is gone with it.
        let model = try Connection(path: "", busyTimeout: .zero)
        for statement in migrations.joined() { try model.run(statement) }
        let found = Set(try Self.parts(of: connection))
        for part in try Self.parts(of: model) where !found.contains(part) {
            throw JournalError.damaged(
                run: nil,
                sequence: nil,
                problem: "in '\(connection.path.printable)' \(part) is missing"
            )
        }
    }

    /// The tables, indexes and columns, as a person reads them.
    private static func parts(of connection: Connection) throws -> [String] {
        let sql = """
            SELECT 'the ' || type || ' ' || name FROM sqlite_schema WHERE sql IS NOT NULL
            UNION ALL SELECT 'the column ' || part.name || ' of the table ' || owner.name
            FROM sqlite_schema AS owner, pragma_table_xinfo(owner.name) AS part WHERE owner.type = 'table'
            """
        return try connection.query(sql) { row in row.text(0) ?? "" }
    }

    /// Whether nothing has been written to the database yet.
    static func isUnformed(_ connection: Connection) throws -> Bool {
        try version(of: connection) == 0 && number("SELECT count(*) FROM sqlite_schema", on: connection) == 0
    }

    private static func version(of connection: Connection) throws -> Int {
        Int(try number("PRAGMA user_version", on: connection))
    }

    private static func number(_ sql: String, on connection: Connection) throws -> Int64 {
        try connection.query(sql) { row in row.integer(0) }.first ?? 0
    }
}
