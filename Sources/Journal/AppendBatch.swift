internal import Core
internal import SQLiteKit

/// Writes appends on a connection, each behind the head of its run.
struct AppendBatch {
    typealias Outcome = Result<PendingAppend.Recorded, any Error>

    let connection: Connection

    init(_ connection: Connection) {
        self.connection = connection
    }

    /// Commits the appends in one transaction; one that is refused takes no other with it, a failing database all.
    func commit(_ appends: [PendingAppend], _ heads: inout RunHeads) -> [Outcome] {
        do {
            return try connection.transaction {
                try heads.refresh(on: connection)
                var outcomes: [Outcome] = []
                outcomes.reserveCapacity(appends.count)
                for append in appends {
                    outcomes.append(try write(append, &heads))
                }
                return outcomes
            }
        } catch {
            heads.forget()
            return appends.map { _ in .failure(error) }
        }
    }

    /// Writes one append inside a transaction that the caller holds.
    ///
    /// - Throws: What the database says; a refusal is a result, found before anything is written.
    func write(_ append: PendingAppend, _ heads: inout RunHeads) throws -> Outcome {
        let known = try heads.head(of: append.run, on: connection)
        if append.createsRun {
            guard known == nil else { return .failure(JournalError.runExists(append.run)) }
            let sql = "INSERT INTO run (id, key) SELECT ?1, coalesce(max(key), 0) + 1 FROM run"
            try connection.run(sql, [.text(append.run.description)])
        }
        guard var head = try known ?? heads.head(of: append.run, on: connection) else {
            return .failure(JournalError.runUnknown(append.run))
        }
        if let token = append.token, token != head.token {
            return .failure(JournalError.leaseLost(append.run))
        }
        for blob in append.blobs {
            try insert(blob)
        }
        var hashes: [Digest] = []
        hashes.reserveCapacity(append.events.count)
        for event in append.events {
            hashes.append(try insert(event, of: append, after: &head))
        }
        heads[append.run] = head
        // Under a lease that is left to whatever writes the lease: it would cost each step a page.
        if append.token == nil { try ChainHead.keep(of: append.run, on: connection) }
        return .success(PendingAppend.Recorded(last: head.sequence, hashes: hashes))
    }

    private func insert(_ blob: NamedValue) throws {
        let digest = SQLiteValue.blob(blob.digest.bytes)
        let known = "SELECT 1 FROM blob WHERE substr(digest, 1, 8) = substr(?1, 1, 8) AND digest = ?1"
        guard try connection.run(known, [digest]).isEmpty else { return }
        try connection.run("INSERT INTO blob (digest, data) VALUES (?1, ?2)", [digest, .blob(blob.bytes)])
    }

    private func insert(
        _ event: PreparedEvent,
        of append: PendingAppend,
        after head: inout RunHeads.Head
    ) throws -> Digest {
        head.sequence += 1
        let hash = EventChain.hash(
            of: event.content,
            after: head.hash,
            run: append.run.description,
            sequence: head.sequence,
            at: append.at
        )
        head.hash = hash.bytes
        let draft = event.draft
        try connection.run(
            """
            INSERT INTO event (key, at, kind, step, input, result, body, hash)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
            """,
            [
                .integer(head.key << 32 | head.sequence), .integer(append.at), .text(draft.kind.rawValue),
                SQLiteValue(draft.step?.description), SQLiteValue(draft.input?.bytes),
                SQLiteValue(draft.result?.bytes), .text(event.body), .blob(hash.bytes),
            ]
        )
        return hash
    }
}
