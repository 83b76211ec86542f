internal import Core
internal import FoundationEssentials
internal import ProcessKit
internal import Synchronization

/// A command's /etc: a folder of copies below Drydock's cache, made once for each state of the machine.
///
/// A mount is the dearest thing that bubblewrap does, and a copied file costs a quarter of one. So what all commands
/// see alike is laid out once and mounted whole, read-only. What is different for each home is a link out of it.
package struct SystemFiles: Sendable {
    /// The prepared folder.
    package let folder: String
    /// The folders that were too large for a copy and are mounted on empty ones: where they are, and where they belong.
    package let mounted: [(real: String, path: String)]
    /// The folders of /etc that can be seen whole.
    package let folders: [String]

    /// How long a folder is taken as it is before the machine is looked at again.
    private static let trusted = Duration.seconds(60)
    /// Folders that nobody has asked for in this time are removed.
    private static let kept = 7 * 24 * 3_600 * 1_000_000_000

    private struct Known {
        let files: SystemFiles
        let looked: ContinuousClock.Instant
    }

    private static let known = Mutex<[String: Known]>([:])

    /// The files for commands with or without a network, from memory if the machine was looked at a moment ago.
    static func shared(cache: String, network: Bool) throws -> SystemFiles {
        let key = "\(network) \(cache)"
        let now = ContinuousClock.now
        if let last = known.withLock({ $0[key] }), now - last.looked < trusted,
            FileKind.of(last.files.folder) == .folder
        {
            return last.files
        }
        let files = try prepare(cache: cache, list: SystemFileList(network: network))
        known.withLock { $0[key] = Known(files: files, looked: now) }
        return files
    }

    /// Lays the files out, unless that was done before.
    ///
    /// The folder's name is the hash of what is in it and of the boot, since a copy may be incomplete after a loss of
    /// power. It gets that name when it is complete: a process that is killed leaves no part under it, and of two that make
    /// the same folder side by side the second takes the first one's.
    ///
    /// - Parameters:
    ///   - cache: Drydock's cache folder, which no command can see.
    ///   - list: What belongs into the folder.
    /// - Returns: The folder, which exists.
    /// - Throws: ``ToolchainError/cacheUnwritable(path:message:)``
    package static func prepare(cache: String, list: SystemFileList) throws -> SystemFiles {
        let parent = cache + "/etc"
        let files = SystemFiles(folder: parent + "/" + list.key, mounted: list.mounted, folders: list.folders)
        do {
            try ToolchainCache(folder: cache).makeFolder(parent)
            if FileKind.of(files.folder) != .folder {
                removeUnused(in: parent)
                try make(files.folder, in: parent, list)
            }
            try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: files.folder)
        } catch let error as ToolchainError {
            throw error
        } catch {
            throw ToolchainError.cacheUnwritable(path: files.folder, message: ToolchainCache.reason(of: error))
        }
        return files
    }

    private static func make(_ folder: String, in parent: String, _ list: SystemFileList) throws {
        let fresh = parent + "/.new-\(UInt64.random(in: 0 ... .max))"
        defer { try? FileManager.default.removeItem(atPath: fresh) }
        try FileManager.default.createDirectory(atPath: fresh, withIntermediateDirectories: false)
        for (name, entry) in list.entries {
            try entry.lay(at: fresh + "/" + name)
        }
        do {
            try FileManager.default.moveItem(atPath: fresh, toPath: folder)
        } catch  where FileKind.of(folder) == .folder {
            // Somebody was faster.
        }
    }

    /// Every process that uses a folder touches it, and does so again before each command after a minute.
    private static func removeUnused(in parent: String) {
        let now = Int(Date().timeIntervalSince1970 * 1_000_000_000)
        for name in FolderListing.names(parent) {
            let path = parent + "/" + name
            guard let stamp = FileStamp(of: path, followingLink: false), now - stamp.modified > kept else { continue }
            try? FileManager.default.removeItem(atPath: path)
        }
    }
}

extension SystemFileList.Entry {
    /// Makes the file, the folder or the link; readable by all inside, writable by nobody.
    fileprivate func lay(at path: String) throws {
        let files = FileManager.default
        switch self {
        case .folder, .mountPoint:
            try files.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o755]
            )
        case .link(let target): try files.createSymbolicLink(atPath: path, withDestinationPath: target)
        case .text(let bytes): try write(bytes, to: path, mode: 0o444)
        case .copy(let original, let stamp):
            // Gone, or for others than us: it could not be read where it is either.
            guard let bytes = SmallFile.bytes(original, limit: SystemFileList.byteLimit) else { return }
            try write(bytes, to: path, mode: stamp.mode & 0o111 == 0 ? 0o444 : 0o555)
        }
    }

    private func write(_ bytes: [UInt8], to path: String, mode: Int) throws {
        try Data(bytes).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }
}
