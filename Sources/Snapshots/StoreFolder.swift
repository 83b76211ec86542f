internal import ArchiveKit
internal import Core

/// The folder that holds the snapshots, one folder each, named by the snapshot.
///
/// A snapshot's folder is filled under a name of its own and then renamed, so that it is there whole or not at all.
/// Its maker holds a lock on it until then; what nobody holds is what a process left behind that died.
final class StoreFolder {
    static let unfinished = ".new-"
    static let unwanted = ".gone-"

    let folder: Folder

    /// Opens the store, and makes it when there is none.
    init(_ path: String) throws {
        folder = try Folder(makingPath: path, mode: 0o700)
    }

    /// The names of the snapshots, sorted; other names in the folder are not looked at.
    func names() throws -> [String] {
        try folder.entries().filter { $0.kind == .folder }
            .compactMap { String(validating: $0.name, as: UTF8.self) }
            .filter(SnapshotID.isValid)
            .sorted()
    }

    /// Removes what dead processes left behind.
    func sweep() throws {
        for entry in try folder.entries() where entry.kind == .folder {
            guard let name = String(validating: entry.name, as: UTF8.self) else { continue }
            guard name.hasPrefix(Self.unfinished) || name.hasPrefix(Self.unwanted) else { continue }
            guard let leftover = try? folder.folder(named: name), leftover.tryLock() else { continue }
            try folder.removeTree(named: name)
        }
    }

    /// Whether some process is making a snapshot; only right after ``sweep()``.
    func hasUnfinished() throws -> Bool {
        try folder.entries().contains { $0.name.starts(with: Self.unfinished.utf8) }
    }

    /// Makes a locked folder for a snapshot that is to come.
    func stage() throws -> StagedFolder {
        try StagedFolder(in: folder, prefix: Self.unfinished)
    }

    /// Takes a snapshot out of the store at once, and then off the disk.
    func remove(_ name: String) throws {
        let gone = Self.unwanted + name + "-" + StagedFolder.randomName()
        try folder.rename(name, to: gone, in: folder)
        try folder.synchronize()
        try folder.removeTree(named: gone)
    }
}

/// The form of a snapshot's name.
enum SnapshotID {
    static func isValid(_ name: String) -> Bool {
        let digits = Set("0123456789abcdef-".utf8)
        return name.utf8.count >= 16 && name.utf8.count <= 40 && name.utf8.allSatisfy(digits.contains)
            && !name.utf8.prefix(16).contains(UInt8(ascii: "-"))
    }

    static func base(tree: Digest, head: String?) -> String {
        String(tree.hex.prefix(16)) + (head.map { "-" + $0.prefix(8) } ?? "")
    }
}

/// A folder with a name that nobody else has, which goes away unless it is renamed to its final name.
final class StagedFolder {
    let folder: Folder
    let name: String
    private let parent: Folder
    private var isKept = false

    /// Makes the folder in `parent` and locks it.
    init(in parent: borrowing Folder, prefix: String) throws {
        self.parent = try parent.duplicate()
        while true {
            let name = prefix + Self.randomName()
            try parent.makeFolder(named: name, mode: 0o700)
            // Between the two calls a sweep may have taken the folder for a leftover.
            guard let folder = try? parent.folder(named: name), folder.tryLock(), folder.stands(at: name, in: parent)
            else { continue }
            self.folder = folder
            self.name = name
            return
        }
    }

    deinit {
        if !isKept { try? parent.removeTree(named: name) }
    }

    var path: String { folder.path }

    /// Gives the folder its final name, durably.
    ///
    /// - Throws: ``FileFault`` with ``FileFault/isNotEmpty`` when a folder of that name holds something.
    func commit(as final: String) throws {
        try folder.synchronize()
        try parent.rename(name, to: final, in: parent)
        isKept = true
        try parent.synchronize()
    }

    /// Removes the folder now, so that the caller learns of a failure.
    func discard() throws {
        isKept = true
        try parent.removeTree(named: name)
    }

    static func randomName() -> String {
        var generator = SystemRandomNumberGenerator()
        return String(generator.next(), radix: 36)
    }
}
