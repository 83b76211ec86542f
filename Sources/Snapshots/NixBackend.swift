internal import ArchiveKit
internal import Core
internal import HashKit
internal import ProcessKit

/// Keeps the contents as a path in the Nix store, held by a garbage-collector root of the snapshot's name.
///
/// The path is a folder of `manifest`, `tree` and, with history, `history` and `git`. Nix sets all modes to 444 or
/// 555 and all times to 1; what is given back has the modes of the manifest.
struct NixBackend: SnapshotBackend {
    /// The folder of the roots, one link for each snapshot.
    let roots: String
    /// What `nix-store` gets as its environment.
    let environment: [String: String]

    private static let treeFolder = "tree"
    private static let gitFolder = "git"
    private static let copy = "copy"

    func store(_ source: TreeSource, in staged: StagedFolder) async throws -> StoredContents {
        try staged.folder.makeFolder(named: Self.copy)
        let copy = try staged.folder.folder(named: Self.copy)
        let tree = try source.readTree(into: CopySink(in: copy, named: Self.treeFolder))
        let history = try source.repository?.read(into: CopySink(in: copy, named: Self.gitFolder), in: staged)
        try copy.write(tree.text, toNewFile: SnapshotFile.manifest)
        if let history { try copy.write(history.text, toNewFile: SnapshotFile.history) }
        let bytes = tree.size + (history?.size ?? 0)
        return StoredContents(tree: tree, history: history, bytes: bytes, location: "", file: nil)
    }

    func settle(_ contents: inout StoredContents, as id: String, in staged: StagedFolder) async throws {
        try staged.folder.rename(Self.copy, to: id, in: staged.folder)
        let path = try await nix(["--add", staged.path + "/" + id])
        // Nothing holds the path yet: a collection between the two calls makes the second one fail.
        _ = try Folder(makingPath: roots, mode: 0o700)
        _ = try await nix(["--add-root", root(of: id), "--indirect", "--realise", path])
        do {
            try read(path, contents.tree, contents.history, into: nil)
        } catch let problem as EntryProblem {
            throw SnapshotError.notReadBack(entry: problem.path, problem: problem.problem)
        }
        try staged.folder.removeTree(named: id)
        contents.location = path
    }

    private func root(of id: String) -> String { roots + "/" + id }

    func read(_ snapshot: StoredSnapshot, at folder: String, into writer: TreeWriter?) async throws {
        try read(snapshot.record.location, snapshot.tree, snapshot.history, into: writer)
    }

    private func read(_ path: String, _ tree: Manifest, _ history: Manifest?, into writer: TreeWriter?) throws {
        let store = try Folder(opening: path)
        try Self.compareLists(in: store, tree, history)
        try StoredFolder(store.folder(named: Self.treeFolder), prefix: []).compare(with: tree, into: writer)
        if let history {
            try StoredFolder(store.folder(named: Self.gitFolder), prefix: ExpectedEntries.git)
                .compare(with: history, into: writer)
        }
    }

    /// Checks the copies of the manifests, and that nothing lies beside them and what they list.
    private static func compareLists(in store: borrowing Folder, _ tree: Manifest, _ history: Manifest?) throws {
        var lists = [(SnapshotFile.manifest, tree.text)]
        if let history { lists.append((SnapshotFile.history, history.text)) }
        for (name, text) in lists {
            guard try store.openFile(named: name).contents(limit: Manifest.textLimit) == text else {
                throw EntryProblem(path: name, problem: "is not the list that was recorded")
            }
        }
        let known = lists.map(\.0) + [treeFolder] + (history == nil ? [] : [gitFolder])
        for entry in try store.entries() where !known.contains(String(decoding: entry.name, as: UTF8.self)) {
            let name = String(decoding: entry.name, as: UTF8.self).printable
            throw EntryProblem(path: name, problem: "does not belong to the snapshot")
        }
    }

    /// The root is a link of ours that another of Nix leads to; without either the next collection takes the path.
    func looseness(of record: SnapshotRecord) async throws -> String? {
        let root = root(of: record.id)
        let target = try? Folder(opening: roots).target(ofLinkNamed: record.id)
        guard target == Array(record.location.utf8) else {
            return "is not held: the root '\(root)' does not lead to it"
        }
        do {
            // A line is the root's path, an arrow and what it holds.
            let isHeld = try await lines(["--query", "--roots", record.location])
                .contains { $0.contains("/" + record.id + " -> ") }
            return isHeld ? nil : "is not held: Nix does not know the root '\(root)'"
        } catch SnapshotError.nix(_, _, let output) {
            return "is not known to Nix: \(output)"
        } catch SnapshotError.nixMissing {
            // Without Nix nothing collects either.
            return nil
        }
    }

    func release(_ id: String) async throws {
        try removeRoot(id)
    }

