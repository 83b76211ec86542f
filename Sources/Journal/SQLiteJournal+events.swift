package import Core
internal import HashKit
internal import SQLiteKit

extension SQLiteJournal {
    package func createRun(_ run: RunID, at: Int64, first: [EventDraft], blobs: [NamedValue]) async throws {
        let append = try PendingAppend(first, blobs: blobs, to: run, at: at, under: nil, createsRun: true)
        _ = try await writer.commit(append)
    }

    @discardableResult
    package func append(
        _ drafts: [EventDraft],
        blobs: [NamedValue],
        to run: RunID,
        at: Int64,
        under lease: Lease?
    ) async throws -> [Event] {
        try await writer.commit(PendingAppend(drafts, blobs: blobs, to: run, at: at, under: lease))
    }

    package func events(of run: RunID, after sequence: Int, limit: Int) async throws -> [Event] {
        try await reader.perform { connection in
            let key = try Self.key(of: run, on: connection)
            return try Self.events(of: run, key: key, after: sequence, limit: limit, on: connection)
        }
    }

    package func controlEvents(of run: RunID, after sequence: Int) async throws -> [Event] {
        let sql = """
            SELECT sequence, at, kind, step, input, result, body, hash FROM event
            WHERE run = ?1 AND step IS NULL AND kind >= 'control.' AND kind < 'control/' AND sequence > ?2
            ORDER BY key
            """
        return try await reader.perform { connection in
            let key = try Self.key(of: run, on: connection)
            return try connection.query(sql, [.integer(key), .integer(Int64(sequence))]) { row in
                try StoredEvent(row, from: 0, run: run.description).event(of: run, hash: row.bytes(7))
            }
        }
    }

    private static func events(
        of run: RunID,
        key: Int64,
        after sequence: Int,
        limit: Int,
        on connection: Connection
    ) throws -> [Event] {
        let sql = """
            SELECT sequence, at, kind, step, input, result, body, hash FROM event
            WHERE key > ?1 AND key <= ?2 ORDER BY key LIMIT ?3
            """
        let start = key << 32
        let values: [SQLiteValue] = [
            .integer(start + Int64(sequence)), .integer(start + Int64(UInt32.max)), .integer(Int64(limit)),
        ]
        return try connection.query(sql, values) { row in
            try StoredEvent(row, from: 0, run: run.description).event(of: run, hash: row.bytes(7))
        }
    }

    package func runs(limit: Int?, before: RunID?) async throws -> [RunID] {
        try await reader.perform { connection in
            let sql = "SELECT id FROM run WHERE id < ?1 ORDER BY id DESC LIMIT ?2"
            return try connection.query(sql, Self.page(limit, before)) { row in try Self.run(row, 0) }
        }
    }

    package func latest(kinds: [EventKind], limit: Int?, before: RunID?) async throws -> [RunMarks] {
        // Kinds are bound one by one; the text is constant for a caller that always asks the same.
        let list = kinds.indices.map { "?\($0 + 3)" }.joined(separator: ", ")
        let sql = """
            SELECT page.id, event.sequence, event.at, event.kind, event.step, event.input, event.result, event.body,
                event.hash
            FROM (SELECT key, id FROM run WHERE id < ?1 ORDER BY id DESC LIMIT ?2) AS page
            LEFT JOIN event ON event.run = page.key AND event.step IS NULL AND event.kind IN (\(list))
                AND event.key = (
                    SELECT max(other.key) FROM event AS other
                    WHERE other.run = page.key AND other.kind = event.kind AND other.step IS NULL
                )
            ORDER BY page.id DESC, event.key
            """
        let values = Self.page(limit, before) + kinds.map { .text($0.rawValue) }
        return try await reader.perform { connection in
            var marks: [(run: RunID, events: [Event])] = []
            try connection.forEach(sql, values) { row in
                let run = try Self.run(row, 0)
                if marks.last?.run != run {
                    marks.append((run, []))
                }
                guard !row.isNull(1) else { return }
                let event = try StoredEvent(row, from: 1, run: run.description).event(of: run, hash: row.bytes(8))
                marks[marks.count - 1].events.append(event)
            }
            return marks.map { RunMarks(run: $0.run, events: $0.events) }
        }
    }

    package func controlMark(notOlderThan age: Duration) async throws -> Int64 {
        try await writer.controlMark(notOlderThan: age)
    }

    package func blob(_ digest: Digest) async throws -> [UInt8] {
        let bytes = try await reader.perform { connection in
            let sql = "SELECT data FROM blob WHERE substr(digest, 1, 8) = substr(?1, 1, 8) AND digest = ?1"
            return try connection.query(sql, [.blob(digest.bytes)]) { row in row.bytes(0) ?? [] }.first
        }
        guard let bytes else { throw JournalError.blobMissing(digest) }
        guard Digest.sha256(of: bytes) == digest else { throw JournalError.blobAltered(digest) }
        return bytes
    }

    // MARK: - Pieces of queries

    static func key(of run: RunID, on connection: Connection) throws -> Int64 {
        let sql = "SELECT key FROM run WHERE id = ?1"
        let keys = try connection.query(sql, [.text(run.description)]) { row in row.integer(0) }
        guard let key = keys.first else { throw JournalError.runUnknown(run) }
        return key
    }

    /// The run whose name stands in a column.
    static func run(_ row: borrowing Row, _ column: Int) throws -> RunID {
        let text = row.text(column) ?? ""
        guard let run = RunID(text) else {
            throw JournalError.damaged(run: nil, sequence: nil, problem: "'\(text)' is not a run's name")
        }
        return run
    }

    /// The first two parameters of a query that lists runs; every name sorts before `~`.
    private static func page(_ limit: Int?, _ before: RunID?) -> [SQLiteValue] {
        [.text(before?.description ?? "~"), .integer(Int64(limit ?? -1))]
    }
}

extension StoredEvent {
    /// Reads the columns sequence, at, kind, step, input, result and body.
    init(_ row: borrowing Row, from column: Int, run: String) {
        self.init(
            run: run,
            sequence: row.integer(column),
            at: row.integer(column + 1),
            kind: row.text(column + 2) ?? "",
            step: row.text(column + 3),
            input: row.bytes(column + 4),
            result: row.bytes(column + 5),
            body: row.text(column + 6) ?? ""
        )
    }
}
