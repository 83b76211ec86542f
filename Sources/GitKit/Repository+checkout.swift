internal import Core

extension Repository {
    /// Puts the tree and the branch back to a commit; files that this commit's rules ignore stay.
    package func reset(to commit: CommitID) throws {
        let head = try head()
        try checkOut(commit, from: head)
        if head != commit { try handle.move(place.branch, from: head, to: commit) }
    }

    /// Makes the tree equal to a commit's, byte for byte and without any filter.
    ///
    /// Files that are right already are not touched.
    ///
    /// - Throws: ``TreeError/unusableLink(path:reason:)`` for a commit with a link out of the tree; nothing is changed.
    func checkOut(_ commit: CommitID, from head: CommitID?) throws {
        let target = try entries(of: commit)
        try handle.checkLinks(of: target)
        let root = try openTree()
        let index = try openIndex()
        let known = index.entries()
        let tracked = Set(known.keys).union(try entries(of: head).keys)
        for path in tracked where target[path] == nil { try root.prune(path) }
        var desired: [[UInt8]: IndexEntry] = [:]
        for (path, entry) in target.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
            if entry.mode == .submodule {
                // An empty folder stands for it, as git has it.
                try root.makeFolder(at: path)
                desired[path] = IndexEntry(path: path, tree: entry, stamp: FileStatus.Stamp())
                continue
            }
            let stamp = try place(entry, at: path, in: root, known: known[path], index: index)
            desired[path] = IndexEntry(path: path, tree: entry, stamp: stamp)
        }
        _ = try TreeScan(root, tracked: Set(target.keys), manner: .cleaning)
        if try index.replace(known, with: desired) { try index.write() }
    }

    private func place(
        _ entry: TreeEntry,
        at path: [UInt8],
        in root: borrowing Folder,
        known: IndexEntry?,
        index: borrowing IndexFile
    ) throws -> FileStatus.Stamp {
        if let status = try root.statusBelow(path), status.kind == .file || status.kind == .link {
            let isPlain = status.kind == .link || status.permissions == (status.isExecutable ? 0o755 : 0o644)
            let cached = known.flatMap { index.vouches(for: $0, having: status) ? $0 : nil }
            let found = TreeScan.Entry(path: path, status: status)
            if isPlain, try examine(found, in: root, cached: cached) == entry { return status.stamp }
        }
        let content = try handle.blob(entry.id)
        try root.makeWay(for: path) { folder, name throws(TreeError) in
            if entry.mode == .link {
                try folder.writeLink(to: content, named: name)
            } else {
                try folder.write(content, executable: entry.mode == .executable, to: name)
            }
        }
        return try root.statusBelow(path)?.stamp ?? FileStatus.Stamp()
    }
}

extension RepositoryHandle {
    /// Refuses files of a commit among which there is a link out of the tree.
    ///
    /// - Throws: ``TreeError/unusableLink(path:reason:)``.
    func checkLinks(of files: [[UInt8]: TreeEntry]) throws {
        for (path, entry) in files.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) where entry.mode == .link {
            guard let reason = LinkTarget.problem(try blob(entry.id), linkedFrom: path) else { continue }
            throw TreeError.unusableLink(path: TreeError.escaped(path), reason: reason)
        }
    }
}

extension Folder {
    /// What stands at a path, or `nil`; a link or a file on the way counts as nothing there.
    func statusBelow(_ path: [UInt8]) throws(TreeError) -> FileStatus? {
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return try status(path) }
        let name = Array(path[..<slash])
        guard try status(name)?.kind == .folder else { return nil }
        return try subfolder(name).statusBelow(Array(path[(slash + 1)...]))
    }

    /// Lends the folder for a path's last component, replacing whatever stands in the way of it.
    func makeWay(
        for path: [UInt8],
        _ body: (borrowing Folder, Name) throws(TreeError) -> Void
    ) throws(TreeError) {
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else {
            if try status(path)?.kind == .folder { try removeTree(path) }
            return try body(self, path)
        }
        let name = Array(path[..<slash])
        if let found = try status(name), found.kind != .folder { try removeEntry(name) }
        let next = try madeSubfolder(name)
        try Self.locating(below: name) { () throws(TreeError) in
            try next.makeWay(for: Array(path[(slash + 1)...]), body)
        }
    }

    /// Sees to it that there is a folder at a path.
    func makeFolder(at path: [UInt8]) throws(TreeError) {
        guard try statusBelow(path)?.kind != .folder else { return }
        try makeWay(for: path) { folder, name throws(TreeError) in
            try folder.removeEntry(name)
            _ = try folder.madeSubfolder(name)
        }
    }

    /// Removes a file, and then the folders above it that are empty now.
    func prune(_ path: [UInt8]) throws(TreeError) {
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else {
            if try status(path)?.kind != .folder { try removeEntry(path) }
            return
        }
        let name = Array(path[..<slash])
        guard try status(name)?.kind == .folder else { return }
        try subfolder(name).prune(Array(path[(slash + 1)...]))
        removeEmptyFolder(name)
    }
}
