internal import Core
internal import Glibc

/// Makes, links and removes the folders that repositories consist of.
///
/// Everything here blocks, so the actor runs on a queue of its own.
package actor RepositorySetup {
    private let executor = QueueExecutor(label: "git setup")

    package nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    package init() {}

    /// Makes an empty repository at `tree`, or completes one that was begun, and returns where it is.
    package func initialise(_ tree: String, branch: String) throws -> RepositoryPlace {
        try RepositoryHandle.initialise(tree: tree, branch: branch)
        return try settle(tree, branch: branch)
    }

    /// Writes what each of our repositories has besides git's own files.
    private func settle(_ tree: String, branch: String) throws -> RepositoryPlace {
        let place = RepositoryPlace(
            tree: try Self.realPath(tree),
            gitDirectory: try Self.realPath(tree) + "/.git",
            commonDirectory: try Self.realPath(tree) + "/.git",
            branch: branch
        )
        let git = try Folder(path: place.gitDirectory)
        try git.madeSubfolder(Array("info".utf8))
            .write(Array(Self.attributes.utf8), executable: false, to: Array("attributes".utf8))
        return place
    }

    /// Git applies this list after the project's own: other git programs too then keep every byte.
    private static let attributes = """
        # Files are kept byte for byte, whatever .gitattributes says.
        * -text !eol -ident -filter -working-tree-encoding

        """

    /// Finds the repository whose working tree is at `tree`; a linked tree is found as well.
    ///
    /// - Throws: ``TreeError`` when there is none.
    package func find(_ tree: String) throws -> RepositoryPlace {
        let tree = try Self.realPath(tree)
        let root = try Folder(path: tree)
        let name = Array(".git".utf8)
        guard let status = try root.status(name) else {
            throw TreeError.system(operation: "find a repository in", path: tree, number: ENOENT)
        }
        if status.kind == .folder {
            let git = tree + "/.git"
            return RepositoryPlace(tree: tree, gitDirectory: git, commonDirectory: git, branch: try branch(in: git))
        }
        let text = String(decoding: try root.content(of: name, limit: 8_192).bytes, as: UTF8.self)
        guard text.hasPrefix("gitdir: ") else { throw TreeError.notAFile(path: tree + "/.git") }
        let git = String(text.dropFirst(8).prefix { $0 != "\n" })
        // A linked tree's folder is always <common>/worktrees/<name>.
        let common = git.split(separator: "/", omittingEmptySubsequences: false).dropLast(2).joined(separator: "/")
        return RepositoryPlace(tree: tree, gitDirectory: git, commonDirectory: common, branch: try branch(in: git))
    }

    private func branch(in gitDirectory: String) throws -> String {
        let folder = try Folder(path: gitDirectory)
        let head = String(decoding: try folder.content(of: Array("HEAD".utf8), limit: 8_192).bytes, as: UTF8.self)
        let prefix = "ref: refs/heads/"
        guard head.hasPrefix(prefix) else {
            throw GitError(.open, code: -1, message: "'\(gitDirectory)' is on no branch")
        }
        return String(head.dropFirst(prefix.count).prefix { $0 != "\n" })
    }

    /// Takes away the locks that a killed process has left.
    ///
    /// Only for the one process that owns the repository: nobody may hold a lock at that time.
    package func removeLocks(in commonDirectory: String) throws {
        try removeLocks(try Folder(path: commonDirectory), depth: 0)
    }

    private func removeLocks(_ folder: borrowing Folder, depth: Int) throws {
        for name in try folder.names() {
            guard let status = try folder.status(name) else { continue }
            if status.kind == .folder {
                // Objects are many and never locked.
                guard depth < 16, !(depth == 0 && name == Array("objects".utf8)) else { continue }
                try removeLocks(try folder.subfolder(name), depth: depth + 1)
            } else if name.suffix(5) == Array(".lock".utf8)[...] {
                try folder.removeEntry(name)
            }
        }
    }

    static func realPath(_ path: String) throws(TreeError) -> String {
        guard let resolved = unsafe realpath(path, nil) else { throw .last("find", path.utf8) }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}

// Linked trees.
extension RepositorySetup {
    private static let worktrees = Array("worktrees".utf8)

    /// Makes the files that tie a second working tree to a repository; its contents are not written.
    ///
    /// The tie is written last, so that ``find(_:)`` sees a linked tree only when it is whole. What an
    /// interrupted call has left under the same name is removed first.
    package func link(_ name: String, branch: String, at tree: String, to commonDirectory: String) throws
        -> RepositoryPlace
    {
        try unlink(name, from: commonDirectory, tree: tree)
        let git = try Folder(path: commonDirectory)
        let admin = try git.madeSubfolder(Self.worktrees).madeSubfolder(Array(name.utf8))
        let (parent, last) = try Self.split(tree)
        let made = try Folder(path: parent).madeSubfolder(Array(last.utf8))
        let real = try Self.realPath(tree)
        let place = RepositoryPlace(
            tree: real,
            gitDirectory: commonDirectory + "/worktrees/" + name,
            commonDirectory: commonDirectory,
            branch: branch
        )
        try admin.write(text: "ref: refs/heads/\(branch)\n", to: "HEAD")
        try admin.write(text: "../..\n", to: "commondir")
        try admin.write(text: "\(real)/.git\n", to: "gitdir")
        try made.write(text: "gitdir: \(place.gitDirectory)\n", to: ".git")
        return place
    }

    /// Removes a linked tree with its files; its branch stays.
    package func unlink(_ name: String, from commonDirectory: String, tree: String) throws {
        try removeFolder(tree)
        let git = try Folder(path: commonDirectory)
        guard try git.status(Self.worktrees)?.kind == .folder else { return }
        try git.subfolder(Self.worktrees).removeTree(Array(name.utf8))
        git.removeEmptyFolder(Self.worktrees)
    }

    /// The place of the linked tree of this name, or `nil` when there is none, or not a whole one.
    package func linked(as name: String, to commonDirectory: String) throws -> RepositoryPlace? {
        guard let tree = try treeLinked(as: name, to: commonDirectory) else { return nil }
        let git = commonDirectory + "/worktrees/" + name
        do {
            let tie = try Folder(path: tree).content(of: Array(".git".utf8), limit: 8_192).bytes
            guard tie == Array("gitdir: \(git)\n".utf8) else { return nil }
            let branch = try branch(in: git)
            return RepositoryPlace(tree: tree, gitDirectory: git, commonDirectory: commonDirectory, branch: branch)
        } catch let error as TreeError where error.kind == .notFound {
            return nil
        }
    }

    /// Where a linked tree of this name is or was to be, or `nil` when it has no files at all.
    package func treeLinked(as name: String, to commonDirectory: String) throws -> String? {
        let git = try Folder(path: commonDirectory)
        guard try git.status(Self.worktrees)?.kind == .folder else { return nil }
        let linked = try git.subfolder(Self.worktrees)
        guard try linked.status(Array(name.utf8))?.kind == .folder else { return nil }
        let admin = try linked.subfolder(Array(name.utf8))
        guard try admin.status(Array("gitdir".utf8)) != nil else { return nil }
        let text = String(decoding: try admin.content(of: Array("gitdir".utf8), limit: 8_192).bytes, as: UTF8.self)
        let link = String(text.prefix { $0 != "\n" })
        guard link.hasSuffix("/.git") else { return nil }
        return String(link.dropLast(5))
    }

    /// Removes a folder with all that is in it, whatever that is; none there is well.
    package func removeFolder(_ path: String) throws {
        do {
            let (parent, last) = try Self.split(path)
            try Folder(path: parent).removeTree(Array(last.utf8))
        } catch  where error.kind == .notFound {
            return
        }
    }

    /// The folder above, and the last component of an absolute path.
    private static func split(_ path: String) throws(TreeError) -> (parent: String, last: String) {
        let parts = path.split(separator: "/").map(String.init)
        guard let last = parts.last, last != ".", last != ".." else { throw .notAFile(path: path) }
        return (try realPath("/" + parts.dropLast().joined(separator: "/")), last)
    }
}

extension Folder {
    fileprivate func write(text: String, to name: String) throws(TreeError) {
        try write(Array(text.utf8), executable: false, to: Array(name.utf8))
    }
}
