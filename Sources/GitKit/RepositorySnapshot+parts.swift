internal import CGit2
internal import Core

extension RepositorySnapshot {
    /// One file of the repository that is to be kept, or a folder that must be there.
    package enum Part: Sendable, Equatable {
        case contents([UInt8])
        /// A copy of the file at this path below that folder.
        case copy(folder: String, path: [UInt8])
        case folder
    }

    /// The settings of a kept repository: those that git cannot do without.
    package static let config = """
        [core]
        \trepositoryformatversion = 0
        \tfilemode = true
        \tbare = false
        \tlogallrefupdates = true

        """

    /// Files are kept byte for byte: no git program may convert them on the way.
    package static let attributes = "* -text !eol -ident -filter -working-tree-encoding\n"

    /// Everything that makes up the kept repository, by the paths below its git folder, in order.
    ///
    /// Every object that is kept is read and compared with its name.
    ///
    /// - Parameter scratch: An empty folder for files that have to be made, among which parts may lie. Without one the
    ///   repository must have what is kept in files already, and the index is no part.
    /// - Returns: The parts.
    /// - Throws: ``GitError``, also when an object is missing or damaged.
    package func parts(scratch: String?) throws -> [(path: [UInt8], part: Part)] {
        var parts: [(path: [UInt8], part: Part)] = [
            (Array("config".utf8), .contents(Array(Self.config.utf8))),
            (Array("HEAD".utf8), .contents(Array((headText + "\n").utf8))),
            (Array("info/attributes".utf8), .contents(Array(Self.attributes.utf8))),
            (Array("objects".utf8), .folder),
            (Array("refs".utf8), .folder),
        ]
        if !references.isEmpty {
            let text = references.map { "\($0.target) \($0.name)\n" }.joined()
            parts.append((Array("packed-refs".utf8), .contents(Array(text.utf8))))
        }
        let reachable = try Reachable(from: self)
        if !reachable.shallow.isEmpty {
            let text = reachable.shallow.sorted().map { "\($0)\n" }.joined()
            parts.append((Array("shallow".utf8), .contents(Array(text.utf8))))
        }
        if let head, let scratch {
            parts.append((Array("index".utf8), .contents(try index(of: head, scratch: scratch))))
        }
        parts += try objects(reachable.objects, scratch: scratch)
        return parts.sorted { $0.path.lexicographicallyPrecedes($1.path) }
    }

    /// An index that holds the commit's files and says nothing of how they look on a disk.
    private func index(of commit: CommitID, scratch: String) throws -> [UInt8] {
        var tree: OpaquePointer?
        var oid = try handle.record(of: commit).tree.raw
        try GitError.check(unsafe libgit2.tree_lookup(&tree, handle.raw, &oid), .readObject)
        defer { unsafe libgit2.tree_free(tree) }
        var index: OpaquePointer?
        try GitError.check(unsafe libgit2.index_open(&index, scratch + "/index"), .readIndex)
        defer { unsafe libgit2.index_free(index) }
        try GitError.check(unsafe libgit2.index_read_tree(index, tree), .readIndex)
        try GitError.check(unsafe libgit2.index_write(index), .writeIndex)
        return try Folder(path: scratch).content(of: Array("index".utf8), limit: 1 << 30).bytes
    }
}

