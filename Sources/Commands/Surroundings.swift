internal import Core
internal import Engine
internal import FoundationEssentials
internal import Journal
internal import Settings
internal import Snapshots
internal import Warehouse

/// Where a command was called: environment, folder, configuration.
struct Surroundings: Sendable {
    let environment: [String: String]
    let currentFolder: String
    let folders: Folders

    /// This process's own.
    ///
    /// - Throws: ``SettingsError/noHome``.
    static func current() throws -> Surroundings {
        let environment = ProcessInfo.processInfo.environment
        let folder = FileManager.default.currentDirectoryPath
        let folders = try Folders(environment: environment, currentFolder: folder)
        return Surroundings(environment: environment, currentFolder: folder, folders: folders)
    }

    /// The configuration files that count here, from the strongest to the weakest.
    var configurationFiles: [String] { folders.configurationFiles(project: trustedProject) }

    var trust: ProjectTrust { ProjectTrust(state: folders.state) }

    /// This folder, when it has a `.drydock` folder whose content a person has trusted.
    var trustedProject: String? {
        guard case .trusted = try? trust.standing(of: currentFolder) else { return nil }
        return currentFolder
    }

    func settings(_ flags: [SettingFlag?] = []) throws -> Settings {
        try Settings(
            flags: flags.compactMap(\.self),
            environment: environment,
            files: configurationFiles,
            projectFile: trustedProject.map(Folders.configurationFile)
        )
    }

    /// What Drydock knows here: what is built in, the user's own files, and those of a project that is trusted.
    func warehouse() -> Warehouse {
        var layers: [KnowledgeLayer] = [.builtIn, .user(folder: folders.configuration)]
        if let project = trustedProject {
            layers.append(.project(folder: project + "/" + ProjectTrust.folderName))
        }
        return Warehouse(layers: layers)
    }

    var snapshots: SnapshotStore {
        guard environment["PATH"] != nil else { return SnapshotStore(folder: folders.snapshots) }
        // What `nix-store` needs to find the store that this person uses, and nothing else.
        let passed = environment.filter { ["PATH", "HOME"].contains($0.key) || $0.key.hasPrefix("NIX_") }
        return SnapshotStore(folder: folders.snapshots, environment: passed)
    }

    /// Whether any run was ever recorded here.
    var hasJournal: Bool { FileSystem.exists(folders.journal) }

    /// The journal; made when there is none.
    func journal() async throws -> any JournalStore {
        do {
            try FileSystem.makeFolder(folders.state)
        } catch {
            throw FolderError(folders.state, error)
        }
        return try await SQLiteJournal(path: folders.journal)
    }

    /// The journal if there is one; asking makes none.
    func existingJournal() async throws -> (any JournalStore)? {
        hasJournal ? try await SQLiteJournal(path: folders.journal) : nil
    }

    /// `path` as an absolute one, seen from the folder in which the command was called.
    ///
    /// - Throws: ``NoCurrentFolder`` for a relative one when that folder has been removed.
    func absolute(_ path: String) throws -> String {
        guard path.hasPrefix("/") || currentFolder.hasPrefix("/") else { throw NoCurrentFolder() }
        return FileSystem.absolute(path, in: currentFolder)
    }
}

/// The folder in which a command was called is not there any more, so that no path can be seen from it.
struct NoCurrentFolder: ReportableError {
    var kind: FaultKind { .usage }
    var failureClass: FailureClass { .user }
    var description: String { "the present folder has been removed" }
    var hint: String? { "go to a folder that exists, or give absolute paths" }
}

/// One of Drydock's own folders that cannot be made.
struct FolderError: ReportableError {
    let description: String
    let kind: FaultKind

    init(_ folder: String, _ error: any Error) {
        let isFull = (error as? CocoaError)?.code == .fileWriteOutOfSpace
        kind = isFull ? .diskFull : .configuration
        let obstacle = FileSystem.nonFolder(above: folder).map { "'\($0.printable)' is not a folder" }
        let reason =
            obstacle ?? FileSystem.whyUnwritable(FileSystem.nearestExistingFolder(of: folder)) ?? "\(error)"
        description = "the folder '\(folder.printable)' cannot be made: \(isFull ? "no space is left" : reason)"
    }

    var hint: String? {
        kind == .diskFull ? "free some space" : "make it writable, or set DRYDOCK_HOME to a folder that is"
    }
}
