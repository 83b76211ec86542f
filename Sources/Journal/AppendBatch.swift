internal import Core
internal import SQLiteKit

/// Writes a group of appends in one transaction.
struct AppendBatch {
    private let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Commits the appends; one that is refused takes no other with it, a failing database takes all.
    func commit(_ appends: [PendingAppend]) {
        do {
            let results = try connection.transaction {
                var heads: [RunID: Head] = [:]
                return try appends.map { append in try write(append, heads: &heads) }
            }
            for (append, result) in zip(appends, results) {
                append.end(result.mapError { $0 })
            }
        } catch {
            for append in appends {
                append.end(.failure(error))
            }
        }
    }

    /// Where a run's chain stands.
    private struct Head {
        let key: Int64
        let token: Int64
        var sequence: Int64
        var hash: [UInt8]
    }

    /// - Throws: What the database says; a refusal is a result, found before anything is written.
    private func write(
        _ append: PendingAppend,
        heads: inout [RunID: Head]
    ) throws -> Result<[Event], JournalError> {
        var head: Head
        do throws(JournalError) {
            try Self.check(append)
        } catch {
            return .failure(error)
        }
        if append.createsRun {
            guard try self.head(of: append.run) == nil else { return .failure(.runExists(append.run)) }
            let sql = "INSERT INTO run (id, key) SELECT ?1, coalesce(max(key), 0) + 1 FROM run"
            try connection.run(sql, [.text(append.run.description)])
        }
        guard let found = try heads[append.run] ?? self.head(of: append.run) else {
            return .failure(.runUnknown(append.run))
        }
        if let lease = append.lease, lease.token != found.token {
            return .failure(.leaseLost(append.run))
        }
        head = found
        for blob in append.blobs {
            try insert(blob)
        }
        let events = try append.drafts.map { draft in try insert(draft, of: append, after: &head) }
        heads[append.run] = head
        return .success(events)
    }

    /// Refuses what no state of the database could make right.
    private static func check(_ append: PendingAppend) throws(JournalError) {
        for draft in append.drafts {
            guard append.createsRun || append.lease?.run == append.run || append.lease == nil && draft.kind.isControl
            else { throw .leaseNeeded(draft.kind) }
            guard draft.size <= Event.sizeLimit else { throw .eventTooLarge(draft.kind, bytes: draft.size) }
        }
        for blob in append.blobs where !append.drafts.contains(where: { $0.result == blob.digest }) {
            throw .blobWithoutEvent(blob.digest)
        }
    }

    /// Appends an event of the store's own inside a transaction that the caller holds.
    func append(_ draft: EventDraft, to run: RunID, at: Int64) throws {
        let append = PendingAppend([draft], blobs: [], run: run, at: at, lease: nil)
        guard var head = try head(of: run) else { throw JournalError.runUnknown(run) }
        _ = try insert(draft, of: append, after: &head)
    }

    private func head(of run: RunID) throws -> Head? {
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

    private func insert(_ blob: (digest: Digest, bytes: [UInt8])) throws {
        let digest = SQLiteValue.blob(blob.digest.bytes)
        let known = "SELECT 1 FROM blob WHERE substr(digest, 1, 8) = substr(?1, 1, 8) AND digest = ?1"
        guard try connection.run(known, [digest]).isEmpty else { return }
        try connection.run("INSERT INTO blob (digest, data) VALUES (?1, ?2)", [digest, .blob(blob.bytes)])
    }

    private func insert(_ draft: EventDraft, of append: PendingAppend, after head: inout Head) throws -> Event {
        head.sequence += 1
        let stored = StoredEvent(draft, run: append.run, sequence: head.sequence, at: append.at)
        let hash = stored.hash(after: head.hash)
        head.hash = hash.bytes
        try connection.run(
            """
            INSERT INTO event (key, at, kind, step, input, result, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            [
                .integer(head.key << 32 | stored.sequence), .integer(stored.at), .text(stored.kind),
                SQLiteValue(stored.step), SQLiteValue(stored.input), SQLiteValue(stored.result), .text(stored.body),
                .blob(hash.bytes),
            ]
        )
        return Event(
            run: append.run,
            sequence: Int(head.sequence),
            at: append.at,
            kind: draft.kind,
            step: draft.step,
            input: draft.input,
            result: draft.result,
            body: draft.body,
            hash: hash
        )
    }
}
