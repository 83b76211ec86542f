internal import Core

/// One way of keeping the contents of snapshots.
///
/// The store looks after names, records and order; a backend after the contents alone. All calls come on a thread
/// that may block.
protocol SnapshotBackend: Sendable {
    /// Puts the tree and its repository away, reads back what it wrote, and compares.
    ///
    /// What is made outside of `staged` must be harmless when the process dies right after: the next call may
    /// find it, and nothing refers to it.
    func store(_ source: TreeSource, in staged: StagedFolder) async throws -> StoredContents

    /// Gives the contents their final name, when the snapshot's name is known.
    func settle(_ contents: inout StoredContents, as id: String, in staged: StagedFolder) async throws

    /// Holds the contents against the snapshot's manifests, and writes them to `writer` meanwhile, if there is one.
    ///
    /// - Throws: ``EntryProblem`` and ``ArchiveError`` for contents that are not what the manifests say.
    func read(_ snapshot: StoredSnapshot, at folder: String, into writer: TreeWriter?) async throws

    /// Why contents that are whole now may go away unasked, in words, or `nil` when they stay.
    func looseness(of record: SnapshotRecord) async throws -> String?

    /// Lets go of what lies outside of the snapshot's folder, before that is removed.
    func release(_ id: String) async throws

    /// Lets go of what belongs to no snapshot, because a process died before it could finish one.
    ///
    /// `names` answers with the names of all snapshots, or `nil` when one is just being made; it must be asked
    /// after looking at what there is.
    func sweep(keeping names: () throws -> Set<String>?) async throws
}

/// What a backend has put away.
struct StoredContents {
    let tree: Manifest
    let history: Manifest?
    /// How many bytes it takes up.
    let bytes: Int
    var location: String
    /// The file in the snapshot's folder that holds the contents, if there is one, and its hash.
    var file: (name: String, digest: Digest)?
}
