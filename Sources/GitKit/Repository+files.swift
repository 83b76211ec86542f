package import Core

/// One file of a project.
package struct ProjectFile: Sendable, Hashable, Codable {
    package let path: ProjectPath
    package let content: [UInt8]
    package let isExecutable: Bool

    package init(path: ProjectPath, content: [UInt8], isExecutable: Bool = false) {
        self.path = path
        self.content = content
        self.isExecutable = isExecutable
    }
}

/// How much of a project is read at once.
package struct ReadLimits: Sendable, Equatable {
    package var files: Int
    /// Bytes of all files together.
    package var bytes: Int
    /// Bytes of one file; larger ones are left out.
    package var bytesPerFile: Int

    package static let prompt = ReadLimits(files: 200, bytes: 400_000, bytesPerFile: 64_000)
    package static let everything = ReadLimits(files: .max, bytes: .max, bytesPerFile: TreeContent.fileLimit)

    package init(files: Int, bytes: Int, bytesPerFile: Int) {
        self.files = files
        self.bytes = bytes
        self.bytesPerFile = bytesPerFile
    }
}

/// The files that were read, and those that the limits left out.
package struct FileListing: Sendable, Equatable {
    package struct Omitted: Sendable, Equatable {
        package let path: ProjectPath
        package let bytes: Int
    }

    package internal(set) var files: [ProjectFile] = []
    package internal(set) var omitted: [Omitted] = []
}

extension Repository {
    /// Every file and link that is not ignored, in the order of paths, without reading any.
    package func paths(under folder: ProjectPath = .root) throws -> [ProjectPath] {
        try scanForReading().entries.compactMap { entry throws(TreeError) in
            let path = try TreeContent.projectPath(entry.path)
            return path.isInside(folder) ? path : nil
        }
    }

    /// The first files and folders that are ignored, in the order of paths; a folder with a `/` at its end.
    package func ignoredPaths(limit: Int) throws -> [String] {
        let base = try entries(of: try head())
        return try TreeScan(try openTree(), tracked: Set(base.keys), manner: .reading, ignoredLimit: limit)
            .ignored.map { TreeError.escaped($0) }
    }

    /// Reads the files that are not ignored, in the order of paths; links are left out.
    package func files(under folder: ProjectPath = .root, limits: ReadLimits) throws -> FileListing {
        let scan = try scanForReading()
        let root = try openTree()
        var listing = FileListing()
        var room = limits.bytes
        for entry in scan.entries where entry.status.kind == .file {
            let path = try TreeContent.projectPath(entry.path)
            guard path.isInside(folder) else { continue }
            let size = entry.status.size
            guard listing.files.count < limits.files, size <= room, size <= limits.bytesPerFile else {
                listing.omitted.append(FileListing.Omitted(path: path, bytes: size))
                continue
            }
            let (bytes, status) = try root.inFolder(of: entry.path) { folder, name throws(TreeError) in
                try folder.content(of: name, limit: min(room, TreeContent.fileLimit))
            }
            room -= bytes.count
            listing.files.append(ProjectFile(path: path, content: bytes, isExecutable: status.isExecutable))
        }
        return listing
    }

    /// Reads one file, ignored or not; `nil` when nothing has this path.
    ///
    /// - Throws: ``TreeError`` when a link is on the way, or something else than a file is there.
    package func read(_ path: ProjectPath, limit: Int = TreeContent.fileLimit) throws(TreeError) -> ProjectFile? {
        do {
            let root = try openTree()
            let (bytes, status) = try root.inFolder(of: Array(path.description.utf8)) {
                folder,
                name throws(TreeError) in
                try folder.content(of: name, limit: limit)
            }
            return ProjectFile(path: path, content: bytes, isExecutable: status.isExecutable)
        } catch  where error.isAbsence {
            return nil
        }
    }

    /// Writes one file, making folders as needed; a link or another file at its place is replaced.
    ///
    /// - Throws: ``TreeError/linkOnTheWay(path:)`` when a folder on the way is a symbolic link.
    package func write(_ file: ProjectFile) throws(TreeError) {
        guard !file.path.isRoot else { throw .notAFile(path: ".") }
        let root = try openTree()
        try root.inMadeFolder(of: Array(file.path.description.utf8)) { folder, name throws(TreeError) in
            try folder.write(file.content, executable: file.isExecutable, to: name)
        }
    }

    /// Removes a file, and the folders above that are empty then; none there is well.
    ///
    /// - Throws: ``TreeError/linkOnTheWay(path:)``, or ``TreeError/notAFile(path:)`` for a folder.
    package func delete(_ path: ProjectPath) throws(TreeError) {
        guard !path.isRoot else { throw .notAFile(path: ".") }
        let root = try openTree()
        let bytes = Array(path.description.utf8)
        do {
            try root.inFolder(of: bytes) { folder, name throws(TreeError) in try folder.removeEntry(name) }
        } catch  where error.isAbsence {
            return
        }
        try root.prune(bytes)
    }

    /// Sets or takes away the right to run a file.
    package func setExecutable(_ isExecutable: Bool, _ path: ProjectPath) throws(TreeError) {
        let root = try openTree()
        try root.inFolder(of: Array(path.description.utf8)) { folder, name throws(TreeError) in
            guard try folder.status(name)?.kind == .file else { throw .notAFile(path: path.description) }
            try folder.setPermissions(isExecutable ? 0o755 : 0o644, of: name)
        }
    }

    private func scanForReading() throws -> TreeScan {
        let base = try entries(of: try head())
        return try TreeScan(try openTree(), tracked: Set(base.keys), manner: .reading)
    }
}

extension TreeError {
    /// Whether the error says only that nothing is there.
    fileprivate var isAbsence: Bool {
        if case .system = self { return kind == .notFound }
        return false
    }
}

extension Folder {
    /// As ``inFolder(of:_:)``, and makes the folders that are missing.
    func inMadeFolder(
        of path: [UInt8],
        _ body: (borrowing Folder, Name) throws(TreeError) -> Void
    ) throws(TreeError) {
        guard let slash = path.firstIndex(of: UInt8(ascii: "/")) else { return try body(self, path) }
        let name = Array(path[..<slash])
        let next = try madeSubfolder(name)
        try Self.locating(below: name) { () throws(TreeError) in
            try next.inMadeFolder(of: Array(path[(slash + 1)...]), body)
        }
    }
}
