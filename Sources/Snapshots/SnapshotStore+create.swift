internal import ArchiveKit
package import Core
internal import HashKit

extension SnapshotStore {
    /// Keeps a tree: written, read back and compared, and only then there.
    ///
    /// A snapshot of the same tree, commit, branches and tags that is there and whole is returned instead. A process
    /// that dies on the way leaves nothing that counts as a snapshot; the next call removes what it left.
    ///
    /// - Parameters:
    ///   - tree: The folder to keep.
    ///   - repository: Whether the folder is a git repository's: its history is kept, what it ignores is not.
    ///   - title: The project's title.
    ///   - run: The run that made the tree.
    ///   - kind: Where to keep it.
    /// - Returns: The record of the snapshot.
    /// - Throws: ``SnapshotError``, ``FileFault`` (of the kind `diskFull` when there is no room), errors of git.
    package func create(
        from tree: String,
        repository: Bool,
        title: String,
        run: RunID? = nil,
        backend kind: SnapshotKind = .archive
    ) async throws -> SnapshotRecord {
        try await onLane {
            let store = try StoreFolder(folder)
            try await sweep(store)
            let source = try TreeSource(tree, repository: repository)
            if let same = try await existing(like: source, kind, in: store) { return same }
            let staged = try store.stage()
            var contents = try await backend(kind).store(source, in: staged)
            let identity = contents.tree.identity
            let record = SnapshotRecord(
                id: SnapshotID.base(tree: identity, head: source.head),
                backend: kind,
                location: "",
                tree: identity,
                history: contents.history?.identity,
                references: source.repository?.references,
                head: source.head,
                files: contents.tree.entries.count,
                size: contents.tree.size,
                bytes: contents.bytes,
                created: clock.milliseconds,
                run: run,
                title: title,
                leftOut: source.listing.leftOut
            )
            return try await publish(record, &contents, staged, in: store)
        }
    }

    /// Finds the snapshot that a new one would repeat, without writing anything.
    ///
    /// The tree is hashed only when a record fits it as far as can be told without.
    private func existing(
        like source: TreeSource,
        _ kind: SnapshotKind,
        in store: StoreFolder
    ) async throws -> SnapshotRecord? {
        let candidates = try scan().records.filter { record in
            record.backend == kind && record.head == source.head && record.references == source.repository?.references
                && record.files == source.listing.items.count
        }
        guard !candidates.isEmpty else { return nil }
        let entries = try TreeHasher.hash(source.listing.items, in: Folder(opening: source.path), cores: cores)
        let identity = try Manifest(entries).identity
        for candidate in candidates where candidate.tree == identity {
            if try await damages(of: candidate.id, in: store, deeply: false).isEmpty { return candidate }
        }
        return nil
    }

    /// Writes the record and the hashes, and gives the snapshot its name.
    private func publish(
        _ draft: SnapshotRecord,
        _ contents: inout StoredContents,
        _ staged: StagedFolder,
        in store: StoreFolder
    ) async throws -> SnapshotRecord {
        let (id, same) = try await freeName(for: draft, in: store)
        if let same {
            try staged.discard()
            return same
        }
        try await backend(draft.backend).settle(&contents, as: id, in: staged)
        var record = draft
        record.id = id
        record.location = contents.location
        try write(record, contents, to: staged.folder)
        do {
            try staged.commit(as: id)
        } catch let fault as FileFault where fault.isNotEmpty {
            // Another process was faster with the same tree.
            let winner = try StoredSnapshot.record(of: id, in: store)
            guard winner.isSameContents(as: record) else { throw fault }
            return winner
        }
        return try StoredSnapshot.record(of: id, in: store)
    }

    /// A name that no other contents have, or the whole snapshot of the same contents; a damaged one makes room.
    private func freeName(
        for draft: SnapshotRecord,
        in store: StoreFolder
    ) async throws -> (id: String, same: SnapshotRecord?) {
        let names = try Set(store.names())
        for number in 1... {
            let id = number == 1 ? draft.id : "\(draft.id)-\(number)"
            guard names.contains(id) else { return (id, nil) }
            if try await damages(of: id, in: store, deeply: false).isEmpty {
                let there = try StoredSnapshot.record(of: id, in: store)
                if there.isSameContents(as: draft) { return (id, there) }
            } else if (try? StoredSnapshot.record(of: id, in: store))?.isSameContents(as: draft) ?? true {
                try store.remove(id)
                return (id, nil)
            }
        }
        return (draft.id, nil)
    }

    private func write(
        _ record: SnapshotRecord,
        _ contents: StoredContents,
        to folder: borrowing Folder
    ) throws {
        let manifest = contents.tree.text
        let history = contents.history?.text
        let text = Array(try JSON.encode(record, pretty: true)) + [UInt8(ascii: "\n")]
        var sums = SnapshotSums()
        if let file = contents.file { sums.add(file.name, file.digest) }
        sums.add(SnapshotFile.manifest, Digest.sha256(of: manifest))
        try folder.write(manifest, toNewFile: SnapshotFile.manifest)
        if let history {
            sums.add(SnapshotFile.history, Digest.sha256(of: history))
            try folder.write(history, toNewFile: SnapshotFile.history)
        }
        sums.add(SnapshotFile.record, Digest.sha256(of: text))
        try folder.write(text, toNewFile: SnapshotFile.record)
        try folder.write(Array(sums.text.utf8), toNewFile: SnapshotFile.sums)
    }
}

extension SnapshotRecord {
    /// Whether both hold the same tree, commit, branches and tags, and keep them in the same way.
    func isSameContents(as other: SnapshotRecord) -> Bool {
        backend == other.backend && tree == other.tree && head == other.head && references == other.references
    }
}
