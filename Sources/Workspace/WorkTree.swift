package import Core
package import GitKit

/// The outcome of a commit of everything.
package struct CommitOutcome: Sendable, Equatable {
    /// The new commit, or `nil` when nothing had changed.
    package let commit: Commit?
    /// What was removed, normalised or left out on the way.
    package let findings: TreeFindings
}

/// How two commits differ.
package struct DiffSummary: Sendable, Equatable {
    package let files: [FileChange]
    package var insertions: Int { files.reduce(0) { $0 + $1.insertions } }
    package var deletions: Int { files.reduce(0) { $0 + $1.deletions } }

    /// As `git diff --shortstat` has it, without its grammar.
    package var shortStatistics: String { "\(files.count) files, +\(insertions) -\(deletions)" }
}

/// A folder with a project's files, on a branch of its own.
///
/// All paths are project-relative and no call follows a symbolic link out of the folder, whatever has
/// been planted there. Calls on one tree run one after the other; trees work side by side.
package struct WorkTree: Sendable {
    let repository: Repository
    let clock: any WallClock
    let identity: Identity

    package var path: String { repository.place.tree }
    /// The folder with this tree's index; inside ``commonDirectory`` for a linked tree.
    package var gitDirectory: String { repository.place.gitDirectory }
    package var commonDirectory: String { repository.place.commonDirectory }
    package var branch: String { repository.place.branch }

    package func head() async throws -> CommitID? {
        try await repository.head()
    }

    /// The files that differ from the last commit, ignored ones left out.
    package func status() async throws -> [StatusEntry] {
        try await repository.status()
    }

    /// Commits every change that is not ignored; does nothing when there is none.
    ///
    /// - Throws: ``TreeError/holdsSecret(path:name:)`` when a changed file holds a secret that `redactor`
    ///   knows, ``TreeError/unusableName(path:reason:)``; nothing is committed then.
    package func commitAll(message: String, trailers: [Trailer], refusing redactor: Redactor) async throws
        -> CommitOutcome
    {
        let text = commitText(redactor.redacting(message), trailers)
        let outcome = try await repository.commitAll(text, refusing: redactor)
        return CommitOutcome(commit: outcome.commit.map(Commit.init), findings: outcome.findings)
    }

    /// Makes the first commit, which is empty.
    func begin(trailers: [Trailer]) async throws {
        let text = commitText("Begin an empty project", trailers)
        try await repository.commitNothing(text)
    }

    /// Puts files and branch back to a commit: what was added since goes, what is ignored stays.
    package func reset(to commit: CommitID) async throws {
        try await repository.reset(to: commit)
    }

    /// Merges a commit of another branch; conflicts leave the tree as it was.
    package func merge(_ commit: CommitID, message: String, trailers: [Trailer]) async throws -> MergeOutcome {
        try await repository.merge(commit, commitText(message, trailers))
    }

    private func commitText(_ message: String, _ trailers: [Trailer]) -> CommitText {
        CommitText(
            message: CommitMessage.text(message, trailers: trailers),
            signature: Signature(name: identity.name, email: identity.email, seconds: clock.milliseconds / 1_000)
        )
    }
}

// History.
extension WorkTree {
    /// How many commits a search by trailer looks at.
    package static let searchLimit = 10_000

    /// The commits of the branch, newest first.
    package func log(limit: Int) async throws -> [Commit] {
        try await repository.history(limit: limit).map(Commit.init)
    }

    /// The newest commit of the branch with all these trailers, or `nil`.
    ///
    /// Asked after a crash: did the commit of this step come about?
    package func find(_ trailers: [Trailer]) async throws -> Commit? {
        let wanted = Set(trailers)
        let history = try await repository.history(limit: Self.searchLimit) { record in
            wanted.isSubset(of: Commit(record).trailers)
        }
        return history.last.map(Commit.init).flatMap { wanted.isSubset(of: $0.trailers) ? $0 : nil }
    }

    package func find(trailer name: String, value: String) async throws -> CommitID? {
        try await find([Trailer(name, value)])?.id
    }

    package func commit(_ id: CommitID) async throws -> Commit {
        Commit(try await repository.record(of: id))
    }

    /// The files that differ between two commits; `nil` stands for the empty tree.
    package func diff(from old: CommitID?, to new: CommitID) async throws -> DiffSummary {
        DiffSummary(files: try await repository.changes(from: old, to: new))
    }

    /// The content of a file at a commit, or `nil` when it has none there.
    package func content(of path: ProjectPath, at commit: CommitID) async throws -> [UInt8]? {
        try await repository.content(of: path, at: commit)
    }
}

// Files.
extension WorkTree {
    /// Every file and link that is not ignored, in the order of paths.
    package func paths(under folder: ProjectPath = .root) async throws -> [ProjectPath] {
        try await repository.paths(under: folder)
    }

    /// The first files and folders that git ignores, as text for a person.
    package func ignoredPaths(limit: Int) async throws -> [String] {
        try await repository.ignoredPaths(limit: limit)
    }

    /// Reads the files that are not ignored, within limits; links and special files are left out.
    package func files(under folder: ProjectPath = .root, limits: ReadLimits = .prompt) async throws -> FileListing {
        try await repository.files(under: folder, limits: limits)
    }

    /// Reads one file, or returns `nil` when there is none.
    package func read(_ path: ProjectPath, limit: Int = ReadLimits.everything.bytesPerFile) async throws
        -> ProjectFile?
    {
        try await repository.read(path, limit: limit)
    }

    /// Writes one file; never through a link.
    package func write(_ path: ProjectPath, _ content: [UInt8], executable: Bool = false) async throws {
        try await repository.write(ProjectFile(path: path, content: content, isExecutable: executable))
    }

    /// Removes one file; none there is well.
    package func delete(_ path: ProjectPath) async throws {
        try await repository.delete(path)
    }

    package func setExecutable(_ isExecutable: Bool, _ path: ProjectPath) async throws {
        try await repository.setExecutable(isExecutable, path)
    }
}
