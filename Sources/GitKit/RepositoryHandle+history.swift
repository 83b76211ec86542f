internal import CGit2

/// Who made a commit, and when in seconds since 1970.
package struct Signature: Sendable, Hashable {
    package let name: String
    package let email: String
    package let seconds: Int64

    package init(name: String, email: String, seconds: Int64) {
        self.name = name
        self.email = email
        self.seconds = seconds
    }
}

/// One commit as it is recorded.
package struct CommitRecord: Sendable, Equatable {
    package let id: CommitID
    package let parents: [CommitID]
    /// The name of its tree: equal for equal files, whatever the time and the message.
    package let tree: ObjectID
    package let message: String
    package let author: Signature
}

// Commits and branches.
extension RepositoryHandle {
    func record(of id: CommitID) throws(GitError) -> CommitRecord {
        var oid = id.object.raw
        var commit: OpaquePointer?
        try GitError.check(unsafe libgit2.commit_lookup(&commit, raw, &oid), .readObject)
        defer { unsafe libgit2.commit_free(commit) }
        var parents: [CommitID] = []
        for index in 0..<(unsafe libgit2.commit_parentcount(commit)) {
            if let parent = unsafe libgit2.commit_parent_id(commit, index) {
                parents.append(CommitID(ObjectID(unsafe parent.pointee)))
            }
        }
        guard let tree = unsafe libgit2.commit_tree_id(commit) else { throw GitError(.readObject, code: -1) }
        let message = unsafe libgit2.commit_message(commit).map { unsafe String(cString: $0) } ?? ""
        let author = unsafe libgit2.commit_author(commit).map { unsafe Signature($0.pointee) }
        return CommitRecord(
            id: id,
            parents: parents,
            tree: ObjectID(unsafe tree.pointee),
            message: message,
            author: author ?? Signature(name: "", email: "", seconds: 0)
        )
    }

    func writeCommit(
        tree: ObjectID,
        parents: [CommitID],
        message: String,
        signature: Signature
    ) throws(GitError) -> CommitID {
        var made: UnsafeMutablePointer<git_signature>?
        let code = unsafe libgit2.signature_new(&made, signature.name, signature.email, signature.seconds, 0)
        try GitError.check(code, .writeObject)
        defer { unsafe libgit2.signature_free(made) }
        var treeObject: OpaquePointer?
        var treeID = tree.raw
        try GitError.check(unsafe libgit2.tree_lookup(&treeObject, raw, &treeID), .readObject)
        defer { unsafe libgit2.tree_free(treeObject) }
        var commits: [OpaquePointer?] = unsafe []
        defer { for index in unsafe commits.indices { unsafe libgit2.commit_free(commits[index]) } }
        for parent in parents {
            var commit: OpaquePointer?
            var oid = parent.object.raw
            try GitError.check(unsafe libgit2.commit_lookup(&commit, raw, &oid), .readObject)
            unsafe commits.append(commit)
        }
        var oid = git_oid()
        let result = unsafe libgit2.commit_create(
            &oid,
            raw,
            nil,
            made,
            made,
            nil,
            message,
            treeObject,
            parents.count,
            &commits
        )
        try GitError.check(result, .writeObject)
        return CommitID(ObjectID(oid))
    }

    /// The commit that a branch stands at, or `nil` when there is no such branch yet.
    func head(of branch: String) throws(GitError) -> CommitID? {
        var oid = git_oid()
        let code = unsafe libgit2.reference_name_to_id(&oid, raw, Self.reference(branch))
        if code == GIT_ENOTFOUND.rawValue { return nil }
        try GitError.check(code, .readReference)
        return CommitID(ObjectID(oid))
    }

    /// Moves a branch, provided that it still stands at `old`; `nil` makes it.
    func move(_ branch: String, from old: CommitID?, to new: CommitID) throws(GitError) {
        var reference: OpaquePointer?
        defer { unsafe libgit2.reference_free(reference) }
        var oid = new.object.raw
        let name = Self.reference(branch)
        if let old {
            var current = old.object.raw
            let code = unsafe libgit2.reference_create_matching(&reference, raw, name, &oid, 1, &current, nil)
            try GitError.check(code, .writeReference)
        } else {
            try GitError.check(unsafe libgit2.reference_create(&reference, raw, name, &oid, 0, nil), .writeReference)
        }
    }

    func removeBranch(_ branch: String) throws(GitError) {
        let code = unsafe libgit2.reference_remove(raw, Self.reference(branch))
        if code != GIT_ENOTFOUND.rawValue { try GitError.check(code, .writeReference) }
    }

    static func isBranchName(_ name: String) throws(GitError) -> Bool {
        try GitLibrary.prepare()
        var isValid: Int32 = 0
        return unsafe libgit2.branch_name_is_valid(&isValid, name) == 0 && isValid == 1
    }

    private static func reference(_ branch: String) -> String { "refs/heads/\(branch)" }

    /// The commits from `start` back, newest first, until `body` says that it has seen enough.
    func walk(from start: CommitID, _ body: (CommitRecord) throws -> Bool) throws {
        var walker: OpaquePointer?
        try GitError.check(unsafe libgit2.revwalk_new(&walker, raw), .walk)
        defer { unsafe libgit2.revwalk_free(walker) }
        let order = GIT_SORT_TOPOLOGICAL.rawValue | GIT_SORT_TIME.rawValue
        try GitError.check(unsafe libgit2.revwalk_sorting(walker, order), .walk)
        var oid = start.object.raw
        try GitError.check(unsafe libgit2.revwalk_push(walker, &oid), .walk)
        while true {
            let code = unsafe libgit2.revwalk_next(&oid, walker)
            if code == GIT_ITEROVER.rawValue { return }
            try GitError.check(code, .walk)
            guard try body(record(of: CommitID(ObjectID(oid)))) else { return }
        }
    }
}

extension Signature {
    fileprivate init(_ raw: git_signature) {
        name = unsafe raw.name.map { unsafe String(cString: $0) } ?? ""
        email = unsafe raw.email.map { unsafe String(cString: $0) } ?? ""
        seconds = unsafe raw.when.time
    }
}
