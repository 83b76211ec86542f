package import Core

/// What a walk of a working tree met besides plain files.
package struct TreeFindings: Sendable, Equatable {
    /// Nested `.git` folders and files that were removed.
    package var removedGitFolders: [String] = []
    /// Pipes, sockets and devices; never part of a commit.
    package var specialFiles: [String] = []
    /// Links that would lead out of the tree; never part of a commit.
    package var outwardLinks: [String] = []
    /// Files and folders whose permissions were changed to 644 or 755.
    package var normalisedModes: [ProjectPath] = []

    package init() {}
    package var isEmpty: Bool { self == TreeFindings() }
}

/// One walk of a working tree: every file and link that git would look at, in the order of paths.
struct TreeScan {
    /// What to do with names, permissions and nested repositories that a project cannot have.
    enum Manner {
        /// Change nothing; refuse unusable names.
        case reading
        /// Remove nested repositories and normalise permissions; refuse unusable names.
        case repairing
        /// Remove all that is neither tracked nor ignored by a tracked file; no entries are collected.
        case cleaning
    }

    struct Entry {
        let path: [UInt8]
        let status: FileStatus
    }

    static let depthLimit = 128
    static let countLimit = 250_000

    private(set) var entries: [Entry] = []
    private(set) var findings = TreeFindings()
    /// What the ignore rules left out, each folder once, with a `/` at its end; no more than were asked for.
    private(set) var ignored: [[UInt8]] = []
    private let ignoredLimit: Int
    private let tracked: Set<[UInt8]>
    private let trackedFolders: Set<[UInt8]>
    private let manner: Manner

    /// Walks the tree below `root`; the ignore rules do not touch the paths in `tracked`.
    ///
    /// `ignoredLimit` is how many ignored paths are noted.
    init(
        _ root: borrowing Folder,
        tracked: Set<[UInt8]>,
        manner: Manner,
        ignoredLimit: Int = 0
    ) throws(TreeError) {
        self.tracked = tracked
        self.ignoredLimit = ignoredLimit
        self.manner = manner
        var folders: Set<[UInt8]> = []
        for path in tracked {
            var end = path.lastIndex(of: Self.slash)
            while let place = end, folders.insert(Array(path[..<place])).inserted {
                end = path[..<place].lastIndex(of: Self.slash)
            }
        }
        trackedFolders = folders
        try walk(root, prefix: [], rules: IgnoreRules(), isIgnored: false, depth: 0)
    }

    private static let slash = UInt8(ascii: "/")
    private static let ignoreFile = Array(".gitignore".utf8)
    private static let gitFolder = Array(".git".utf8)

    private mutating func walk(
        _ folder: borrowing Folder,
        prefix: [UInt8],
        rules: IgnoreRules,
        isIgnored: Bool,
        depth: Int
    ) throws(TreeError) {
        let names = try folder.names()
        var rules = rules
        let counts = manner != .cleaning || tracked.contains(prefix + Self.ignoreFile)
        if !isIgnored, counts, names.contains(Self.ignoreFile), try folder.status(Self.ignoreFile)?.kind == .file {
            let content = try folder.content(of: Self.ignoreFile, limit: TreeContent.fileLimit).bytes
            rules = rules.adding(Array(content.prefix(IgnoreRules.sizeLimit)), inFolder: prefix)
        }
        for name in names {
            if depth == 0, name == Self.gitFolder { continue }
            let path = prefix + name
            guard let status = try folder.status(name) else { continue }
            let isFolder = status.kind == .folder
            let skips =
                !tracked.contains(path)
                && (isIgnored || rules.ignores(path: path, nameLength: name.count, isFolder: isFolder))
            if skips && !(isFolder && trackedFolders.contains(path)) {
                if ignored.count < ignoredLimit { ignored.append(isFolder ? path + [Self.slash] : path) }
                continue
            }
            guard try keeps(name, path: path, in: folder) else { continue }
            if isFolder {
                try descend(name, status, path: path, in: folder, rules: rules, isIgnored: skips, depth: depth)
            } else if manner == .cleaning {
                if !tracked.contains(path) { try folder.removeEntry(name) }
            } else {
                try take(name, status, path: path, in: folder)
            }
        }
    }

    private mutating func descend(
        _ name: [UInt8],
        _ status: FileStatus,
        path: [UInt8],
        in folder: borrowing Folder,
        rules: IgnoreRules,
        isIgnored: Bool,
        depth: Int
    ) throws(TreeError) {
        guard depth < Self.depthLimit else {
            if manner == .cleaning { return try folder.removeTree(name) }
            throw .tooDeep(path: TreeError.escaped(path), limit: Self.depthLimit)
        }
        let child = try open(name, status, path: path, in: folder)
        try walk(child, prefix: path + [Self.slash], rules: rules, isIgnored: isIgnored, depth: depth + 1)
        if manner == .cleaning, !trackedFolders.contains(path), !tracked.contains(path) {
            folder.removeEmptyFolder(name)
        }
    }

    /// Whether the entry may be part of a project; removes it where that is the walk's manner.
    private mutating func keeps(_ name: [UInt8], path: [UInt8], in folder: borrowing Folder) throws(TreeError) -> Bool {
        let isGitFolder = TreeContent.isGitFolder(name)
        do {
            if !isGitFolder { try TreeContent.projectPath(path) }
        } catch  where manner == .cleaning {
            try folder.removeTree(name)
            return false
        }
        guard isGitFolder else { return true }
        if manner != .reading {
            try folder.removeTree(name)
            findings.removedGitFolders.append(TreeError.escaped(path))
        }
        return false
    }

    private mutating func open(
        _ name: [UInt8],
        _ status: FileStatus,
        path: [UInt8],
        in folder: borrowing Folder
    ) throws(TreeError) -> Folder {
        let needed: UInt32 = 0o700
        let special: UInt32 = 0o7000
        if manner != .reading, status.permissions & needed != needed || status.permissions & special != 0 {
            try folder.setPermissions(0o755, of: name)
            note(path)
        }
        return try folder.subfolder(name)
    }

    private mutating func take(
        _ name: [UInt8],
        _ status: FileStatus,
        path: [UInt8],
        in folder: borrowing Folder
    ) throws(TreeError) {
        guard entries.count < Self.countLimit else { throw .tooMany(limit: Self.countLimit) }
        var status = status
        if status.kind == .special {
            findings.specialFiles.append(TreeError.escaped(path))
            return
        }
        if status.kind == .link, LinkTarget.problem(try folder.target(of: name), linkedFrom: path) != nil {
            findings.outwardLinks.append(TreeError.escaped(path))
            return
        }
        let plain: UInt32 = status.isExecutable ? 0o755 : 0o644
        if manner == .repairing, status.kind == .file, status.permissions != plain {
            try folder.setPermissions(plain, of: name)
            // What a umask alone explains is not worth a line.
            if status.permissions & 0o7000 != 0 || status.permissions & 0o600 != 0o600 { note(path) }
            guard let changed = try folder.status(name) else { return }
            status = changed
        }
        entries.append(Entry(path: path, status: status))
    }

    private mutating func note(_ path: [UInt8]) {
        if let path = try? ProjectPath(String(decoding: path, as: UTF8.self)) { findings.normalisedModes.append(path) }
    }
}
