internal import CGit2
internal import Core

/// What of a repository is worth keeping, found without changing anything.
///
/// Its checked-out commit, branches and tags, the objects that can be reached from them, and the files of the working
/// tree that git does not ignore. Hooks, logs, remotes and settings are no part of it. Everything blocks; not to be
/// shared between threads.
package final class RepositorySnapshot {
    package struct Reference: Sendable, Equatable {
        package let name: String
        package let target: ObjectID
    }

    package struct File: Sendable, Equatable {
        /// The bytes of the path below the tree.
        package let path: [UInt8]
        package let isLink: Bool
    }

    /// The checked-out commit, or `nil` before the first.
    package let head: CommitID?
    /// What the file `HEAD` says, without its line feed.
    package let headText: String
    /// Branches and tags, in the order of their names.
    package let references: [Reference]
    /// The files and links of the tree that git tracks or would track, in the order of their paths.
    package let files: [File]
    /// What of the tree no commit and no snapshot holds: FIFOs, sockets, devices, and links out of the tree.
    package let leftOut: [String]

    let handle: RepositoryHandle
    let gitDirectory: String
    let shallow: Set<ObjectID>
    /// The files of the checked-out commit.
    let tracked: [[UInt8]: TreeEntry]
    /// What the walk of the tree met.
    let scanned: [TreeScan.Entry]

    /// Looks at the repository whose working tree is at `tree` and which is no linked tree.
    ///
    /// - Throws: ``TreeError`` for a tree that holds what git cannot keep, ``GitError``.
    package init(tree: String) throws {
        let root = try Folder(path: try RepositorySetup.realPath(tree))
        gitDirectory = try RepositorySetup.realPath(tree) + "/.git"
        let git = try Folder(path: gitDirectory)
        handle = try RepositoryHandle(gitDirectory: gitDirectory)
        shallow = try Self.shallow(in: git)
        references = try handle.branchesAndTags()
        headText = try Self.headText(in: git)
        head = try handle.headCommit()
        let tracked =
            if let head { try handle.entries(ofTree: try handle.record(of: head).tree) } else {
                [[UInt8]: TreeEntry]()
            }
        self.tracked = tracked
        let scan = try TreeScan(root, tracked: Set(tracked.keys), manner: .reading)
        scanned = scan.entries
        let own = Array(".drydock/".utf8)
        files = scan.entries.compactMap { entry in
            guard tracked[entry.path] != nil || !entry.path.starts(with: own) else { return nil }
            return entry.status.kind == .special ? nil : File(path: entry.path, isLink: entry.status.kind == .link)
        }
        leftOut = (scan.findings.specialFiles + scan.findings.outwardLinks).sorted()
    }

    private static func shallow(in git: borrowing Folder) throws -> Set<ObjectID> {
        let name = Array("shallow".utf8)
        guard try git.status(name) != nil else { return [] }
        let text = String(decoding: try git.content(of: name, limit: 64 << 20).bytes, as: UTF8.self)
        return Set(text.split(separator: "\n").compactMap { ObjectID(hex: $0) })
    }

    private static func headText(in git: borrowing Folder) throws -> String {
        let bytes = try git.content(of: Array("HEAD".utf8), limit: 8_192).bytes
        let text = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let branch = text.split(separator: "ref: refs/heads/", maxSplits: 1, omittingEmptySubsequences: false)
        let isOnBranch =
            try branch.count == 2 && branch[0].isEmpty && RepositoryHandle.isBranchName(String(branch[1]))
        guard isOnBranch || ObjectID(hex: text)?.description == text else {
            throw GitError(.open, code: -1, message: "HEAD is neither on a branch nor at a commit")
        }
        return text
    }
}

extension RepositoryHandle {
    fileprivate func headCommit() throws(GitError) -> CommitID? {
        var oid = git_oid()
        let code = unsafe libgit2.reference_name_to_id(&oid, raw, "HEAD")
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(code, .readReference)
        return CommitID(ObjectID(oid))
    }

    /// Branches and tags by name; those that point to another one are resolved.
    fileprivate func branchesAndTags() throws(GitError) -> [RepositorySnapshot.Reference] {
        var iterator: OpaquePointer?
        try GitError.check(unsafe libgit2.reference_iterator_new(&iterator, raw), .readReference)
        defer { unsafe libgit2.reference_iterator_free(iterator) }
        var references: [RepositorySnapshot.Reference] = []
        while true {
            var name: UnsafePointer<CChar>?
            let code = unsafe libgit2.reference_next_name(&name, iterator)
            if code == GIT_ITEROVER.rawValue { break }
            try GitError.check(code, .readReference)
            guard let text = unsafe name.map({ unsafe String(cString: $0) }) else { continue }
            guard text.hasPrefix("refs/heads/") || text.hasPrefix("refs/tags/") else { continue }
            var oid = git_oid()
            try GitError.check(unsafe libgit2.reference_name_to_id(&oid, raw, text), .readReference)
            references.append(RepositorySnapshot.Reference(name: text, target: ObjectID(oid)))
        }
        return references.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }
}
