package import Core

/// Where a snapshot's contents are kept.
package enum SnapshotKind: String, Codable, Sendable, CaseIterable {
    /// A `.tar.zst` in the store's own folder.
    case archive
    /// A path in the Nix store, held by a garbage-collector root.
    case nix
}

/// What is known of a snapshot without opening it.
package struct SnapshotRecord: Codable, Equatable, Sendable {
    /// The version of the record that this program writes, and the newest that it reads.
    package static let currentVersion = 1

    package var version = SnapshotRecord.currentVersion
    /// The snapshot's name: 16 digits of the tree's identity and, with history, `-` and 8 digits of the commit.
    package var id: String
    package var backend: SnapshotKind
    /// The archive's path, or the path in the Nix store.
    package var location: String
    /// The identity of the tree: the hash of its manifest.
    package var tree: Digest
    /// The hash of the list of the repository's files, when there is a repository.
    package var history: Digest?
    /// The hash of the branches and tags and of where they point to, when there is a repository.
    package var references: Digest?
    /// The commit that was checked out.
    package var head: String?
    /// How many files and links the tree has, and how many bytes they hold.
    package var files: Int
    package var size: Int
    /// How many bytes the snapshot takes up, as stored.
    package var bytes: Int
    /// When it was made, in milliseconds since 1970.
    package var created: Int64
    package var run: RunID?
    package var title: String
    /// FIFOs, sockets, devices and links out of the tree, which no snapshot holds.
    package var leftOut: [String]
}
