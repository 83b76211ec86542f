internal import CGit2
package import Core
internal import Glibc

extension RepositorySetup {
    /// Copies all branches and tags of a repository on this machine, and returns the place of the copy.
    ///
    /// The source is not trusted: its hooks, configuration and submodules are not looked at, it may hold
    /// no links or special files, and may borrow no objects from other repositories. `tree` is an absolute
    /// path where nothing is yet; it appears only when the copy is whole.
    package func copy(_ source: String, to tree: String) throws -> RepositoryPlace {
        let git = try inspected(source)
        let partial = tree + ".partial"
        try removeFolder(partial)
        do {
            let branch = try fetch(git, into: partial)
            let place = try settle(at: partial, branch: branch)
            let repository = try RepositoryHandle(gitDirectory: place.commonDirectory)
            if let head = try repository.head(of: branch) {
                // Names and links in it are checked before any of them is made.
                try repository.checkLinks(of: try repository.entries(ofTree: try repository.record(of: head).tree))
            }
        } catch {
            try? removeFolder(partial)
            throw error
        }
        guard unsafe rename(partial, tree) == 0 else { throw TreeError.last("create", tree.utf8) }
        return try find(tree)
    }

    private func settle(at tree: String, branch: String) throws -> RepositoryPlace {
        try initialise(tree, branch: branch)
    }

    /// The source's git folder, when it is nothing but files and folders.
    private func inspected(_ source: String) throws -> String {
        let path = try Self.realPath(source)
        let root = try Folder(path: path)
        let dotGit = Array(".git".utf8)
        let git = try root.status(dotGit)?.kind == .folder ? path + "/.git" : path
        let folder = try Folder(path: git)
        guard try folder.status(Array("objects".utf8))?.kind == .folder else {
            throw TreeError.system(operation: "find a repository in", path: source, number: ENOENT)
        }
        try inspect(folder, path: git, depth: 0)
        return git
    }

    private func inspect(_ folder: borrowing Folder, path: String, depth: Int) throws {
        guard depth <= TreeScan.depthLimit else { throw TreeError.tooDeep(path: path, limit: TreeScan.depthLimit) }
        for name in try folder.names() {
            let child = path + "/" + TreeError.escaped(name)
            // Nothing is ever read from the hooks, whatever they are.
            if depth == 0, name == Array("hooks".utf8) { continue }
            switch try folder.status(name)?.kind {
            case .folder: try inspect(try folder.subfolder(name), path: child, depth: depth + 1)
            case .link, .special: throw UnsafeSource(path: child, reason: "it is not a regular file")
            case .file where path.hasSuffix("/objects/info") && child.hasSuffix("alternates"):
                throw UnsafeSource(path: child, reason: "the repository borrows objects from another one")
            case .file, nil: break
            }
        }
    }

    /// Copies references and objects, and returns the name of the branch that the source is on.
    private func fetch(_ git: String, into tree: String) throws -> String {
        let head = try sourceBranch(git)
        let place = try initialise(tree, branch: head)
        let repository = try RepositoryHandle(gitDirectory: place.commonDirectory)
        try repository.fetchAll(from: "file://" + git)
        return head
    }

    private func sourceBranch(_ git: String) throws -> String {
        let folder = try Folder(path: git)
        let head = String(decoding: try folder.content(of: Array("HEAD".utf8), limit: 8_192).bytes, as: UTF8.self)
        let prefix = "ref: refs/heads/"
        let name = String(head.dropFirst(prefix.count).prefix { $0 != "\n" })
        guard head.hasPrefix(prefix), try RepositoryHandle.isBranchName(name) else {
            throw UnsafeSource(path: git + "/HEAD", reason: "it names no branch")
        }
        return name
    }
}

extension RepositoryHandle {
    /// Copies all branches and tags with their objects from a repository on this machine.
    fileprivate func fetchAll(from url: String) throws(GitError) {
        var remote: OpaquePointer?
        try GitError.check(unsafe libgit2.remote_create_anonymous(&remote, raw, url), .fetch)
        defer { unsafe libgit2.remote_free(remote) }
        var options = unsafe git_fetch_options()
        _ = unsafe libgit2.fetch_options_init(&options, UInt32(GIT_FETCH_OPTIONS_VERSION))
        unsafe options.download_tags = GIT_REMOTE_DOWNLOAD_TAGS_NONE
        let wanted = ["+refs/heads/*:refs/heads/*", "+refs/tags/*:refs/tags/*"]
        var texts = unsafe wanted.map { unsafe strdup($0) }
        defer { for index in unsafe texts.indices { unsafe free(texts[index]) } }
        let code = unsafe texts.withUnsafeMutableBufferPointer { buffer in
            var list = unsafe git_strarray(strings: buffer.baseAddress, count: buffer.count)
            return unsafe libgit2.remote_fetch(remote, &list, &options, nil)
        }
        try GitError.check(code, .fetch)
    }
}

/// A repository that cannot be copied safely.
package struct UnsafeSource: ReportableError, Equatable {
    package let path: String
    package let reason: String

    package var kind: FaultKind { .policy }
    package var description: String { "'\(path.printable)' cannot be copied: \(reason.printable)" }
    package var hint: String? { "make a plain copy with 'git clone --no-hardlinks' and use that" }
}
