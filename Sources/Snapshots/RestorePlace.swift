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

    /// Removes what a restore to the same place left behind when it died.
    private func sweep() throws {
        for entry in try parent.entries() where entry.kind == .folder {
            guard let found = String(validating: entry.name, as: UTF8.self), found.hasPrefix(prefix) else { continue }
            guard let leftover = try? parent.folder(named: found), leftover.tryLock() else { continue }
            try parent.removeTree(named: found)
        }
    }

    /// Refuses at once what would fill the disk later.
    func checkSpace(for bytes: Int) throws {
        let free = try parent.freeBytes()
        guard bytes <= free else { throw SnapshotError.notEnoughSpace(path: path, needed: bytes, free: free) }
    }

    func stage() throws -> StagedFolder {
        try StagedFolder(in: parent, prefix: prefix, mode: 0o755)
    }

    /// Gives the folder the target's name.
    func take(_ staged: StagedFolder) throws {
        do {
            try staged.commit(as: name)
        } catch let fault as FileFault where fault.isNotEmpty || fault.isLinkOrFile {
            throw SnapshotError.targetExists(path)
        }
    }
}
