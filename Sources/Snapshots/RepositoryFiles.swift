internal import ArchiveKit
internal import Core
internal import GitKit
internal import HashKit

/// A repository as far as a snapshot keeps it.
struct RepositoryFiles {
    private let found: RepositorySnapshot
    let head: String?
    /// The hash of `HEAD`, the branches and the tags.
    let references: Digest

    init(of tree: String) throws {
        found = try RepositorySnapshot(tree: tree)
        head = found.head?.description
        let lines = ["\(found.headText)"] + found.references.map { "\($0.target) \($0.name)" }
        references = Digest.sha256(of: lines.joined(separator: "\n"))
    }

    /// What of the working tree is kept.
    func listing() -> TreeListing {
        TreeListing(
            items: found.files.map { TreeListing.Item(path: $0.path, isLink: $0.isLink) },
            leftOut: found.leftOut
        )
    }

    /// Hands the repository's own files to `sink`.
    ///
    /// Files may be made in `staged` on the way; they are gone afterwards.
    func read(into sink: some ContentSink, in staged: StagedFolder) throws -> Manifest {
        let scratch = "scratch"
        try staged.folder.makeFolder(named: scratch, mode: 0o700)
        var folders: [String: FolderStack] = [:]
        var entries: [ManifestEntry] = []
        for (path, part) in try found.parts(scratch: staged.path + "/" + scratch) {
            try Task.checkCancellation()
            switch part {
            case .contents(let bytes):
                try sink.take(bytes, at: path)
                entries.append(
                    ManifestEntry(path: path, mode: .file, size: bytes.count, content: .sha256(of: bytes))
                )
            case .folder:
                try sink.take(folderAt: path)
                entries.append(ManifestEntry(path: path, mode: .folder, size: 0, content: .sha256(of: [])))
            case .copy(let folder, let below):
                let stack = try folders[folder] ?? FolderStack(root: Folder(opening: folder))
                folders[folder] = stack
                entries.append(try TreeReader(stack).readFile(below, as: path, into: sink))
            }
        }
        try staged.folder.removeTree(named: scratch)
        return try Manifest(entries)
    }
}

// A repository that was given back.
extension RepositoryFiles {
    /// Checks that the repository is in the form in which a snapshot keeps it, and writes an index that fits the tree.
    ///
    /// The history is what another snapshot of it would hold: nothing that only waits to be found, no reference that
    /// replaces objects, no object that has another content than its name says.
    ///
    /// - Parameters:
    ///   - history: What was given back.
    ///   - contents: Git's names of the contents of the tree, as written.
    /// - Throws: ``EntryProblem``; errors of git, also for objects that are missing or damaged.
    func complete(_ history: Manifest, contents: [[UInt8]: ObjectID]) throws {
        let parts = try found.parts(scratch: nil)
        let known = Set(parts.map(\.path))
        for entry in history.entries where !known.contains(entry.path) && !entry.path.elementsEqual("index".utf8) {
            throw EntryProblem(path: ".git/" + entry.name, problem: "belongs to no branch, tag or commit")
        }
        let given = Dictionary(uniqueKeysWithValues: history.entries.map { ($0.path, $0.content) })
        for (path, part) in parts {
            let name = ".git/" + String(decoding: path, as: UTF8.self).printable
            guard let content = given[path] else { throw EntryProblem(path: name, problem: "is missing") }
            if case .contents(let bytes) = part, Digest.sha256(of: bytes) != content {
                throw EntryProblem(path: name, problem: "is not in the form that snapshots have")
            }
        }
        try found.writeIndex(vouchingFor: contents)
    }
}

/// What a restored repository may hold, whoever made the snapshot.
enum HistoryRules {
    /// Refuses everything by which a repository could make git do more than show and record: settings, hooks, links.
    static func check(_ history: Manifest, of id: String) throws {
        let fixed = [
            "config": Digest.sha256(of: RepositorySnapshot.config),
            "info/attributes": Digest.sha256(of: RepositorySnapshot.attributes),
        ]
        for entry in history.entries {
            let path = String(decoding: entry.path, as: UTF8.self)
            let isFolder = ["objects", "refs"].contains(path)
            let isKnown =
                if let digest = fixed[path] { entry.content == digest } else {
                    isFolder || ["HEAD", "index", "packed-refs", "shallow"].contains(path) || isObject(path)
                }
            guard isKnown, entry.mode == (isFolder ? .folder : .file) else {
                throw StoredSnapshot.damage(
                    id,
                    SnapshotFile.history,
                    "names '\(entry.name)', which no kept repository has in this form"
                )
            }
        }
    }

    private static func isObject(_ path: String) -> Bool {
        let digits = Set("0123456789abcdef".utf8)
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0] == "objects" else { return false }
        if parts[1] == "pack" {
            guard parts[2].hasPrefix("pack-") else { return false }
            let name = parts[2].dropFirst(5)
            let stem = name.hasSuffix(".pack") ? name.dropLast(5) : name.hasSuffix(".idx") ? name.dropLast(4) : ""
            return stem.utf8.count == 40 && stem.utf8.allSatisfy(digits.contains)
        }
        return parts[1].utf8.count == 2 && parts[2].utf8.count == 38
            && parts[1].utf8.allSatisfy(digits.contains) && parts[2].utf8.allSatisfy(digits.contains)
    }
}
