internal import Core
internal import GitKit
internal import Journal
internal import Models
internal import Workspace

/// Files to write and to remove; paths are relative to the project's folder.
struct Patch: Codable, Equatable, Sendable {
    var files: [FileText]
    var deletions: [String]

    var isEmpty: Bool { files.isEmpty && deletions.isEmpty }
}

/// Where a patch left the tree.
struct PatchOutcome: Codable {
    var commit: CommitID
    /// Why nothing was written: the patch asks for something that the tree refuses.
    var refusal: String?
}

extension CrewStage {
    /// Writes a patch into a tree and commits it; both are one step.
    ///
    /// - Returns: The reason, when the tree refuses the patch; the tree is then as it was.
    func apply(
        _ patch: Patch,
        _ message: String,
        at path: StepPath,
        in keeper: TreeKeeper
    ) async throws -> String? {
        let context = context
        let outcome = try await journal.step(
            path,
            input: patch,
            probe: {
                let found = try await keeper.asFound().find(context.trailers(of: path))
                return found.map { PatchOutcome(commit: $0.id) }
            },
            effect: {
                try await keeper.change { tree in try await context.apply(patch, message, at: path, in: tree) }
            }
        )
        await keeper.advance(to: outcome.commit)
        return outcome.refusal
    }

    /// One file as it is, for a merge; `nil` when there is none or it is no text.
    func file(_ file: ProjectPath, at path: StepPath, in keeper: TreeKeeper) async throws -> FileText? {
        try await journal.step(path, input: ["file": file.description]) {
            try await keeper.ready().read(file).flatMap { FileText(readable: $0) }
        }
    }

    /// The component's files as a prompt shows them.
    ///
    /// They are a step's result, since a resumed run's prompts must be those that were sent.
    func files(of crew: CrewState, at path: StepPath) async throws -> ShownFiles {
        let folder = crew.folder
        let keeper = crew.keeper
        return try await journal.step(path, input: ["folder": folder.description]) {
            let tree = try await keeper.ready()
            let files = try await tree.files(under: folder).files.compactMap { FileText(readable: $0) }
            let shown = Set(files.map(\.path))
            let others = try await tree.paths(under: folder).lazy.map(\.description).filter { !shown.contains($0) }
            return ShownFiles(files: files, unshown: Array(others.prefix(ShownFiles.unshownLimit)))
        }
    }
}

/// A component's files, as far as a prompt has room for them.
struct ShownFiles: Codable, Sendable {
    /// How many more than these no prompt names.
    static let unshownLimit = 2_000

    var files: [FileText] = []
    /// The paths of those that are there, but too large, or no text; the first ones.
    var unshown: [String] = []

    var isEmpty: Bool { files.isEmpty && unshown.isEmpty }
}

extension RunContext {
    fileprivate func apply(
        _ patch: Patch,
        _ message: String,
        at path: StepPath,
        in tree: WorkTree
    ) async throws -> PatchOutcome {
        guard let before = try await tree.head() else { throw RunError.treeLost(tree.path) }
        do {
            try await write(patch, into: tree)
            return PatchOutcome(commit: try await commit(message, at: path, in: tree) ?? before)
        } catch let error as any ReportableError where error.failureClass == .policy {
            try await tree.reset(to: before)
            return PatchOutcome(commit: before, refusal: error.description)
        }
    }

    private func write(_ patch: Patch, into tree: WorkTree) async throws {
        for file in patch.files {
            let path = try ProjectPath(file.path)
            try await tree.write(path, Array(file.content.utf8), executable: file.executable ?? false)
        }
        for deletion in patch.deletions {
            try await tree.delete(try ProjectPath(deletion))
        }
    }
}

extension FileText {
    /// A file of a tree as text; `nil` when it is none.
    init?(readable file: ProjectFile) {
        guard let text = String(validating: file.content, as: UTF8.self), !text.utf8.contains(0) else { return nil }
        self.init(path: file.path.description, content: text, executable: file.isExecutable ? true : nil)
    }
}
