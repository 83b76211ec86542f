internal import Core
internal import Snapshots

/// The folder that gets a run's result.
struct DeliveryTarget: Sendable {
    /// An absolute path.
    let path: String

    init(_ path: String) {
        self.path = path
    }

    /// Refuses a folder that is taken or that cannot be written.
    ///
    /// - Throws: ``RunError/targetTaken(_:)``, ``RunError/targetNoFolder(_:isLink:)`` or ``RunError/targetUnwritable(_:reason:)``.
    func check() throws {
        if let name = FileSystem.overlongName(in: path) {
            throw RunError.targetUnwritable(path, reason: "a name in it has \(name.utf8.count) bytes, more than 255")
        }
        switch FileSystem.kind(of: path) {
        case .folder:
            guard try FileSystem.isEmptyFolder(path) else { throw RunError.targetTaken(path) }
        case .missing: break
        case .other: throw RunError.targetNoFolder(path, isLink: FileSystem.isLink(path))
        }
        if let obstacle = FileSystem.nonFolder(above: path) {
            throw RunError.targetUnwritable(path, reason: "'\(obstacle.printable)' is not a folder")
        }
        let existing = FileSystem.nearestExistingFolder(of: path)
        if let reason = FileSystem.whyUnwritable(existing) {
            throw RunError.targetUnwritable(path, reason: reason)
        }
    }

    /// Whether the folder already holds exactly what the snapshot holds: a delivery that was not recorded.
    func holds(_ snapshot: SnapshotRecord, of snapshots: SnapshotStore) async throws -> Bool {
        guard FileSystem.kind(of: path) == .folder, try !FileSystem.isEmptyFolder(path) else { return false }
        return try await snapshots.matches(snapshot.id, folder: path)
    }
}

extension RunRequest {
    /// Where the result goes, as an absolute path.
    func targetFolder(title: String) -> String {
        into ?? base + "/" + ProjectNames.slug(of: title)
    }
}
