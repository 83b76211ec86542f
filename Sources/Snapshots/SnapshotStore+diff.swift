internal import Core

/// How a path differs between two snapshots.
package struct SnapshotChange: Equatable, Sendable, Codable {
    package enum Kind: String, Sendable, Codable {
        case added, removed
        /// Other contents, or another target of a link.
        case changed
        /// The same contents, but executable in only one of them.
        case mode
        /// A file in one, a link in the other.
        case type
    }

    package let path: String
    package let kind: Kind
}

extension SnapshotStore {
    /// How the tree of the second snapshot differs from that of the first, in the order of the paths.
    package func diff(_ old: String, _ new: String) async throws -> [SnapshotChange] {
        try await onLane {
            let store = try StoreFolder(folder)
            let before = try StoredSnapshot.load(name(old, in: store), in: store, limits: limits)
            let after = try StoredSnapshot.load(name(new, in: store), in: store, limits: limits)
            return Self.changes(from: before.tree.entries[...], to: after.tree.entries[...])
        }
    }

    /// Walks both lists side by side: they are sorted by path.
    static func changes(
        from old: ArraySlice<ManifestEntry>,
        to new: ArraySlice<ManifestEntry>
    ) -> [SnapshotChange] {
        var (old, new) = (old, new)
        var changes: [SnapshotChange] = []
        while let before = old.first ?? new.first, let after = new.first ?? old.first {
            if new.isEmpty || before.path.lexicographicallyPrecedes(after.path) {
                changes.append(SnapshotChange(path: before.name, kind: .removed))
                old.removeFirst()
            } else if old.isEmpty || after.path.lexicographicallyPrecedes(before.path) {
                changes.append(SnapshotChange(path: after.name, kind: .added))
                new.removeFirst()
            } else {
                if let kind = kind(from: before, to: after) {
                    changes.append(SnapshotChange(path: after.name, kind: kind))
                }
                old.removeFirst()
                new.removeFirst()
            }
        }
        return changes
    }

    private static func kind(from old: ManifestEntry, to new: ManifestEntry) -> SnapshotChange.Kind? {
        if (old.mode == .link) != (new.mode == .link) { return .type }
        if old.content != new.content { return .changed }
        return old.mode == new.mode ? nil : .mode
    }
}
