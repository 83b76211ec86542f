internal import CGit2

/// How two lines of history come together, before anything is written to a tree.
enum TreeMerge: Sendable {
    /// The other commit is part of this history.
    case upToDate
    case merged(tree: ObjectID)
    /// The paths on which both sides disagree, in order.
    case conflicted([[UInt8]])
}

extension RepositoryHandle {
    /// Merges two commits in memory.
    func merge(_ theirs: CommitID, into ours: CommitID) throws(GitError) -> TreeMerge {
        var base = git_oid()
        var (left, right) = (ours.object.raw, theirs.object.raw)
        let found = unsafe libgit2.merge_base(&base, raw, &left, &right)
        if found != GIT_ENOTFOUND.rawValue { try GitError.check(found, .merge) }
        if found == 0, ObjectID(base) == theirs.object { return .upToDate }
        var commits: (ours: OpaquePointer?, theirs: OpaquePointer?) = (nil, nil)
        defer {
            unsafe libgit2.commit_free(commits.ours)
            unsafe libgit2.commit_free(commits.theirs)
        }
        try GitError.check(unsafe libgit2.commit_lookup(&commits.ours, raw, &left), .readObject)
        try GitError.check(unsafe libgit2.commit_lookup(&commits.theirs, raw, &right), .readObject)
        var options = unsafe git_merge_options()
        _ = unsafe libgit2.merge_options_init(&options, UInt32(GIT_MERGE_OPTIONS_VERSION))
        var index: OpaquePointer?
        let code = unsafe libgit2.merge_commits(&index, raw, commits.ours, commits.theirs, &options)
        try GitError.check(code, .merge)
        defer { unsafe libgit2.index_free(index) }
        if unsafe libgit2.index_has_conflicts(index) != 0 { return .conflicted(try unsafe conflicts(in: index)) }
        var tree = git_oid()
        try GitError.check(unsafe libgit2.index_write_tree_to(&tree, index, raw), .writeObject)
        return .merged(tree: ObjectID(tree))
    }

    private func conflicts(in index: OpaquePointer?) throws(GitError) -> [[UInt8]] {
        var paths: Set<[UInt8]> = []
        for place in 0..<(unsafe libgit2.index_entrycount(index)) {
            guard let entry = unsafe libgit2.index_get_byindex(index, place),
                unsafe libgit2.index_entry_stage(entry) > 0,
                let path = unsafe entry.pointee.path
            else { continue }
            paths.insert(unsafe Array(String(cString: path).utf8))
        }
        return paths.sorted { $0.lexicographicallyPrecedes($1) }
    }
}
