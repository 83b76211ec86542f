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
            if let history = snapshot.history { try HistoryRules.check(history, of: snapshot.record.id) }
            try TreeRules.check(snapshot.tree, of: snapshot.record.id)
            let place = try RestorePlace(target)
            try place.checkSpace(for: snapshot.tree.size + (snapshot.history?.size ?? 0))
            let staged = try place.stage()
            do {
                let writer = try TreeWriter(staged.folder.duplicate())
                try await backend(snapshot.record.backend)
                    .read(snapshot, at: folder + "/" + snapshot.record.id, into: writer)
            } catch {
                guard let damage = SnapshotDamage(error, in: snapshot.record) else { throw error }
                throw SnapshotError.damaged(damage)
            }
            try staged.folder.synchronizeFileSystem()
            try place.take(staged)
            return snapshot.record
        }
    }
}
