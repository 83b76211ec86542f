internal import ArchiveKit
internal import Core
internal import HashKit

/// Keeps the contents as a `.tar.zst` in the snapshot's folder.
struct ArchiveBackend: SnapshotBackend {
    let cores: Int

    func store(_ source: TreeSource, in staged: StagedFolder) async throws -> StoredContents {
        let name = "archive"
        let output = HashedOutput(try staged.folder.createFile(named: name, mode: 0o600))
        let writer = try ArchiveWriter(cores: cores) { try output.write($0) }
        let tree = try source.readTree(into: ArchiveSink(writer, prefix: ExpectedEntries.top))
        let history = try source.repository?.read(
            into: ArchiveSink(writer, prefix: ExpectedEntries.top + ExpectedEntries.git),
            in: staged
        )
        try writer.finish()
        try output.synchronize()
        do {
            try read(staged.folder.openFile(named: name), ExpectedEntries(tree: tree, history: history), into: nil)
        } catch let problem as EntryProblem {
            throw SnapshotError.notReadBack(entry: problem.path, problem: problem.problem)
        }
        return StoredContents(
            tree: tree,
            history: history,
            bytes: output.count,
            location: name,
            file: (name, output.finish())
        )
    }

    func settle(_ contents: inout StoredContents, as id: String, in staged: StagedFolder) async throws {
        guard let file = contents.file else { return }
        let name = SnapshotFile.archive(id)
        try staged.folder.rename(file.name, to: name, in: staged.folder)
        contents.file = (name, file.digest)
        contents.location = name
    }

    func read(_ snapshot: StoredSnapshot, at folder: String, into writer: TreeWriter?) async throws {
        let file = try Folder(opening: folder).openFile(named: SnapshotFile.archive(snapshot.record.id))
        try read(file, ExpectedEntries(tree: snapshot.tree, history: snapshot.history), into: writer)
    }

    private func read(_ file: consuming InputFile, _ entries: ExpectedEntries, into writer: TreeWriter?) throws {
        let reader = try ArchiveReader(reading: file, cores: cores)
        var expected = entries
        while let entry = try reader.next() {
            try Task.checkCancellation()
            try expected.take(entry, from: reader, into: writer)
        }
        try expected.finish()
    }

    func looseness(of record: SnapshotRecord) async throws -> String? { nil }
    func release(_ id: String) async throws {}
    func sweep(keeping names: () throws -> Set<String>?) async throws {}
}

/// A file that is hashed while it is written.
private final class HashedOutput {
    private let file: OutputFile
    private let hasher = SharedHasher()
    private(set) var count = 0

    init(_ file: consuming OutputFile) {
        self.file = file
    }

    func write(_ bytes: [UInt8]) throws {
        hasher.update(bytes)
        count += bytes.count
        try file.write(bytes)
    }

    func synchronize() throws {
        try file.synchronize()
    }

    /// The hash of everything written; the file takes no more.
    func finish() -> Digest {
        hasher.finish()
    }
}