// Objects.
extension RepositorySnapshot {
    /// Where each reachable object is taken from: its own file, a pack that holds nothing else, or a pack made for
    /// the rest.
    private func objects(_ reachable: Set<ObjectID>, scratch: String?) throws -> [(path: [UInt8], part: Part)] {
        let objects = gitDirectory + "/objects"
        let folder = try Folder(path: objects)
        var rest = reachable
        var parts: [(path: [UInt8], part: Part)] = []
        for path in try Self.loose(in: folder) {
            guard let id = ObjectID(hex: String(decoding: path, as: UTF8.self).filter { $0 != "/" }) else { continue }
            guard rest.remove(id) != nil else { continue }
            parts.append((Array("objects/".utf8) + path, .copy(folder: objects, path: path)))
        }
        let names = rest.isEmpty ? [] : try Self.packs(in: folder)
        for name in names where !rest.isEmpty {
            let held = try Self.ids(inPack: name, folder)
            guard !held.isEmpty, held.isSubset(of: reachable), !held.isDisjoint(with: rest) else { continue }
            rest.subtract(held)
            parts += Self.files(ofPack: name, in: objects, below: "pack/")
        }
        if !rest.isEmpty {
            guard let scratch else {
                throw GitError(.readObject, code: -1, message: "\(rest.count) objects lie in no file of their own")
            }
            try pack(rest.sorted(), into: scratch)
            for name in try Self.packNames(in: Folder(path: scratch)) {
                parts += Self.files(ofPack: name, in: scratch, below: "")
            }
        }
        return parts
    }

    private static func files(ofPack name: [UInt8], in folder: String, below: String)
        -> [(path: [UInt8], part: Part)]
    {
        [".idx", ".pack"].map { suffix in
            let file = name + Array(suffix.utf8)
            return (Array("objects/pack/".utf8) + file, .copy(folder: folder, path: Array(below.utf8) + file))
        }
    }

    /// The paths of all objects that have a file of their own.
    private static func loose(in objects: borrowing Folder) throws -> [[UInt8]] {
        let digits = Set("0123456789abcdef".utf8)
        var paths: [[UInt8]] = []
        for prefix in try objects.names() where prefix.count == 2 && prefix.allSatisfy(digits.contains) {
            let start = prefix + [UInt8(ascii: "/")]
            for name in try objects.subfolder(prefix).names() where name.count == 38 { paths.append(start + name) }
        }
        return paths
    }

    private static func packs(in objects: borrowing Folder) throws -> [[UInt8]] {
        let name = Array("pack".utf8)
        guard try objects.status(name) != nil else { return [] }
        return try packNames(in: try objects.subfolder(name))
    }

    /// The names of whole packs, without suffix.
    private static func packNames(in folder: borrowing Folder) throws -> [[UInt8]] {
        let names = Set(try folder.names())
        let suffix = Array(".pack".utf8)
        return names.filter { $0.suffix(5).elementsEqual(suffix) && $0.starts(with: "pack-".utf8) }
            .map { Array($0.dropLast(5)) }
            .filter { names.contains($0 + Array(".idx".utf8)) }
            .sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// The objects that a pack's index lists; none when it is of a version that this program does not know.
    private static func ids(inPack name: [UInt8], _ objects: borrowing Folder) throws -> Set<ObjectID> {
        let packs = try objects.subfolder(Array("pack".utf8))
        let bytes = try packs.content(of: name + Array(".idx".utf8), limit: 1 << 30).bytes
        let start = 8 + 256 * 4
        guard bytes.count >= start, bytes.starts(with: [0xFF, 0x74, 0x4F, 0x63, 0, 0, 0, 2]) else { return [] }
        let count = bytes[(start - 4)..<start].reduce(0) { $0 << 8 | Int($1) }
        guard bytes.count >= start + count * 20 else { return [] }
        return Set((0..<count).compactMap { ObjectID(bytes: bytes[(start + $0 * 20)..<(start + $0 * 20 + 20)]) })
    }

    /// Writes a pack of these objects; the same objects in the same order give the same pack.
    private func pack(_ ids: [ObjectID], into folder: String) throws {
        var builder: OpaquePointer?
        try GitError.check(unsafe libgit2.packbuilder_new(&builder, handle.raw), .writeObject)
        defer { unsafe libgit2.packbuilder_free(builder) }
        _ = unsafe libgit2.packbuilder_set_threads(builder, 1)
        for id in ids {
            var oid = id.raw
            try GitError.check(unsafe libgit2.packbuilder_insert(builder, &oid, nil), .readObject)
        }
        try GitError.check(unsafe libgit2.packbuilder_write(builder, folder, 0o644, nil, nil), .writeObject)
    }
}
