// Workspace: a run's git repository and its worktrees.
package import Core
package import GitKit

/// Who commits, where nothing else is configured.
package struct Identity: Sendable, Hashable {
    package let name: String
    package let email: String

    package static let bot = Identity(name: "Drydock", email: "drydock@localhost")

    package init(name: String, email: String) {
        self.name = name
        self.email = email
    }
}

/// A run's repository: its main tree, and a linked tree for each crew.
///
/// No git program is needed, none is started, and no configuration but the repository's own is read.
package struct Workspace: Sendable {
    /// The branch of a project that Drydock begins.
    package static let mainBranch = "main"

    /// The tree at the repository's own folder.
    package let tree: WorkTree
    private let setup = RepositorySetup()

    /// Makes a repository with an empty first commit on `main`; completes one whose making was interrupted.
    ///
    /// The path is absolute; folders on the way are made.
    ///
    /// - Throws: ``WorkspaceError/exists(path:)`` when there is a repository with a history already.
    package static func create(
        at path: String,
        clock: any WallClock,
        identity: Identity = .bot,
        trailers: [Trailer] = []
    ) async throws -> Workspace {
        let place = try await RepositorySetup().initialise(path, branch: mainBranch)
        let workspace = try Workspace(place: place, clock: clock, identity: identity)
        if let head = try await workspace.tree.head() {
            guard try await workspace.tree.repository.record(of: head).parents.isEmpty else {
                throw WorkspaceError.exists(path: path)
            }
            return workspace
        }
        try await workspace.tree.begin(trailers: trailers)
        return workspace
    }

    /// Opens a repository.
    ///
    /// With `asOwner` the caller says that it is the only process that works on it; then locks that a
    /// killed process has left are removed.
    package static func open(
        at path: String,
        clock: any WallClock,
        identity: Identity = .bot,
        asOwner: Bool
    ) async throws -> Workspace {
        let setup = RepositorySetup()
        let place = try await setup.find(path)
        if asOwner { try await setup.removeLocks(in: place.commonDirectory) }
        return try Workspace(place: place, clock: clock, identity: identity)
    }

    /// Copies a repository that nobody vouches for, with all branches and tags, and checks out its branch.
    ///
    /// The source is a path on this machine, or a `file://` URL of one; at `path`, which is absolute,
    /// nothing may be yet.
    ///
    /// - Throws: ``WorkspaceError/unsupportedSource(_:)`` for any other address, ``UnsafeSource``.
    package static func clone(
        from source: String,
        to path: String,
        clock: any WallClock,
        identity: Identity = .bot
    ) async throws -> Workspace {
        guard let local = localPath(of: source) else { throw WorkspaceError.unsupportedSource(source) }
        let place = try await RepositorySetup().copy(local, to: path)
        let workspace = try Workspace(place: place, clock: clock, identity: identity)
        if let head = try await workspace.tree.head() { try await workspace.tree.reset(to: head) }
        return workspace
    }

    /// The path that an address stands for, or `nil` when it names another machine or a program.
    private static func localPath(of source: String) -> String? {
        if source.hasPrefix("file:///") { return decoded(source.dropFirst(7)) }
        let head = source.prefix { $0 != "/" }
        return source.isEmpty || head.contains(":") ? nil : source
    }

    /// The text with `%xx` replaced, or `nil` when it is broken.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let value = [UInt8](hex: String(decoding: rest.prefix(2), as: UTF8.self)), value.count == 1 else {
                return nil
            }
            bytes += value
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private init(place: RepositoryPlace, clock: any WallClock, identity: Identity) throws {
        tree = WorkTree(repository: try Repository(place), clock: clock, identity: identity)
    }
}

// Linked trees.
extension Workspace {
    /// Makes a linked tree on a new branch; one whose making was interrupted is made anew.
    ///
    /// The path is absolute, in a folder that is there.
    ///
    /// - Throws: ``WorkspaceError/exists(path:)`` when the name is in use.
    package func addWorktree(named name: String, branch: String, from commit: CommitID, at path: String) async throws
        -> WorkTree
    {
        guard Repository.isPlainName(name) else { throw WorkspaceError.unusableName(name) }
        guard try Repository.isBranchName(branch) else { throw WorkspaceError.unusableName(branch) }
        if try await openWorktree(named: name) != nil { throw WorkspaceError.exists(path: path) }
        try await tree.repository.makeBranch(branch, at: commit)
        let place = try await setup.link(name, branch: branch, at: path, to: tree.commonDirectory)
        let linked = WorkTree(repository: try Repository(place), clock: tree.clock, identity: tree.identity)
        try await linked.reset(to: commit)
        return linked
    }

    /// Opens a linked tree by its name; `nil` when there is none, or not a whole one.
    package func openWorktree(named name: String) async throws -> WorkTree? {
        guard Repository.isPlainName(name) else { throw WorkspaceError.unusableName(name) }
        guard let place = try await setup.linked(as: name, to: tree.commonDirectory) else { return nil }
        let linked = WorkTree(repository: try Repository(place), clock: tree.clock, identity: tree.identity)
        return try await linked.head() == nil ? nil : linked
    }

    /// Removes a linked tree with its files, and its branch if asked; none of this name is well.
    package func removeWorktree(named name: String, andBranch branch: String? = nil) async throws {
        guard Repository.isPlainName(name) else { throw WorkspaceError.unusableName(name) }
        if let path = try await setup.treeLinked(as: name, to: tree.commonDirectory) {
            try await setup.unlink(name, from: tree.commonDirectory, tree: path)
        }
        if let branch { try await tree.repository.removeBranch(branch) }
    }

    /// The commit of a branch, or `nil` when there is no such branch.
    package func head(of branch: String) async throws -> CommitID? {
        try await tree.repository.head(of: branch)
    }
}
