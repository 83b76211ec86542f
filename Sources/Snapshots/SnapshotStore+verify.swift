internal import ArchiveKit
internal import Core
internal import GitKit
internal import HashKit

extension SnapshotStore {
    /// Checks one snapshot, by its name or the beginning of it, or all of them; every byte is read.
    ///
    /// - Returns: What is damaged; nothing when all is well.
    package func verify(_ text: String? = nil) async throws -> [SnapshotDamage] {
        try await onLane {
            let store = try StoreFolder(folder)
            guard let text else {
                var all: [SnapshotDamage] = []
                for name in try store.names() { all += try await damages(of: name, in: store, deeply: true) }
                return all
            }
            return try await damages(of: name(text, in: store), in: store, deeply: true)
        }
    }

    /// What is wrong with a snapshot.
    ///
    /// Deeply means that the contents are unpacked too; their file's hash is checked in any case.
    func damages(of id: String, in store: StoreFolder, deeply: Bool) async throws -> [SnapshotDamage] {
        do {
            let snapshot = try StoredSnapshot.load(id, in: store, limits: limits)
            try snapshot.checkRules()
            let folder = try store.folder.folder(named: id)
            var found = try Self.compareSums(of: snapshot.record, in: folder)
            // What is kept elsewhere has no hash of its own: only reading all of it tells.
            if deeply || snapshot.record.backend != .archive {
                found += try await contentDamages(of: snapshot, at: folder.path)
            }
            if let problem = try await backend(snapshot.record.backend).looseness(of: snapshot.record) {
                found.append(SnapshotDamage(snapshot: id, file: snapshot.record.location, problem: problem))
            }
            return found
        } catch SnapshotError.damaged(let damage) {
            return [damage]
        } catch SnapshotError.newer(_, let version) {
            return [SnapshotDamage(snapshot: id, newerVersion: version)]
        }
    }

    /// Compares the list of hashes with the files, as exact text: one changed letter shows.
    private static func compareSums(of record: SnapshotRecord, in folder: borrowing Folder) throws -> [SnapshotDamage] {
        var names = [SnapshotFile.manifest]
        if record.backend == .archive { names.insert(SnapshotFile.archive(record.id), at: 0) }
        if record.history != nil { names.append(SnapshotFile.history) }
        names.append(SnapshotFile.record)
        let sums: [UInt8]
        do {
            sums = try folder.openFile(named: SnapshotFile.sums).contents(limit: SnapshotFile.recordLimit)
        } catch {
            return [SnapshotDamage(snapshot: record.id, file: SnapshotFile.sums, problem: error.description)]
        }
        let lines = sums.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.count == names.count + 1, lines.last?.isEmpty == true else {
            return [
                SnapshotDamage(snapshot: record.id, file: SnapshotFile.sums, problem: "has other lines than it should")
            ]
        }
        return try zip(names, lines).compactMap { name, line in
            do {
                let expected = "\(try folder.hash(ofFileNamed: name).hex)  \(name)"
                if line.elementsEqual(expected.utf8) { return nil }
                return SnapshotDamage(
                    snapshot: record.id,
                    file: name,
                    problem: "does not have the hash that \(SnapshotFile.sums) names"
                )
            } catch let fault as FileFault {
                return SnapshotDamage(snapshot: record.id, file: name, problem: fault.description)
            }
        }
    }

    private func contentDamages(of snapshot: StoredSnapshot, at folder: String) async throws -> [SnapshotDamage] {
        do {
            try await backend(snapshot.record.backend).read(snapshot, at: folder, into: nil)
            return []
        } catch {
            if let damage = SnapshotDamage(error, in: snapshot.record) { return [damage] }
            // Nothing is written here: what cannot be read is damaged, and the other snapshots are still looked at.
            guard let fault = error as? FileFault else { throw error }
            let file = snapshot.record.backend == .archive ? SnapshotFile.archive(snapshot.record.id) : folder
            return [SnapshotDamage(snapshot: snapshot.record.id, file: file, problem: fault.description)]
        }
    }
}

extension SnapshotDamage {
    /// The finding that an error of a backend stands for, or `nil` when it is about something else.
    init?(_ error: any Error, in record: SnapshotRecord) {
        let file = record.backend == .archive ? SnapshotFile.archive(record.id) : record.location
        switch error {
        case let problem as EntryProblem:
            self.init(snapshot: record.id, file: "\(file): \(problem.path)", problem: problem.problem)
        // A library that cannot be loaded says nothing of the snapshot.
        case let error as ArchiveError where error.kind != .configuration:
            self.init(snapshot: record.id, file: file, problem: "cannot be read: \(error.description)")
        case let error as GitError where ![.diskFull, .configuration].contains(error.kind):
            self.init(snapshot: record.id, file: "\(file): .git", problem: "cannot be used: \(error.description)")
        case let error as TreeError where error.kind == .policy || error.kind == .notFound:
            self.init(snapshot: record.id, file: "\(file): .git", problem: "cannot be used: \(error.description)")
        case let fault as FileFault where fault.isMissing:
            self.init(snapshot: record.id, file: file, problem: "is not whole: \(fault.description)")
        case let fault as FileFault where fault.kind == .failed && fault.concerns(record.location):
            self.init(snapshot: record.id, file: file, problem: "cannot be read: \(fault.description)")
        default:
            return nil
        }
    }
}
