/// The chain of open folders from a root down to the one in use; made for paths that come in order.
///
/// No link on the way is followed. Not to be shared between threads.
package final class FolderStack {
    private final class Level {
        let folder: Folder
        let name: [UInt8]

        init(_ folder: consuming Folder, name: [UInt8]) {
            self.folder = folder
            self.name = name
        }
    }

    private let root: Folder
    private var levels: [Level] = []
    private let makesFolders: Bool

    /// A stack that, if asked to, makes the folders that are missing.
    package init(root: consuming Folder, makesFolders: Bool = false) {
        self.root = root
        self.makesFolders = makesFolders
    }

    /// Runs `body` with the folder that holds `path` and the last part of `path`.
    ///
    /// - Throws: ``FileFault``, also for a part that is a link or a file; what `body` throws.
    package func withParent<Result: ~Copyable>(
        of path: [UInt8],
        _ body: (borrowing Folder, String) throws -> Result
    ) throws -> Result {
        let parts = path.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let name = parts.last else { throw FileFault("open", root.path, code: 22) }
        try descend(to: parts.dropLast())
        let text = String(decoding: name, as: UTF8.self)
        guard let level = levels.last else { return try body(root, text) }
        return try body(level.folder, text)
    }

    private func descend(to parts: ArraySlice<ArraySlice<UInt8>>) throws {
        var kept = 0
        while kept < levels.count, kept < parts.count, levels[kept].name.elementsEqual(parts[parts.startIndex + kept]) {
            kept += 1
        }
        levels.removeLast(levels.count - kept)
        for part in parts.dropFirst(kept) {
            let name = String(decoding: part, as: UTF8.self)
            let next = try levels.last.map { try open(name, in: $0.folder) } ?? open(name, in: root)
            levels.append(Level(next, name: Array(part)))
        }
    }

    private func open(_ name: String, in folder: borrowing Folder) throws -> Folder {
        if makesFolders {
            do {
                try folder.makeFolder(named: name, mode: 0o755)
            } catch  where error.isExisting {}
        }
        return try folder.folder(named: name)
    }
}
