internal import ArchiveKit
internal import Core

extension SnapshotStore {
    /// Whether a folder holds exactly what a snapshot holds: same tree, same commit.
    ///
    /// `text` is the snapshot's name or the unambiguous beginning of one; a missing folder does not match.
    package func matches(_ text: String, folder path: String) async throws -> Bool {
        let record = try await find(text)
        return try await onLane {
            do {
                let source = try TreeSource(path, repository: record.head != nil)
                guard source.head == record.head, source.listing.items.count == record.files else { return false }
                let entries = try TreeHasher.hash(source.listing.items, in: Folder(opening: path), cores: cores)
                return try Manifest(entries).identity == record.tree
            } catch let error as any ReportableError where error.kind != .diskFull {
                return false
            }
        }
    }
}
