internal import ArchiveKit
internal import Core
internal import HashKit

/// Takes the files of a tree one by one, in order, and lists what it took.
///
/// The one who walks the tree does not care whether they are archived, copied or only hashed.
protocol ContentSink: AnyObject {
    /// Takes a file; `hash` must see every byte of it.
    func take(_ file: borrowing InputFile, at path: [UInt8], hash: (Span<UInt8>) -> Void) throws
    func take(_ contents: [UInt8], at path: [UInt8]) throws
    func take(linkTo target: [UInt8], at path: [UInt8]) throws
    func take(folderAt path: [UInt8]) throws
}

/// Reads the listed items of a tree and hands them to a sink; each file is read once.
struct TreeReader {
    private let folders: FolderStack

    init(_ root: consuming Folder) {
        self.init(FolderStack(root: root))
    }

    init(_ folders: FolderStack) {
        self.folders = folders
    }

    /// Takes one file, which goes by another path in the snapshot.
    func readFile(_ source: [UInt8], as path: [UInt8], into sink: some ContentSink) throws -> ManifestEntry {
        try folders.withParent(of: source) { folder, name in
            try Self.file(named: name, in: folder, path: path, sink)
        }
    }

    /// Takes all items, and returns what the manifest says of them.
    func read(_ items: some Sequence<TreeListing.Item>, into sink: some ContentSink) throws -> [ManifestEntry] {
        try items.map { item in
            try folders.withParent(of: item.path) { folder, name in
                try Task.checkCancellation()
                return item.isLink
                    ? try Self.link(named: name, in: folder, path: item.path, sink)
                    : try Self.file(named: name, in: folder, path: item.path, sink)
            }
        }
    }

    private static func file(
        named name: String,
        in folder: borrowing Folder,
        path: [UInt8],
        _ sink: some ContentSink
    ) throws -> ManifestEntry {
        let file = try folder.openFile(named: name)
        let hasher = SharedHasher()
        try sink.take(file, at: path) { hasher.update($0) }
        return ManifestEntry(
            path: path,
            mode: file.isExecutable ? .executable : .file,
            size: file.size,
            content: hasher.finish()
        )
    }

    private static func link(
        named name: String,
        in folder: borrowing Folder,
        path: [UInt8],
        _ sink: some ContentSink
    ) throws -> ManifestEntry {
        let target = try folder.target(ofLinkNamed: name)
        if let reason = LinkTarget.problem(target, linkedFrom: path) {
            throw SnapshotError.cannotHold(path: String(decoding: path, as: UTF8.self), reason: reason)
        }
        try sink.take(linkTo: target, at: path)
        return ManifestEntry(path: path, mode: .link, size: target.count, content: .sha256(of: target))
    }
}

/// Hashes and keeps nothing.
final class HashSink: ContentSink {
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    func take(_ file: borrowing InputFile, at path: [UInt8], hash: (Span<UInt8>) -> Void) throws {
        try forEachPiece(of: file, hash)
    }

    /// Reads a file to the size that it had when it was opened, piece by piece.
    func forEachPiece(of file: borrowing InputFile, _ body: (Span<UInt8>) throws -> Void) throws {
        var pieces: [UInt8] = []
        swap(&pieces, &buffer)
        defer { swap(&pieces, &buffer) }
        var rest = file.size
        while rest > 0 {
            let count = min(try file.read(into: &pieces), rest)
            guard count > 0 else { throw SnapshotError.changed(path: file.path) }
            try body(pieces.span.extracting(0..<count))
            rest -= count
        }
    }

    func take(_ contents: [UInt8], at path: [UInt8]) {}
    func take(linkTo target: [UInt8], at path: [UInt8]) {}
    func take(folderAt path: [UInt8]) {}
}

/// Puts everything into an archive, below one folder.
final class ArchiveSink: ContentSink {
    private let writer: ArchiveWriter
    private let prefix: [UInt8]

    init(_ writer: ArchiveWriter, prefix: [UInt8]) {
        self.writer = writer
        self.prefix = prefix
    }

    func take(_ file: borrowing InputFile, at path: [UInt8], hash: (Span<UInt8>) -> Void) throws {
        try writer.add(file, at: prefix + path, observer: hash)
    }

    func take(_ contents: [UInt8], at path: [UInt8]) throws {
        try writer.add(contents, at: prefix + path)
    }

    func take(linkTo target: [UInt8], at path: [UInt8]) throws {
        try writer.add(linkTo: target, at: prefix + path)
    }

    func take(folderAt path: [UInt8]) throws {
        try writer.add(folderAt: prefix + path)
    }
}

/// A hash that a closure may add to.
final class SharedHasher {
    private var hasher = SHA256()

    func update(_ bytes: Span<UInt8>) {
        hasher.update(bytes)
    }

    func update(_ bytes: [UInt8]) {
        hasher.update(bytes)
    }

    /// The hash of all that came; the next update begins a new one.
    func finish() -> Digest {
        var finished = SHA256()
        swap(&finished, &hasher)
        return finished.finalize()
    }
}
