package import Core

/// Why something could not be done with a snapshot.
package enum SnapshotError: ReportableError, Equatable {
    case unknown(String)
    /// A beginning that several snapshots share.
    case ambiguous(String, candidates: [String])
    case damaged(SnapshotDamage)
    case newer(id: String, version: Int)
    case targetExists(String)
    case targetNotWritable(String)
    case noTree(String)
    case noRepository(String)
    /// Something in the tree that no snapshot can hold and that must not be left out silently.
    case cannotHold(path: String, reason: String)
    /// The tree changed while it was being read.
    case changed(path: String)
    /// What was written could not be read back as it was.
    case notReadBack(entry: String, problem: String)
    case notEnoughSpace(path: String, needed: Int, free: Int)
    case nixMissing
    case nix(command: String, status: String, output: String)

    package var kind: FaultKind {
        switch self {
        case .unknown: .notFound
        case .ambiguous, .targetExists, .targetNotWritable, .noTree, .noRepository: .usage
        case .damaged, .newer: .damaged
        case .cannotHold: .policy
        case .changed, .notReadBack, .nix: .failed
        case .notEnoughSpace: .diskFull
        case .nixMissing: .configuration
        }
    }

    package var description: String {
        switch self {
        case .unknown(let name): "there is no snapshot '\(name.printable)'"
        case .ambiguous(let name, let candidates):
            "'\(name.printable)' could be any of \(candidates.joined(separator: ", "))"
        case .damaged(let damage): damage.description
        case .newer(let id, let version): SnapshotDamage(snapshot: id, newerVersion: version).description
        case .targetExists(let path): "'\(path.printable)' exists and is not empty"
        case .targetNotWritable(let path): "'\(path.printable)' cannot be written"
        case .noTree(let path): "'\(path.printable)' is no folder"
        case .noRepository(let path): "'\(path.printable)' holds no git repository that can be kept"
        case .cannotHold(let path, let reason): "no snapshot can hold '\(path.printable)': \(reason.printable)"
        case .changed(let path): "'\(path.printable)' changed while the snapshot was made"
        case .notReadBack(let entry, let problem): "read back from the snapshot, '\(entry)' \(problem)"
        case .notEnoughSpace(let path, let needed, let free):
            "'\(path.printable)' has \(free) bytes of free space, and \(needed) are needed"
        case .nixMissing: "the program 'nix-store' was not found"
        case .nix(let command, let status, let output): "'\(command)' \(status): \(output.printable)"
        }
    }

    package var hint: String? {
        switch self {
        case .unknown: "list them with 'drydock snapshots'"
        case .ambiguous: "type more of the name"
        case .damaged(let damage):
            "restore another snapshot of the project; 'drydock prune --snapshot \(damage.snapshot.printable)' removes this one"
        case .newer: "use the newer version of Drydock"
        case .targetExists: "name a folder that does not exist yet or is empty"
        case .targetNotWritable: "check who owns the folder and its permissions, or name another one"
        case .cannotHold: "remove it, or have git ignore it"
        case .changed: "end the programs that write to the tree, then try again"
        case .notReadBack: "check the disk and the memory of this machine, then try again"
        case .notEnoughSpace(let path, _, _):
            "free some space on the disk that holds '\(path.printable)', then try again"
        case .nixMissing: "install Nix (on Debian: apt install nix-bin) or use '--snapshot archive'"
        case .nix: "use '--snapshot archive' until Nix works"
        case .noTree, .noRepository: nil
        }
    }
}

/// One finding of a check: which snapshot, which of its files, what is wrong.
package struct SnapshotDamage: Equatable, Sendable, Codable, CustomStringConvertible {
    package let snapshot: String
    /// Whether nothing is broken, but a newer version of this program made it.
    package let isNewer: Bool
    /// The damaged file's name, and behind a colon the entry in it when that is known.
    package let file: String
    package let problem: String

    package init(snapshot: String, file: String, problem: String) {
        self.snapshot = snapshot
        isNewer = false
        self.file = file
        self.problem = problem
    }

    init(snapshot: String, newerVersion version: Int) {
        self.snapshot = snapshot
        isNewer = true
        file = SnapshotFile.record
        problem = "was made by a newer version (format \(version))"
    }

    /// The finding in one word.
    package var label: String { isNewer ? "newer" : "damaged" }

    package var description: String {
        if isNewer { return "the snapshot \(snapshot.printable) \(problem)" }
        return "the snapshot \(snapshot.printable) is damaged: \(file.printable) \(problem.printable)"
    }
}
