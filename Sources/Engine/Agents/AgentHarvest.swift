internal import Core
internal import GitKit
internal import Models
internal import Workspace

/// What an agent has changed in its work tree, by git and not by its words.
struct AgentHarvest {
    var files: [FileText] = []
    var deletions: [String] = []
    /// What was left out and why, a sentence each.
    var remarks: [String] = []
    /// Why nothing at all can be taken, a sentence each.
    var problems: [String] = []
    /// The commit with all that git would take.
    var head: CommitID
    /// The name of that commit's tree.
    var tree: String
}

extension AgentHarvest {
    /// Commits a tree as an agent left it, and takes what the worker owns.
    ///
    /// - Parameters:
    ///   - tree: The agent's own tree.
    ///   - base: The commit that it began with.
    ///   - owned: What the worker may write.
    ///   - commit: Commits the tree.
    /// - Returns: The changes; no files and ``problems`` when the tree holds what no project can have.
    /// - Throws: A fault of the machine.
    static func take(
        from tree: WorkTree,
        since base: CommitID,
        owned: OwnedPaths,
        _ commit: () async throws -> CommitOutcome
    ) async throws -> AgentHarvest {
        let ignored: [String]
        let outcome: CommitOutcome
        do {
            ignored = try await tree.ignoredPaths(limit: shownLimit + 1)
            outcome = try await commit()
        } catch let error as TreeError where error.isFaultOfFiles || error.isSecret {
            let start = try await tree.commit(base)
            return AgentHarvest(
                problems: ["the agent's files cannot be taken: \(error)"],
                head: start.id,
                tree: start.tree
            )
        }
        let head = try await tree.commit(outcome.commit?.id ?? base)
        var harvest = AgentHarvest(head: head.id, tree: head.tree)
        var left = AgentLeavings(findings: outcome.findings, ignored: ignored)
        let changes = head.id == base ? [] : try await tree.diff(from: base, to: head.id).files
        for change in changes {
            try await harvest.add(change, in: tree, owned: owned, &left)
        }
        harvest.remarks = left.remarks
        return harvest
    }

    /// How many paths one remark names.
    static let shownLimit = 5

    private mutating func add(
        _ change: FileChange,
        in tree: WorkTree,
        owned: OwnedPaths,
        _ left: inout AgentLeavings
    ) async throws {
        let path = change.path
        guard owned.covers(path), path.components.first != ".drydock" else {
            left.outside.append(path.description)
            return
        }
        if change.kind == .deleted {
            deletions.append(path.description)
        } else if let file = try await Self.plainFile(path, in: tree) {
            guard let text = FileText(readable: file), text.content.count <= FileRules.fileLimit else {
                left.unreadable.append(path.description)
                return
            }
            // Said in any case: a file may have lost the right to be run.
            files.append(FileText(path: text.path, content: text.content, executable: file.isExecutable))
        } else {
            left.links.append(path.description)
        }
    }

    /// The file, or `nil` when it is a link.
    private static func plainFile(_ path: ProjectPath, in tree: WorkTree) async throws -> ProjectFile? {
        do {
            return try await tree.read(path)
        } catch let error as TreeError {
            switch error {
            case .linkOnTheWay, .notAFile: return nil
            default: throw error
            }
        }
    }
}

/// What of an agent's changes is not taken.
private struct AgentLeavings {
    let findings: TreeFindings
    let ignored: [String]
    var outside: [String] = []
    var links: [String] = []
    var unreadable: [String] = []

    var remarks: [String] {
        let groups: [(String, [String])] = [
            ("changes outside of what the worker owns were dropped", outside),
            ("symbolic links were dropped", links),
            ("files that are no text, or too long, were dropped", unreadable),
            ("files that git ignores were left behind", ignored),
        ]
        let own = groups.filter { !$0.1.isEmpty }.map { text, paths in
            let shown = paths.prefix(AgentHarvest.shownLimit).map { "'\($0.printable)'" }.joined(separator: ", ")
            return "\(text): \(shown)" + (paths.count > AgentHarvest.shownLimit ? " and more" : "")
        }
        return own + findings.remarks
    }
}

extension TreeError {
    fileprivate var isSecret: Bool {
        if case .holdsSecret = self { return true }
        return false
    }
}
