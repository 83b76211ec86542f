package import Core

/// A file that differs from the last commit.
package struct StatusEntry: Sendable, Equatable, Codable {
    package let path: ProjectPath
    package let kind: FileChange.Kind
}

/// What was committed, and what the walk of the tree met.
package struct TreeCommit: Sendable, Equatable {
    /// The new commit, or `nil` when nothing had changed.
    package let commit: CommitRecord?
    package let findings: TreeFindings
}

/// The words and the signature of a commit.
package struct CommitText: Sendable {
    package let message: String
    package let signature: Signature

    package init(message: String, signature: Signature) {
        self.message = message
        self.signature = signature
    }
}

extension Repository {
    /// Commits the tree as it is: every file and link that is not ignored.
    ///
    /// Contents are stored byte for byte, modes as 644 or 755. Submodules of the last commit are kept.
    ///
    /// - Throws: ``TreeError`` when a new content holds a secret that `redactor` knows, or a name cannot
    ///   be kept; nothing is committed then.
    package func commitAll(_ text: CommitText, refusing redactor: Redactor) throws -> TreeCommit {
        let head = try head()
        let base = try entries(of: head)
        let root = try openTree()
        let scan = try TreeScan(root, tracked: Set(base.keys), manner: .repairing)
        let index = try openIndex()
        let known = index.entries()
        var desired = submodules(of: base, unlessIn: scan)
        for entry in scan.entries {
            let cached = known[entry.path].flatMap { index.vouches(for: $0, having: entry.status) ? $0 : nil }
            let old = base[entry.path]
            desired[entry.path] = try take(entry, in: root, cached: cached, base: old, refusing: redactor)
        }
        let isChanged = try index.replace(known, with: desired)
        let hasNews = desired.count != base.count || desired.contains { base[$0.key] != $0.value.tree }
        guard hasNews else {
            if isChanged { try index.write() }
            return TreeCommit(commit: nil, findings: scan.findings)
        }
        let tree = try index.writeTree(to: handle)
        let commit = try handle.writeCommit(
            tree: tree,
            parents: head.map { [$0] } ?? [],
            message: text.message,
            signature: text.signature
        )
        try index.write()
        try handle.move(place.branch, from: head, to: commit)
        return TreeCommit(commit: try handle.record(of: commit), findings: scan.findings)
    }

    /// Makes the branch's first commit, with no file in it.
    package func commitNothing(_ text: CommitText) throws {
        let index = try openIndex()
        _ = try index.replace(index.entries(), with: [:])
        let commit = try handle.writeCommit(
            tree: try index.writeTree(to: handle),
            parents: [],
            message: text.message,
            signature: text.signature
        )
        try index.write()
        try handle.move(place.branch, from: nil, to: commit)
    }

    /// The files that differ from the last commit, in the order of their paths.
    package func status() throws -> [StatusEntry] {
        let base = try entries(of: try head())
        let root = try openTree()
        let scan = try TreeScan(root, tracked: Set(base.keys), manner: .reading)
        let index = try openIndex()
        let known = index.entries()
        var missing = Set(base.keys).subtracting(submodules(of: base, unlessIn: scan).keys)
        var entries: [StatusEntry] = []
        for entry in scan.entries {
            missing.remove(entry.path)
            let cached = known[entry.path].flatMap { index.vouches(for: $0, having: entry.status) ? $0 : nil }
            let now = try examine(entry, in: root, cached: cached)
            guard let kind = Self.kind(from: base[entry.path], to: now) else { continue }
            entries.append(StatusEntry(path: try TreeContent.projectPath(entry.path), kind: kind))
        }
        for path in missing {
            entries.append(StatusEntry(path: try TreeContent.projectPath(path), kind: .deleted))
        }
        return entries.sorted { $0.path < $1.path }
    }

    private static func kind(from old: TreeEntry?, to new: TreeEntry) -> FileChange.Kind? {
        guard let old else { return .added }
        guard old != new else { return nil }
        return (old.mode == .link) == (new.mode == .link) ? .modified : .retyped
    }

    /// The submodules that are still in place, which means: nothing else is.
    private func submodules(of base: [[UInt8]: TreeEntry], unlessIn scan: TreeScan) -> [[UInt8]: IndexEntry] {
        let found = base.filter { $0.value.mode == .submodule }
        guard !found.isEmpty else { return [:] }
        return found.reduce(into: [:]) { kept, item in
            let folder = item.key + [UInt8(ascii: "/")]
            guard !scan.entries.contains(where: { $0.path == item.key || $0.path.starts(with: folder) }) else { return }
            kept[item.key] = IndexEntry(path: item.key, tree: item.value, stamp: FileStatus.Stamp())
        }
    }

    /// The entry's name in git, without writing anything.
    func examine(_ entry: TreeScan.Entry, in root: borrowing Folder, cached: IndexEntry?) throws -> TreeEntry {
        let mode = TreeMode(entry.status)
        if let cached, cached.tree.mode == mode { return cached.tree }
        let (bytes, _) = try root.contentOrTarget(of: entry)
        return TreeEntry(mode: mode, id: try RepositoryHandle.name(of: bytes))
    }

    /// As ``examine(_:in:cached:)``, but a content that the last commit does not have is checked and written.
    private func take(
        _ entry: TreeScan.Entry,
        in root: borrowing Folder,
        cached: IndexEntry?,
        base: TreeEntry?,
        refusing redactor: Redactor
    ) throws -> IndexEntry {
        let mode = TreeMode(entry.status)
        if let cached, cached.tree.mode == mode, cached.tree.id == base?.id { return cached }
        let (bytes, status) = try root.contentOrTarget(of: entry)
        var id = try RepositoryHandle.name(of: bytes)
        if id != base?.id {
            let shown = TreeError.escaped(entry.path)
            if let name = redactor.secretName(in: bytes) ?? redactor.secretName(in: entry.path) {
                throw TreeError.holdsSecret(path: redactor.redacting(shown), name: name)
            }
            id = try handle.writeBlob(bytes)
        }
        return IndexEntry(path: entry.path, tree: TreeEntry(mode: mode, id: id), stamp: status.stamp)
    }
}

extension TreeMode {
    init(_ status: FileStatus) {
        self = status.kind == .link ? .link : status.isExecutable ? .executable : .file
    }
}

extension Folder {
    /// What git stores for an entry: a file's content or a link's target.
    func contentOrTarget(of entry: TreeScan.Entry) throws(TreeError) -> (bytes: [UInt8], status: FileStatus) {
        try inFolder(of: entry.path) { folder, name throws(TreeError) in
            if entry.status.kind == .link { return (try folder.target(of: name), entry.status) }
            return try folder.content(of: name, limit: TreeContent.fileLimit)
        }
    }

    /// Opens the folder that holds the last component of `path`, link by link refused, and lends it.
    func inFolder<Result>(
        of path: [UInt8],
        _ body: (borrowing Folder, Name) throws(TreeError) -> Result
    ) throws(TreeError) -> Result {
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return try body(self, path) }
        let name = Array(path[..<slash])
        let next = try subfolder(name)
        return try Self.locating(below: name) { () throws(TreeError) in
            try next.inFolder(of: Array(path[(slash + 1)...]), body)
        }
    }

    /// Puts the name of a folder in front of the path in an error that comes from inside it.
    static func locating<Result>(
        below name: Name,
        _ body: () throws(TreeError) -> Result
    ) throws(TreeError) -> Result {
        do {
            return try body()
        } catch {
            throw error.inside(TreeError.escaped(name))
        }
    }
}
