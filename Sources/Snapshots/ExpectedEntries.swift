internal import ArchiveKit
internal import Core
internal import HashKit

/// What is wrong with one entry of a snapshot.
struct EntryProblem: Error {
    let path: String
    let problem: String
}

/// Takes in the entries of a snapshot and holds each against the manifests, in their order.
///
/// The order makes it simple: an entry that is not the next one of the manifest is foreign, a repetition or out of
/// place, and one that is still expected at the end is missing.
struct ExpectedEntries {
    /// The folder in the archive that holds the tree.
    static let top = Array("project/".utf8)
    static let git = Array(".git/".utf8)

    private let entries: [ManifestEntry]
    private var next = 0

    /// - Parameters:
    ///   - tree: What the tree must hold.
    ///   - history: What its repository must hold, if it has one.
    init(tree: Manifest, history: Manifest?) {
        let repository = (history?.entries ?? []).map { entry in
            ManifestEntry(path: Self.git + entry.path, mode: entry.mode, size: entry.size, content: entry.content)
        }
        entries = tree.entries + repository
    }

    /// Takes the next entry; its contents go to `writer`, if there is one, while they are being checked.
    mutating func take(_ found: ArchiveEntry, from reader: ArchiveReader, into writer: TreeWriter?) throws {
        let expected = try match(found)
        try Self.checkKind(found, expected)
        switch found.kind {
        case .folder:
            try writer?.makeFolder(expected.path)
        case .link(let target):
            try Self.check(linkTo: target, expected)
            try writer?.makeLink(expected.path, to: target)
        default:
            let check = try ContentCheck(expected, into: writer)
            try reader.readContents { try check.take($0) }
            try check.finish()
        }
    }

    /// Checks that nothing is missing.
    func finish() throws {
        guard next == entries.count else { throw EntryProblem(path: entries[next].name, problem: "is missing") }
    }

    private mutating func match(_ found: ArchiveEntry) throws -> ManifestEntry {
        var path = found.path[...]
        if case .folder = found.kind, path.last == UInt8(ascii: "/") { path.removeLast() }
        let isBelowTop = path.starts(with: Self.top)
        if isBelowTop { path = path.dropFirst(Self.top.count) }
        let name = String(decoding: found.path, as: UTF8.self).printable
        guard isBelowTop, next < entries.count, path.elementsEqual(entries[next].path) else {
            let isKnown = entries[..<next].contains { isBelowTop && path.elementsEqual($0.path) }
            throw EntryProblem(path: name, problem: isKnown ? "is there twice" : "does not belong to the snapshot")
        }
        next += 1
        return entries[next - 1]
    }

    private static func checkKind(_ found: ArchiveEntry, _ expected: ManifestEntry) throws {
        let mode: UInt32
        switch (found.kind, expected.mode) {
        case (.file, .file): mode = 0o644
        case (.file, .executable): mode = 0o755
        case (.folder, .folder): mode = 0o755
        case (.link, .link): mode = 0o777
        case (.hardLink, _): throw EntryProblem(path: expected.name, problem: "is a hard link")
        case (.special, _): throw EntryProblem(path: expected.name, problem: "is a device, a FIFO or the like")
        default: throw EntryProblem(path: expected.name, problem: "is of another kind than listed")
        }
        guard found.mode == mode else {
            throw EntryProblem(path: expected.name, problem: "has the mode \(String(found.mode, radix: 8))")
        }
        if case .file = found.kind, found.size != expected.size {
            throw EntryProblem(path: expected.name, problem: "has \(found.size) bytes instead of \(expected.size)")
        }
    }

    /// Checks a link's target: as listed, and nowhere outside.
    static func check(linkTo target: [UInt8], _ expected: ManifestEntry) throws {
        if let reason = LinkTarget.problem(target, linkedFrom: expected.path) {
            throw EntryProblem(path: expected.name, problem: "cannot be given back: \(reason)")
        }
        guard target.count == expected.size, Digest.sha256(of: target) == expected.content else {
            throw EntryProblem(path: expected.name, problem: "is a link to another place than listed")
        }
    }
}

/// Takes in the contents of one file: hashed, written, and refused as soon as they are more than listed.
final class ContentCheck {
    private let expected: ManifestEntry
    private let writer: TreeWriter?
    private let file: NewFile?
    private let hasher = SharedHasher()
    private var size = 0

    /// The contents go to a new file of `writer`, if there is one.
    init(_ expected: ManifestEntry, into writer: TreeWriter?) throws {
        self.expected = expected
        self.writer = writer
        let isExecutable = expected.mode == .executable
        file = try writer?.makeFile(expected.path, isExecutable: isExecutable, size: expected.size)
    }

    func take(_ piece: Span<UInt8>) throws {
        size += piece.count
        guard size <= expected.size else {
            throw EntryProblem(path: expected.name, problem: "has more than \(expected.size) bytes")
        }
        hasher.update(piece)
        try file?.write(piece)
    }

    /// Checks that all of it has come.
    func finish() throws {
        guard size == expected.size, hasher.finish() == expected.content else {
            throw EntryProblem(path: expected.name, problem: "has other contents than listed")
        }
        if let file { try writer?.finish(file, at: expected.path) }
    }
}
