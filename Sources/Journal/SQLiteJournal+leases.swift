package import Core
internal import SQLiteKit

extension SQLiteJournal {
    package func acquireLease(
        on run: RunID,
        owner: ProcessIdentity,
        duration: Duration,
        at: Int64
    ) async throws -> Lease {
        let name = try JSONValue(encoding: owner).text
        return try await writer.transaction { connection in
            let row = try LeaseRow(of: run, on: connection)
            if let holder = row.holder(at: at) {
                throw JournalError.busy(run: run, holder: holder.description)
            }
            try ChainHead.check(run, on: connection)
            let lease = Lease(
                run: run,
                token: row.token + 1,
                owner: owner,
                expires: at + duration.milliseconds,
                duration: duration.milliseconds
            )
            try connection.run(
                "UPDATE run SET token = ?2, owner = ?3, expires = ?4, \(ChainHead.assignments) WHERE id = ?1",
                [.text(run.description), .integer(lease.token), .text(name), .integer(lease.expires)]
            )
            return lease
        }
    }

    package func renew(_ lease: Lease, at: Int64) async throws -> Lease {
        let renewed = Lease(
            run: lease.run,
            token: lease.token,
            owner: lease.owner,
            expires: at + lease.duration,
            duration: lease.duration
        )
        try await writer.transaction { connection in
            try connection.run(
                """
                UPDATE run SET expires = ?3, \(ChainHead.assignments)
                WHERE id = ?1 AND token = ?2 AND owner IS NOT NULL
                """,
                [.text(lease.run.description), .integer(lease.token), .integer(renewed.expires)]
            )
            guard connection.changes == 1 else { throw JournalError.leaseLost(lease.run) }
        }
        return renewed
    }

    package func release(_ lease: Lease) async throws {
        try await writer.transaction { connection in
            // The token grows, so that a late append under the released lease is refused.
            _ = try connection.run(
                """
                UPDATE run SET token = token + 1, owner = NULL, expires = 0, \(ChainHead.assignments)
                WHERE id = ?1 AND token = ?2
                """,
                [.text(lease.run.description), .integer(lease.token)]
            )
        }
    }

    package func holder(of run: RunID, at: Int64) async throws -> ProcessIdentity? {
        try await reader.perform { connection in try LeaseRow(of: run, on: connection).holder(at: at) }
    }
}

/// A run's lease as it is stored.
struct LeaseRow {
    let token: Int64
    let owner: String?
    let expires: Int64

    init(of run: RunID, on connection: Connection) throws {
        let sql = "SELECT token, owner, expires FROM run WHERE id = ?1"
        let rows = try connection.query(sql, [.text(run.description)]) { row in
            (token: row.integer(0), owner: row.text(1), expires: row.integer(2))
        }
        guard let row = rows.first else { throw JournalError.runUnknown(run) }
        (token, owner, expires) = row
    }

    /// Who holds the lease and neither has died here nor let it expire; a name that cannot be read holds until then.
    func holder(at: Int64) -> ProcessIdentity? {
        guard let owner, at < expires else { return nil }
        let identity = try? JSONValue(parsing: owner).decoded(as: ProcessIdentity.self)
        guard let identity else { return ProcessIdentity(machine: "", boot: "", space: "", process: 0, start: 0) }
        return identity.hasEnded ? nil : identity
    }
}
