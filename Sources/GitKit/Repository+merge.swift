package import Core

/// How a merge ended.
package enum MergeOutcome: Sendable, Equatable {
    /// The other commit is part of this history already.
    case upToDate
    case merged(CommitID)
    /// The paths on which both sides disagree; the tree is as it was before.
    case conflicted([ProjectPath])
}

extension Repository {
    /// Merges a commit into the branch, always with a commit of its own, so that the merge can be found again.
    ///
    /// - Throws: ``UncommittedChanges`` when the tree differs from the last commit.
    package func merge(_ commit: CommitID, _ text: CommitText) throws -> MergeOutcome {
        guard let head = try head() else { throw GitError(.merge, code: -1, message: "the branch has no commit") }
        let changes = try status()
        guard changes.isEmpty else { throw UncommittedChanges(paths: changes.map(\.path)) }
        switch try handle.merge(commit, into: head) {
        case .upToDate: return .upToDate
        case .conflicted(let paths):
            return .conflicted(try paths.map { path throws(TreeError) in try TreeContent.projectPath(path) })
        case .merged(let tree):
            let merged = try handle.writeCommit(
                tree: tree,
                parents: [head, commit],
                message: text.message,
                signature: text.signature
            )
            try checkOut(merged, from: head)
            try handle.move(place.branch, from: head, to: merged)
            return .merged(merged)
        }
    }
}

/// A merge that would lose what is not committed yet.
package struct UncommittedChanges: ReportableError, Equatable {
    package let paths: [ProjectPath]

    package init(paths: [ProjectPath]) {
        self.paths = paths
    }

    package var kind: FaultKind { .failed }

    package var description: String {
        let names = paths.prefix(3).map { "'\($0.description.printable)'" }.joined(separator: ", ")
        return "\(paths.count) files are not committed, among them \(names)"
    }

    package var hint: String? { "commit the changes, or reset the tree" }
}
