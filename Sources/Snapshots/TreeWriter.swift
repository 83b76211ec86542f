internal import ArchiveKit
internal import Core
internal import GitKit
internal import HashKit

/// Makes the files of a tree below a fresh folder; nothing that is there is ever opened or followed.
final class TreeWriter {
    private let folders: FolderStack
    private let time: Int64?
    private let namesContents: Bool
    /// Git's names of the contents of all files and links outside of the git folder, if they were asked for.
    private(set) var contents: [[UInt8]: ObjectID] = [:]

    /// - Parameters:
    ///   - root: The folder.
    ///   - time: When the files are to have changed last, in seconds since 1970; `nil` leaves that to the system.
    ///   - namesContents: Whether to compute ``contents``.
    init(_ root: consuming Folder, time: Int64? = nil, namesContents: Bool = false) {
        folders = FolderStack(root: root, makesFolders: true)
        self.time = time
        self.namesContents = namesContents
    }

    /// Makes a file that is to get `size` bytes.
    func makeFile(_ path: [UInt8], isExecutable: Bool, size: Int) throws -> NewFile {
        let mode: UInt32 = isExecutable ? 0o755 : 0o644
        let isNamed = namesContents && !path.starts(with: ExpectedEntries.git)
        return try folders.withParent(of: path) { folder, name in
            let file = try folder.createFile(named: name, mode: mode)
            try file.setMode(mode)
            return NewFile(file, blobSize: isNamed ? size : nil)
        }
    }

    /// Ends a file of which everything has been written.
    func finish(_ file: NewFile, at path: [UInt8]) throws {
        if let time { try file.setTime(time) }
        if let name = file.finishName() { contents[path] = name }
    }

    func makeLink(_ path: [UInt8], to target: [UInt8]) throws {
        try folders.withParent(of: path) { folder, name in
            try folder.makeLink(named: name, to: String(decoding: target, as: UTF8.self))
            if let time { try folder.setModificationTime(time, ofLinkNamed: name) }
        }
        guard namesContents else { return }
        let hasher = BlobHasher(size: target.count)
        hasher.update(target.span)
        contents[path] = hasher.finish()
    }

    func makeFolder(_ path: [UInt8]) throws {
        try folders.withParent(of: path) { folder, name in
            try folder.makeFolder(named: name, mode: 0o755)
        }
    }
}

/// A file that is being written; a class, so that there may be none.
final class NewFile {
    private let file: OutputFile
    private let hasher: BlobHasher?

    init(_ file: consuming OutputFile, blobSize: Int?) {
        self.file = file
        hasher = blobSize.map { BlobHasher(size: $0) }
    }

    func write(_ bytes: Span<UInt8>) throws {
        hasher?.update(bytes)
        try file.write(bytes)
    }

    fileprivate func setTime(_ seconds: Int64) throws {
        try file.setModificationTime(seconds)
    }

    fileprivate func finishName() -> ObjectID? { hasher?.finish() }
}

/// Git's name of a content that comes in pieces.
private final class BlobHasher {
    private var hasher = SHA1()

    init(size: Int) {
        hasher.update(Array("blob \(size)\0".utf8).span)
    }

    func update(_ bytes: Span<UInt8>) {
        hasher.update(bytes)
    }

    /// The name of all that came; the hasher is of no use any more.
    func finish() -> ObjectID? {
        var finished = SHA1()
        swap(&finished, &hasher)
        return ObjectID(hex: finished.finalize().hex)
    }
}
