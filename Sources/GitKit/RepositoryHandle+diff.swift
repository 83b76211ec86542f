internal import CGit2
package import Core

/// How one file differs between two trees.
package struct FileChange: Sendable, Equatable, Codable {
    package enum Kind: String, Sendable, Codable {
        case added, modified, deleted
        /// A file became a link, or the other way round.
        case retyped
    }

    package let path: ProjectPath
    package let kind: Kind
    /// Lines added and taken away; both 0 for a binary file.
    package let insertions: Int
    package let deletions: Int
}

extension RepositoryHandle {
    /// The files that differ, in the order of their paths; `nil` stands for an empty tree.
    func changes(from old: ObjectID?, to new: ObjectID?) throws -> [FileChange] {
        var trees: (old: OpaquePointer?, new: OpaquePointer?) = (nil, nil)
        defer {
            unsafe libgit2.tree_free(trees.old)
            unsafe libgit2.tree_free(trees.new)
        }
        if var oid = old?.raw { try GitError.check(unsafe libgit2.tree_lookup(&trees.old, raw, &oid), .readObject) }
        if var oid = new?.raw { try GitError.check(unsafe libgit2.tree_lookup(&trees.new, raw, &oid), .readObject) }
        var options = unsafe git_diff_options()
        _ = unsafe libgit2.diff_options_init(&options, UInt32(GIT_DIFF_OPTIONS_VERSION))
        unsafe options.flags = GIT_DIFF_INCLUDE_TYPECHANGE.rawValue
        var diff: OpaquePointer?
        try GitError.check(unsafe libgit2.diff_tree_to_tree(&diff, raw, trees.old, trees.new, &options), .diff)
        defer { unsafe libgit2.diff_free(diff) }
        return try (0..<(unsafe libgit2.diff_num_deltas(diff))).map { try unsafe change($0, of: diff) }
    }

    private func change(_ place: Int, of diff: OpaquePointer?) throws -> FileChange {
        var patch: OpaquePointer?
        try GitError.check(unsafe libgit2.patch_from_diff(&patch, diff, place), .diff)
        defer { unsafe libgit2.patch_free(patch) }
        var (insertions, deletions) = (0, 0)
        if unsafe patch != nil {
            try GitError.check(unsafe libgit2.patch_line_stats(nil, &insertions, &deletions, patch), .diff)
        }
        guard let delta = unsafe libgit2.diff_get_delta(diff, place)?.pointee,
            let name = unsafe delta.new_file.path ?? delta.old_file.path
        else { throw GitError(.diff, code: -1) }
        let kind: FileChange.Kind =
            switch unsafe delta.status {
            case GIT_DELTA_ADDED: .added
            case GIT_DELTA_DELETED: .deleted
            case GIT_DELTA_TYPECHANGE: .retyped
            default: .modified
            }
        let path = try TreeContent.projectPath(Array(unsafe String(cString: name).utf8))
        return FileChange(path: path, kind: kind, insertions: insertions, deletions: deletions)
    }
}
