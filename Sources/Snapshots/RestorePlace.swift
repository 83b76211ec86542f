internal import ArchiveKit
internal import Core

/// The folder that a restored tree is to become, and the folder above it.
final class RestorePlace {
    private let parent: Folder
    private let name: String
    private let path: String

    /// - Throws: ``SnapshotError`` when something is in the way or the place cannot be written.
    init(_ target: String) throws {
        var parts = target.split(separator: "/", omittingEmptySubsequences: false)
        while let last = parts.last, last.isEmpty || last == "." { parts.removeLast() }
        guard let last = parts.popLast(), last != ".." else { throw SnapshotError.targetExists(target) }
        guard FileSystem.overlongName(in: target) == nil else { throw SnapshotError.targetNotWritable(target) }
        let above = parts.isEmpty ? "." : parts.joined(separator: "/") + "/"
        name = String(last)
        path = target
        parent = try Self.open(above, for: target)
        try checkTarget()
        guard parent.isWritable() else { throw SnapshotError.targetNotWritable(target) }
        try sweep()
    }

    private static func open(_ above: String, for target: String) throws -> Folder {
        do throws(FileFault) {
            return try Folder(makingPath: above, mode: 0o777)
        } catch {
            if error.kind != .diskFull { throw SnapshotError.targetNotWritable(target) }
            throw error
        }
    }

    private func checkTarget() throws {
        switch try parent.kind(of: name) {
        case nil: return
        case .folder:
            guard try parent.folder(named: name).entries().isEmpty else { throw SnapshotError.targetExists(path) }
        default: throw SnapshotError.targetExists(path)
        }
    }

    /// The beginning of a staging folder's name, which has to leave room for the rest of it.
    private var prefix: String { "." + String(String.UnicodeScalarView(name.unicodeScalars.prefix(40))) + ".restore-" }

    /// Removes what a restore to the same place left behind when it died, and nothing of anybody else: the name alone
    /// proves nothing here, where a person's own folders are.
    private func sweep() throws {
        for entry in try parent.entries() where entry.kind == .folder {
            guard let found = String(validating: entry.name, as: UTF8.self), found.hasPrefix(prefix) else { continue }
            guard let leftover = try? parent.folder(named: found), StagedTree.isOurs(leftover, named: found),
                leftover.tryLock()
            else { continue }
            try parent.removeTree(named: found)
        }
    }

    /// Refuses at once what would fill the disk later.
    func checkSpace(for bytes: Int) throws {
        let free = try parent.freeBytes()
        guard bytes <= free else { throw SnapshotError.notEnoughSpace(path: path, needed: bytes, free: free) }
    }

    func stage() throws -> StagedTree {
        try StagedTree(in: parent, prefix: prefix)
    }

    /// Gives the folder the target's name.
    func take(_ staged: StagedTree) throws {
        do {
            try staged.commit(as: name, in: parent)
        } catch let fault as FileFault where fault.isNotEmpty || fault.isLinkOrFile {
            throw SnapshotError.targetExists(path)
        }
    }
}

/// A folder that is to be moved to its place, in one that says whose it is.
final class StagedTree {
    private static let marker = "drydock-restore"
    private static let tree = "tree"

    let folder: Folder
    private let outer: StagedFolder

    init(in parent: borrowing Folder, prefix: String) throws {
        outer = try StagedFolder(in: parent, prefix: prefix)
        try outer.folder.write(Self.mark(of: outer.name), toNewFile: Self.marker)
        try outer.folder.makeFolder(named: Self.tree, mode: 0o755)
        folder = try outer.folder.folder(named: Self.tree)
    }

    var path: String { folder.path }

    /// Names the folder, so that neither a copy of it nor one that was renamed passes for it.
    private static func mark(of name: String) -> [UInt8] { Array("made by 'drydock restore' as \(name)\n".utf8) }

    /// Whether a folder of this name was made here, and holds nothing that was not.
    static func isOurs(_ folder: borrowing Folder, named name: String) -> Bool {
        let mark = mark(of: name)
        guard let found = try? folder.openFile(named: marker).contents(limit: mark.count), found == mark,
            let entries = try? folder.entries()
        else { return false }
        return entries.allSatisfy { $0.name.elementsEqual(marker.utf8) || $0.name.elementsEqual(tree.utf8) }
    }

    /// Moves the folder to its final name, durably; the one around it goes away with this object.
    ///
    /// - Throws: ``FileFault`` with ``FileFault/isNotEmpty`` when a folder of that name holds something.
    func commit(as final: String, in parent: borrowing Folder) throws {
        try folder.synchronize()
        try outer.folder.rename(Self.tree, to: final, in: parent)
        try parent.synchronize()
    }
}
