internal import Core
internal import SQLiteKit

/// The end of a run's chain as it stands in the run's own row, so that events are missed that were removed from the end.
///
/// Kept whenever the row is written for a lease, and with each event that needs none: what a run records goes unguarded
/// until its lease is next renewed or released.
struct ChainHead {
    let sequence: Int64
    let hash: [UInt8]?

    private static let range = "event.key BETWEEN run.key << 32 AND (run.key << 32) + 4294967295"

    /// Assignments for an `UPDATE` of the run's row.
    static let assignments = """
        head = (SELECT coalesce(max(event.key) & 4294967295, 0) FROM event WHERE \(range)),
        hash = (SELECT event.hash FROM event WHERE \(range) ORDER BY event.key DESC LIMIT 1)
        """

    static func keep(of run: RunID, on connection: Connection) throws {
        try connection.run("UPDATE run SET \(assignments) WHERE id = ?1", [.text(run.description)])
    }

    /// Checks that a run's chain reaches as far as it did.
    ///
    /// - Throws: ``JournalError/damaged(run:sequence:problem:)``.
    static func check(_ run: RunID, on connection: Connection) throws {
        let sql = """
            SELECT run.head, run.hash, event.hash FROM run LEFT JOIN event ON event.key = (run.key << 32) + run.head
            WHERE run.id = ?1
            """
        try connection.forEach(sql, [.text(run.description)]) { row in
            let head = ChainHead(sequence: row.integer(0), hash: row.bytes(1))
            if let problem = head.problem(with: row.bytes(2)) {
                throw JournalError.damaged(run: run, sequence: Int(head.sequence), problem: problem)
            }
        }
    }

    /// What is wrong when the event at the head has this hash, or is missing.
    func problem(with found: [UInt8]?) -> String? {
        guard sequence > 0, found != hash else { return nil }
        return found == nil ? "it is missing" : "it is not what was recorded"
    }
}
