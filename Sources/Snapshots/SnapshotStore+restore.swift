internal import ArchiveKit
internal import Core

extension SnapshotStore {
    /// Gives a snapshot's tree back in a folder that does not exist yet or is empty.
    ///
    /// The tree is made beside the target, every byte of it checked on the way, and takes the target's name only when
    /// it is whole. Nothing else is ever changed, whatever the snapshot holds.
    ///
    /// - Parameters:
    ///   - text: The snapshot's name or the beginning of it.
    ///   - target: The folder; those above it are made when they are missing.
    /// - Returns: The record of the snapshot.
    /// - Throws: ``SnapshotError``; ``FileFault``, of the kind `diskFull` when there is no room.
    @discardableResult
    package func restore(_ text: String, to target: String) async throws -> SnapshotRecord {
        try await onLane {
            let store = try StoreFolder(folder)
            let snapshot = try StoredSnapshot.load(name(text, in: store), in: store, limits: limits)
            try snapshot.checkRules()
            let place = try RestorePlace(target)
            try place.checkSpace(for: snapshot.tree.size + (snapshot.history?.size ?? 0))
            let staged = try place.stage()
            do {
                try await write(snapshot, to: staged)
            } catch {
                guard let damage = SnapshotDamage(error, in: snapshot.record) else { throw error }
                throw SnapshotError.damaged(damage)
            }
            try staged.folder.synchronizeFileSystem()
            try place.take(staged)
            return snapshot.record
        }
    }
    /// Writes the tree and, if there is one, its repository, which is then checked as a whole.
    private func write(_ snapshot: StoredSnapshot, to staged: StagedTree) async throws {
        let record = snapshot.record
        // A second in the past: git trusts only files that are older than its index, and it counts in seconds.
        let writer = try TreeWriter(
            staged.folder.duplicate(),
            time: clock.milliseconds / 1_000 - 1,
            namesContents: snapshot.history != nil
        )
        try await backend(record.backend).read(snapshot, at: folder + "/" + record.id, into: writer)
        guard let history = snapshot.history else { return }
        let repository = try RepositoryFiles(of: staged.path)
        guard repository.head == record.head, repository.references == record.references else {
            throw EntryProblem(path: ".git", problem: "has other branches, tags or commits than recorded")
        }
        try repository.complete(history, contents: writer.contents)
    }
}