    func sweep(keeping names: () throws -> Set<String>?) async throws {
        let found = try rootNames()
        guard !found.isEmpty, let kept = try names() else { return }
        for name in found where !kept.contains(name) { try removeRoot(name) }
    }

    private func rootNames() throws -> [String] {
        do throws(FileFault) {
            return try Folder(opening: roots).entries().compactMap { String(validating: $0.name, as: UTF8.self) }
        } catch {
            if error.isMissing { return [] }
            throw error
        }
    }

    private func removeRoot(_ name: String) throws {
        do throws(FileFault) {
            try Folder(opening: roots).removeFile(named: name)
        } catch {
            if !error.isMissing { throw error }
        }
    }

    /// Runs `nix-store` and returns its answer of one line.
    private func nix(_ arguments: [String]) async throws -> String {
        guard let line = try await lines(arguments).last else {
            let command = (["nix-store"] + arguments).joined(separator: " ")
            throw SnapshotError.nix(command: command, status: "gave no answer", output: "")
        }
        return line
    }

    private func lines(_ arguments: [String]) async throws -> [String] {
        let argv = ["nix-store"] + arguments
        do {
            var environment = environment
            // As root Nix wants a group of build users, which nothing here needs.
            environment["NIX_CONFIG", default: ""] += "\nbuild-users-group =\n"
            let output = try await Subprocess.run(argv, environment: environment)
            guard output.succeeded else {
                throw SnapshotError.nix(
                    command: argv.joined(separator: " "),
                    status: output.timedOut ? "took too long" : "ended with \(output.exit)",
                    output: String(output.errorText.suffix(500))
                )
            }
            return output.text.split(separator: "\n").map(String.init)
        } catch ProcessError.programMissing {
            throw SnapshotError.nixMissing
        }
    }
}

/// A folder of the Nix store that is to hold what a manifest lists, and nothing else.
private final class StoredFolder {
    private let folder: Folder
    private let prefix: [UInt8]

    init(_ folder: consuming Folder, prefix: [UInt8]) {
        self.folder = folder
        self.prefix = prefix
    }

    func compare(with manifest: Manifest, into writer: TreeWriter?) throws {
        let stack = FolderStack(root: try folder.duplicate())
        for entry in manifest.entries {
            try Task.checkCancellation()
            try stack.withParent(of: entry.path) { try compare(entry, named: $1, in: $0, into: writer) }
        }
        let listed = Set(manifest.entries.map(\.path))
        let found = try TreeListing(everythingIn: folder, isProject: false)
        for item in found.items where !listed.contains(item.path) {
            let name = String(decoding: item.path, as: UTF8.self).printable
            throw EntryProblem(path: name, problem: "does not belong to the snapshot")
        }
    }

    private func compare(
        _ entry: ManifestEntry,
        named name: String,
        in folder: borrowing Folder,
        into writer: TreeWriter?
    ) throws {
        let path = prefix + entry.path
        switch entry.mode {
        case .folder:
            _ = try folder.folder(named: name)
            try writer?.makeFolder(path)
        case .link:
            let target = try folder.target(ofLinkNamed: name)
            try ExpectedEntries.check(linkTo: target, entry)
            try writer?.makeLink(path, to: target)
        case .file, .executable:
            let file = try folder.openFile(named: name)
            guard file.isExecutable == (entry.mode == .executable), file.size == entry.size else {
                throw EntryProblem(path: entry.name, problem: "has another mode or size than listed")
            }
            let placed = ManifestEntry(path: path, mode: entry.mode, size: entry.size, content: entry.content)
            let check = try ContentCheck(placed, into: writer)
            try HashSink().forEachPiece(of: file) { try check.take($0) }
            try check.finish()
        }
    }
}

/// Copies everything into a fresh folder.
private final class CopySink: ContentSink {
    private let writer: TreeWriter
    private let pieces = HashSink()

    init(in parent: borrowing Folder, named name: String) throws {
        try parent.makeFolder(named: name)
        writer = TreeWriter(try parent.folder(named: name))
    }

    func take(_ file: borrowing InputFile, at path: [UInt8], hash: (Span<UInt8>) -> Void) throws {
        let copy = try writer.makeFile(path, isExecutable: file.isExecutable, size: file.size)
        try pieces.forEachPiece(of: file) { piece in
            hash(piece)
            try copy.write(piece)
        }
    }

    func take(_ contents: [UInt8], at path: [UInt8]) throws {
        try writer.makeFile(path, isExecutable: false, size: contents.count).write(contents.span)
    }

    func take(linkTo target: [UInt8], at path: [UInt8]) throws {
        try writer.makeLink(path, to: target)
    }

    func take(folderAt path: [UInt8]) throws {
        try writer.makeFolder(path)
    }
}
