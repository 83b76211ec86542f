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
private struct PatchOutcome: Codable {
    var commit: CommitID
}

extension CrewStage {
    /// Writes a patch into a tree and commits it; both are one step.
    func apply(_ patch: Patch, _ message: String, at path: StepPath, in keeper: TreeKeeper) async throws {
        let context = context
        let outcome = try await journal.step(
            path,
            input: patch,
            probe: {
                let found = try await keeper.asFound().find(context.trailers(of: path))
                return found.map { PatchOutcome(commit: $0.id) }
            },
            effect: {
                let tree = try await keeper.ready()
                try await context.write(patch, into: tree)
                let made = try await context.commit(message, at: path, in: tree)
                let head = try await tree.head()
                guard let commit = made ?? head else { throw RunError.treeLost(tree.path) }
                return PatchOutcome(commit: commit)
            }
        )
        await keeper.advance(to: outcome.commit)
    }

    /// The component's files as a prompt shows them.
    ///
    /// They are a step's result, since a resumed run's prompts must be those that were sent.
    func files(of crew: CrewState, at path: StepPath) async throws -> [FileText] {
        let folder = crew.folder
        let keeper = crew.keeper
        return try await journal.step(path, input: ["folder": folder.description]) {
            let tree = try await keeper.ready()
            return try await tree.files(under: folder).files.compactMap { FileText(readable: $0) }
        }
    }
}

extension RunContext {
    fileprivate func write(_ patch: Patch, into tree: WorkTree) async throws {
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
