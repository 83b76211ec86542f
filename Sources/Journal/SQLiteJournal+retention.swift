internal import Core
internal import SQLiteKit

extension SQLiteJournal {
    package func dropBlobs(ofRunsBefore time: Int64, at: Int64, dryRun: Bool) async throws -> Retention {
        let retention = try await writer.transaction { connection in
            let old = try Self.oldRuns(before: time, at: at, on: connection)
            var retention = Retention()
            retention.runs = old.map(\.id)
            try Self.collectValues(ofRuns: old.map(\.key), on: connection)
            let sums = "SELECT count(*), coalesce(sum(length(data)), 0) FROM blob WHERE digest IN dropped"
            try connection.forEach(sums) { row in
                retention.blobs = Int(row.integer(0))
                retention.bytes = row.integer(1)
            }
            if !dryRun {
                try connection.run("DELETE FROM blob WHERE digest IN dropped")
                try Self.record(retention, on: connection, at: at)
            }
            try connection.run("DROP TABLE temp.dropped")
            return retention
        }
        if !dryRun {
            try await writer.perform { connection in _ = try connection.run("PRAGMA incremental_vacuum") }
        }
        return retention
    }

    /// The runs that have ended and that nobody owns, whose last event is older than `time` and whose values are
    /// still there.
    ///
    /// A run that can go on needs its values for that, however long it has rested.
    private static func oldRuns(
        before time: Int64,
        at: Int64,
        on connection: Connection
    ) throws -> [(key: Int64, id: RunID)] {
        let sql = """
            SELECT run.key, run.id FROM run
            JOIN event AS last ON last.key = (
                SELECT max(key) FROM event WHERE key BETWEEN run.key << 32 AND (run.key << 32) + 4294967295
            )
            JOIN event AS state ON state.key = (
                SELECT max(key) FROM event WHERE run = run.key AND step IS NULL AND kind IN (\(list(EventKind.states)))
            )
            WHERE last.at < ?1 AND last.kind <> ?2 AND state.kind IN (\(list(EventKind.endings)))
            ORDER BY run.id
            """
        let values: [SQLiteValue] = [.integer(time), .text(EventKind.runPruned.rawValue)]
        let candidates = try connection.query(sql, values) { row in (key: row.integer(0), id: try run(row, 1)) }
        return try candidates.filter { try LeaseRow(of: $0.id, on: connection).holder(at: at) == nil }
    }

    /// Kinds of events as a list in SQL; none of these holds a quote.
    private static func list(_ kinds: [EventKind]) -> String {
        kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
    }

    /// Fills the table `dropped` with the values that only steps of these runs name.
    ///
    /// What events without a step name stays: a report on the run is made of it.
    private static func collectValues(ofRuns keys: [Int64], on connection: Connection) throws {
        try connection.run("CREATE TEMP TABLE old (run INTEGER PRIMARY KEY)")
        for key in keys {
            try connection.run("INSERT INTO old VALUES (?1)", [.integer(key)])
        }
        try connection.run("CREATE TEMP TABLE dropped (digest BLOB PRIMARY KEY) WITHOUT ROWID")
        try connection.run(
            """
            INSERT INTO dropped
            SELECT result FROM event WHERE run IN old AND step IS NOT NULL AND result IS NOT NULL
            UNION SELECT input FROM event WHERE run IN old AND input IS NOT NULL
            EXCEPT SELECT result FROM event WHERE (run NOT IN old OR step IS NULL) AND result IS NOT NULL
            EXCEPT SELECT input FROM event WHERE run NOT IN old AND input IS NOT NULL
            """
        )
        try connection.run("DROP TABLE temp.old")
    }

    /// Says in each run's chain that its values are gone, so that a later check does not take that for damage.
    private static func record(_ retention: Retention, on connection: Connection, at: Int64) throws {
        let batch = AppendBatch(connection)
        var heads = RunHeads()
        for run in retention.runs {
            let draft = EventDraft(.runPruned)
            _ = try batch.write(PendingAppend(ofStore: draft, to: run, at: at), &heads).get()
        }
    }
}
