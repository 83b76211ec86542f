package import Core
internal import HashKit
internal import SQLiteKit

extension SQLiteJournal {
    package func verify(_ run: RunID?) async throws -> [JournalDamage] {
        try await reader.perform { connection in
            var findings: [JournalDamage] = []
            if run == nil {
                findings += Self.integrity(of: connection)
            }
            let runs: [(key: Int64, id: String, head: ChainHead)]
            do {
                runs = try connection.query("SELECT key, id, head, hash FROM run ORDER BY id") { row in
                    (row.integer(0), row.text(1) ?? "", ChainHead(sequence: row.integer(2), hash: row.bytes(3)))
                }
            } catch let error as SQLiteError where error.kind == .damaged {
                return findings + [JournalDamage(problem: error.message)]
            }
            for entry in runs where run == nil || entry.id == run?.description {
                findings += try RunCheck(entry.id, key: entry.key, head: entry.head, on: connection).findings()
            }
            if let run, !runs.contains(where: { $0.id == run.description }) {
                throw JournalError.runUnknown(run)
            }
            return findings
        }
    }

    /// What SQLite itself finds wrong with the file.
    private static func integrity(of connection: Connection) -> [JournalDamage] {
        do {
            return try connection.query("PRAGMA integrity_check(20)") { row in row.text(0) ?? "" }
                .filter { $0 != "ok" }
                .map { JournalDamage(problem: $0) }
        } catch {
            return [JournalDamage(problem: (error as? SQLiteError)?.message ?? "\(error)")]
        }
    }
}

/// Checks the chain and the values of one run.
private struct RunCheck {
    private let name: String
    private let run: RunID?
    private let key: Int64
    private let head: ChainHead
    private let connection: Connection

    init(_ name: String, key: Int64, head: ChainHead, on connection: Connection) {
        self.name = name
        run = RunID(name)
        self.key = key
        self.head = head
        self.connection = connection
    }

    func findings() throws -> [JournalDamage] {
        var findings: [JournalDamage] = []
        if run == nil {
            findings.append(JournalDamage(problem: "'\(name)' is not a run's name"))
        }
        var chain = Chain(run: name)
        do {
            try readChain(&chain)
        } catch let error as SQLiteError where error.kind == .damaged {
            chain.problem = chain.problem ?? (chain.sequence + 1, error.message)
        }
        if chain.sequence == 0, chain.problem == nil {
            chain.problem = (1, "it has no events")
        }
        if chain.problem == nil, let problem = head.problem(with: chain.atHead) {
            chain.problem = (min(chain.sequence + 1, head.sequence), problem)
        }
        if let problem = chain.problem {
            findings.append(JournalDamage(run: run, sequence: Int(problem.sequence), problem: problem.text))
        }
        for (digest, mayBeGone) in chain.results.sorted(by: { $0.key < $1.key }) {
            if let problem = try problem(of: digest, mayBeGone: mayBeGone) {
                findings.append(JournalDamage(run: run, blob: digest, problem: problem))
            }
        }
        return findings
    }

    /// What is known of the chain up to an event.
    private struct Chain {
        let run: String
        var sequence: Int64 = 0
        var hash = StoredEvent.chainStart
        var problem: (sequence: Int64, text: String)?
        /// The hash of the event at the run's head, once that was read.
        var atHead: [UInt8]?
        /// The values that events name, each with whether retention has dropped it since.
        var results: [Digest: Bool] = [:]
    }

    private func readChain(_ chain: inout Chain) throws {
        let sql = """
            SELECT sequence, at, kind, step, input, result, body, hash FROM event
            WHERE key BETWEEN ?1 AND ?2 ORDER BY key
            """
        let start = key << 32
        try connection.forEach(sql, [.integer(start), .integer(start + Int64(UInt32.max))]) { row in
            let event = StoredEvent(row, from: 0, run: chain.run)
            let hash = row.bytes(7) ?? []
            chain.sequence += 1
            if chain.problem == nil, event.sequence != chain.sequence {
                chain.problem = (chain.sequence, "it is missing")
            }
            if chain.problem == nil, event.hash(after: chain.hash).bytes != hash {
                chain.problem = (chain.sequence, "it is not what was recorded")
            }
            chain.hash = hash
            if chain.sequence == head.sequence { chain.atHead = hash }
            if let digest = event.input.flatMap(Digest.init(bytes:)), chain.results[digest] == nil {
                // Most inputs are not kept.
                chain.results[digest] = true
            }
            if event.kind == EventKind.runPruned.rawValue {
                chain.results = chain.results.mapValues { _ in true }
            } else if let digest = event.result.flatMap(Digest.init(bytes:)), !event.holdsResult {
                chain.results[digest] = false
            }
        }
    }

    private func problem(of digest: Digest, mayBeGone: Bool) throws -> String? {
        let sql = "SELECT data FROM blob WHERE substr(digest, 1, 8) = substr(?1, 1, 8) AND digest = ?1"
        do {
            let found = try connection.query(sql, [.blob(digest.bytes)]) { row in
                Digest.sha256(of: row.bytes(0) ?? [])
            }
            guard let hash = found.first else { return mayBeGone ? nil : "it is missing" }
            return hash == digest ? nil : "it is not what was recorded"
        } catch let error as SQLiteError where error.kind == .damaged {
            return error.message
        }
    }
}
