package import Core

/// Where the parts of one working tree lie, as absolute paths.
package struct RepositoryPlace: Sendable, Hashable {
    /// The folder with the project's files.
    package let tree: String
    /// The folder with this tree's index; inside ``commonDirectory`` for a linked tree.
    package let gitDirectory: String
    /// The folder with objects and branches, shared by all trees of a repository.
    package let commonDirectory: String
    /// The branch that this tree is on.
    package let branch: String

    package init(tree: String, gitDirectory: String, commonDirectory: String, branch: String) {
        self.tree = tree
        self.gitDirectory = gitDirectory
        self.commonDirectory = commonDirectory
        self.branch = branch
    }
}

/// One working tree with its branch, and the only door to both.
///
/// libgit2 and the file system block, so the actor runs on a queue of its own. The index is nothing
/// but a cache of how files looked when their contents were taken: what counts is the branch and the
/// tree, so that a process may be killed at any moment and leave both usable.
package actor Repository {
    package nonisolated let place: RepositoryPlace
    private let executor: QueueExecutor
    let handle: RepositoryHandle

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Opens a repository whose folders are there.
    package init(_ place: RepositoryPlace) throws(GitError) {
        self.place = place
        executor = QueueExecutor(label: "git")
        handle = try RepositoryHandle(gitDirectory: place.commonDirectory)
    }

    /// Opens the index; a damaged one is begun anew, because nothing depends on it but speed.
    func openIndex() throws -> IndexFile {
        let path = place.gitDirectory + "/index"
        do {
            return try IndexFile(path: path)
        } catch  where error.kind == .damaged {
            try Folder(path: place.gitDirectory).removeEntry(Array("index".utf8))
            return try IndexFile(path: path)
        }
    }

    /// The branch's commit, or `nil` before the first.
    package func head() throws(GitError) -> CommitID? {
        try handle.head(of: place.branch)
    }

    /// The files of a commit by path; none for `nil`.
    func entries(of commit: CommitID?) throws -> [[UInt8]: TreeEntry] {
        guard let commit else { return [:] }
        return try handle.entries(ofTree: try handle.record(of: commit).tree)
    }

    func openTree() throws(TreeError) -> Folder {
        try Folder(path: place.tree)
    }
}

// History.
extension Repository {
    package func record(of commit: CommitID) throws(GitError) -> CommitRecord {
        try handle.record(of: commit)
    }

    /// The commits of the branch, newest first, until `limit` is reached or `isLast` says so.
    package func history(
        limit: Int,
        from start: CommitID? = nil,
        isLast: @Sendable (CommitRecord) -> Bool = { _ in false }
    ) throws -> [CommitRecord] {
        guard limit > 0, let start = try start ?? head() else { return [] }
        var records: [CommitRecord] = []
        try handle.walk(from: start) { record in
            records.append(record)
            return records.count < limit && !isLast(record)
        }
        return records
    }

    /// The files that differ between two commits; `nil` stands for the empty tree.
    package func changes(from old: CommitID?, to new: CommitID) throws -> [FileChange] {
        let before = try old.map { commit throws(GitError) in try handle.record(of: commit).tree }
        return try handle.changes(from: before, to: try handle.record(of: new).tree)
    }

    /// The content of a file at a commit, or `nil` when it has none there.
    package func content(of path: ProjectPath, at commit: CommitID) throws -> [UInt8]? {
        guard let entry = try entries(of: commit)[Array(path.description.utf8)], entry.mode != .submodule else {
            return nil
        }
        return try handle.blob(entry.id)
    }

    /// The commit of another branch of the same repository.
    package func head(of branch: String) throws(GitError) -> CommitID? {
        try handle.head(of: branch)
    }

    package func makeBranch(_ branch: String, at commit: CommitID) throws(GitError) {
        try handle.move(branch, from: try handle.head(of: branch), to: commit)
    }

    package func removeBranch(_ branch: String) throws(GitError) {
        try handle.removeBranch(branch)
    }
}

extension Repository {
    /// Whether libgit2 can be used here.
    ///
    /// - Throws: Why not.
    package static func checkLibrary() throws(GitError) { try GitLibrary.prepare() }
}

// Names.
extension Repository {
    package static func isBranchName(_ name: String) throws(GitError) -> Bool {
        try RepositoryHandle.isBranchName(name)
    }

    /// Whether the name can be that of a linked tree: one plain component of a path.
    package static func isPlainName(_ name: String) -> Bool {
        let isPlain = name.utf8.allSatisfy { byte in
            byte < 0x80 && (Character(Unicode.Scalar(byte)).isLetter || Character(Unicode.Scalar(byte)).isNumber)
                || "-_.".utf8.contains(byte)
        }
        return isPlain && !name.isEmpty && !name.hasPrefix(".") && name.utf8.count <= 100 && !name.hasSuffix(".lock")
    }
}
