internal import ArchiveKit
internal import Core
internal import HashKit

/// The names of the files in a snapshot's folder.
enum SnapshotFile {
    static let record = "record.json"
    static let manifest = "manifest"
    static let history = "history"
    /// The hashes of the other files, as `sha256sum --check` reads them.
    static let sums = "SHA256SUMS"

    static func archive(_ id: String) -> String { id + ".tar.zst" }

    static let recordLimit = 1 << 20
}

/// The hashes of a snapshot's files.
struct SnapshotSums {
    private(set) var lines: [(name: String, digest: Digest)] = []

    mutating func add(_ name: String, _ digest: Digest) {
        lines.append((name, digest))
    }

    var text: String { lines.map { "\($0.digest.hex)  \($0.name)\n" }.joined() }
}

/// A snapshot as it lies in the store, with its small files read and checked.
struct StoredSnapshot {
    let record: SnapshotRecord
    let tree: Manifest
    let history: Manifest?

    /// Reads the record alone.
    ///
    /// - Throws: ``SnapshotError`` when it is damaged or newer than this program.
    static func record(of id: String, in store: StoreFolder) throws -> SnapshotRecord {
        do {
            let folder = try store.folder.folder(named: id)
            let text = try folder.openFile(named: SnapshotFile.record).contents(limit: SnapshotFile.recordLimit)
            return try decode(text, id: id, path: folder.path)
        } catch let fault as FileFault {
            throw Self.damage(id, SnapshotFile.record, fault.isMissing ? "is missing" : fault.description)
        }
    }

    private static func decode(_ text: [UInt8], id: String, path: String) throws -> SnapshotRecord {
        struct Head: Codable { var version: Int }
        do {
            let head = try JSON.decode(Head.self, from: text)
            guard head.version <= SnapshotRecord.currentVersion else {
                throw SnapshotError.newer(id: id, version: head.version)
            }
            var record = try JSON.decode(SnapshotRecord.self, from: text)
            guard record.id == id, id.hasPrefix(SnapshotID.base(tree: record.tree, head: record.head)) else {
                throw damage(id, SnapshotFile.record, "belongs to another snapshot")
            }
            // The store may have been moved since.
            if record.backend == .archive { record.location = path + "/" + SnapshotFile.archive(id) }
            return record
        } catch let error as JSONError {
            throw damage(id, SnapshotFile.record, "cannot be read: \(error.description)")
        }
    }

    /// Reads the record and the manifests, and checks each against the others.
    static func load(_ id: String, in store: StoreFolder, limits: SnapshotLimits) throws -> StoredSnapshot {
        let record = try record(of: id, in: store)
        let folder = try store.folder.folder(named: id)
        let tree = try manifest(SnapshotFile.manifest, record.tree, id, folder, limits)
        let history = try record.history.map { try manifest(SnapshotFile.history, $0, id, folder, limits) }
        return StoredSnapshot(record: record, tree: tree, history: history)
    }

    private static func manifest(
        _ name: String,
        _ digest: Digest,
        _ id: String,
        _ folder: borrowing Folder,
        _ limits: SnapshotLimits
    ) throws -> Manifest {
        do {
            let text = try folder.openFile(named: name).contents(limit: Manifest.textLimit)
            guard Digest.sha256(of: text) == digest else { throw damage(id, name, "does not have the recorded hash") }
            return try Manifest(parsing: text, limits: limits)
        } catch let error as ManifestError {
            throw damage(id, name, "cannot be used: \(error.description)")
        } catch let fault as FileFault {
            throw damage(id, name, fault.isMissing ? "is missing" : fault.description)
        }
    }

    static func damage(_ id: String, _ file: String, _ problem: String) -> SnapshotError {
        .damaged(SnapshotDamage(snapshot: id, file: file, problem: problem))
    }
}

extension Folder {
    /// The hash of a file in this folder.
    borrowing func hash(ofFileNamed name: String) throws -> Digest {
        let file = try openFile(named: name)
        let hasher = SharedHasher()
        try HashSink().take(file, at: []) { hasher.update($0) }
        return hasher.finish()
    }

    /// Writes a small file durably.
    borrowing func write(_ contents: [UInt8], toNewFile name: String) throws {
        let file = try createFile(named: name, mode: 0o600)
        try file.write(contents)
        try file.synchronize()
    }
}
