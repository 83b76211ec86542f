internal import CGit2

/// The objects that can be reached from a repository's branches, tags and checked-out commit, each of which was read and
/// compared with its name.
struct Reachable {
    private(set) var objects: Set<ObjectID> = []
    /// Commits whose parents the repository does not have.
    private(set) var shallow: Set<ObjectID> = []

    init(from snapshot: borrowing RepositorySnapshot) throws {
        var pending = snapshot.references.map(\.target)
        if let head = snapshot.head { pending.append(head.object) }
        while let id = pending.popLast() {
            guard objects.insert(id).inserted else { continue }
            try visit(id, in: snapshot, &pending)
        }
    }

    private mutating func visit(
        _ id: ObjectID,
        in snapshot: borrowing RepositorySnapshot,
        _ pending: inout [ObjectID]
    ) throws {
        var object: OpaquePointer?
        var oid = id.raw
        try GitError.check(
            unsafe libgit2.object_lookup(&object, snapshot.handle.raw, &oid, GIT_OBJECT_ANY),
            .readObject
        )
        defer { unsafe libgit2.object_free(object) }
        switch unsafe libgit2.object_type(object) {
        case GIT_OBJECT_COMMIT:
            let record = try snapshot.handle.record(of: CommitID(id))
            try visit(tree: record.tree, in: snapshot, depth: 0)
            if snapshot.shallow.contains(id) {
                shallow.insert(id)
            } else {
                pending += record.parents.map(\.object)
            }
        case GIT_OBJECT_TREE:
            objects.remove(id)
            try visit(tree: id, in: snapshot, depth: 0)
        case GIT_OBJECT_TAG:
            if let target = unsafe libgit2.tag_target_id(object) { pending.append(unsafe ObjectID(target.pointee)) }
        default:
            break
        }
    }

    /// A tree that is known is not opened again: what it holds is known too.
    private mutating func visit(
        tree id: ObjectID,
        in snapshot: borrowing RepositorySnapshot,
        depth: Int
    ) throws {
        guard depth <= TreeScan.depthLimit else {
            throw TreeError.tooDeep(path: "\(id)", limit: TreeScan.depthLimit)
        }
        guard objects.insert(id).inserted else { return }
        var tree: OpaquePointer?
        var oid = id.raw
        try GitError.check(unsafe libgit2.tree_lookup(&tree, snapshot.handle.raw, &oid), .readObject)
        defer { unsafe libgit2.tree_free(tree) }
        for place in 0..<(unsafe libgit2.tree_entrycount(tree)) {
            guard let entry = unsafe libgit2.tree_entry_byindex(tree, place),
                let child = unsafe libgit2.tree_entry_id(entry)
            else { continue }
            let childID = unsafe ObjectID(child.pointee)
            switch unsafe libgit2.tree_entry_type(entry) {
            case GIT_OBJECT_TREE: try visit(tree: childID, in: snapshot, depth: depth + 1)
            case GIT_OBJECT_BLOB:
                if objects.insert(childID).inserted { try snapshot.handle.checkContents(of: childID) }
            default: break
            }
        }
    }
}

extension RepositoryHandle {
    /// Reads an object and lets the library compare it with its name.
    ///
    /// - Throws: ``GitError`` when it is missing, damaged or has another content than its name says.
    fileprivate func checkContents(of id: ObjectID) throws(GitError) {
        var database: OpaquePointer?
        try GitError.check(unsafe libgit2.repository_odb(&database, raw), .readObject)
        defer { unsafe libgit2.odb_free(database) }
        var oid = id.raw
        var object: OpaquePointer?
        try GitError.check(unsafe libgit2.odb_read(&object, database, &oid), .readObject)
        unsafe libgit2.odb_object_free(object)
    }
}

extension ObjectID {
    /// A name from its 20 bytes, else `nil`.
    init?(bytes: ArraySlice<UInt8>) {
        guard bytes.count == 20 else { return nil }
        var raw = git_oid()
        unsafe withUnsafeMutableBytes(of: &raw.id) { unsafe $0.copyBytes(from: bytes) }
        self.init(raw)
    }
}
