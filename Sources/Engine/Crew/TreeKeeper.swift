internal import Core
internal import GitKit
internal import Workspace

/// One work tree of a run, and the commit at which its last recorded step left it.
///
/// A resumed run walks through its recorded steps without touching the disk. Before the first step that
/// really happens, the tree is set back to the commit of the last recorded one, so that whatever a dying
/// process left half done is gone. Files that git ignores stay.
actor TreeKeeper {
    /// How the tree is made or opened when it is first needed.
    typealias Opening = @Sendable (CommitID?) async throws -> (tree: WorkTree, isFresh: Bool)

    private let open: Opening
    private(set) var commit: CommitID?
    private var tree: WorkTree?
    private var isFresh = false
    private var hasPassedRecordedCommand = false

    init(open: @escaping Opening) {
        self.open = open
    }

    /// The recorded or just made commit at which the tree now stands.
    func advance(to commit: CommitID) {
        self.commit = commit
    }

    /// Notes that a command's result came from the journal: what it left in ignored files may be missing.
    func passRecordedCommand() {
        hasPassedRecordedCommand = true
    }

    /// Whether fetched packages and the like have to be made again, since the tree had to be made anew; true once.
    func takeNeedOfPreparation() -> Bool {
        defer { isFresh = false }
        return isFresh && hasPassedRecordedCommand
    }

    /// The tree on disk, at ``commit``.
    func ready() async throws -> WorkTree {
        if let tree { return tree }
        let (opened, isFresh) = try await open(commit)
        if let commit {
            try await opened.reset(to: commit)
        }
        self.isFresh = self.isFresh || isFresh
        tree = opened
        return opened
    }

    /// Changes the tree; what a change that throws has left half done is set back before the next one.
    func change<Result: Sendable>(_ body: @Sendable (WorkTree) async throws -> Result) async throws -> Result {
        let ready = try await ready()
        do {
            return try await body(ready)
        } catch {
            tree = nil
            throw error
        }
    }

    /// The tree as it is, without setting it back: for looking after what was in flight when a process died.
    func asFound() async throws -> WorkTree {
        if let tree { return tree }
        return try await open(commit).tree
    }
}
