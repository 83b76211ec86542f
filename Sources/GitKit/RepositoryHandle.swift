internal import CGit2
internal import Glibc

/// The one owner of an open `git_repository`, opened as if it were bare.
@safe
struct RepositoryHandle: ~Copyable {
    let raw: OpaquePointer

    init(gitDirectory: String) throws(GitError) {
        try GitLibrary.prepare()
        var opened: OpaquePointer?
        try GitError.check(unsafe libgit2.repository_open_bare(&opened, gitDirectory), .open)
        guard let handle = unsafe opened else { throw GitError(.open, code: -1) }
        unsafe raw = handle
    }

    deinit {
        unsafe libgit2.repository_free(raw)
    }

    /// Makes an empty repository with its working tree at `tree`, or completes one that was begun there.
    static func initialise(tree: String, branch: String) throws(GitError) {
        try GitLibrary.prepare()
        var options = unsafe git_repository_init_options()
        _ = unsafe libgit2.repository_init_options_init(&options, UInt32(GIT_REPOSITORY_INIT_OPTIONS_VERSION))
        unsafe options.flags = GIT_REPOSITORY_INIT_MKPATH.rawValue
        var made: OpaquePointer?
        let code = unsafe branch.withCString { name in
            unsafe options.initial_head = unsafe name
            return unsafe libgit2.repository_init_ext(&made, tree, &options)
        }
        unsafe libgit2.repository_free(made)
        try GitError.check(code, .initialise)
    }
}

/// The kinds of entries that a tree can hold, by git's own mode numbers.
enum TreeMode: UInt32, Sendable {
    case file = 0o100644
    case executable = 0o100755
    case link = 0o120000
    /// A commit of another repository: a submodule, which is kept and never followed.
    case submodule = 0o160000

    /// git once wrote 664 for files; any other mode has no meaning.
    init?(recorded: UInt32) {
        switch recorded {
        case 0o100664: self = .file
        default: self.init(rawValue: recorded)
        }
    }
}

/// One file, link or submodule of a tree.
struct TreeEntry: Equatable, Sendable {
    let mode: TreeMode
    let id: ObjectID
}

// Objects.
extension RepositoryHandle {
    /// The name that `bytes` have, or would have, as a file's content.
    static func name(of bytes: [UInt8]) throws(GitError) -> ObjectID {
        try GitLibrary.prepare()
        var oid = git_oid()
        let code = unsafe bytes.withUnsafeBytes {
            unsafe libgit2.odb_hash(&oid, $0.baseAddress, $0.count, GIT_OBJECT_BLOB)
        }
        try GitError.check(code, .readObject)
        return ObjectID(oid)
    }

    func writeBlob(_ bytes: [UInt8]) throws(GitError) -> ObjectID {
        var oid = git_oid()
        let code = unsafe bytes.withUnsafeBytes {
            unsafe libgit2.blob_create_from_buffer(&oid, raw, $0.baseAddress, $0.count)
        }
        try GitError.check(code, .writeObject)
        return ObjectID(oid)
    }

    func blob(_ id: ObjectID) throws(GitError) -> [UInt8] {
        var oid = id.raw
        var blob: OpaquePointer?
        try GitError.check(unsafe libgit2.blob_lookup(&blob, raw, &oid), .readObject)
        defer { unsafe libgit2.blob_free(blob) }
        let count = Int(unsafe libgit2.blob_rawsize(blob))
        guard count > 0, let start = unsafe libgit2.blob_rawcontent(blob) else { return [] }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    /// Every file of a tree by its path.
    ///
    /// - Throws: ``TreeError`` when the tree holds a name or a mode that a project cannot have.
    func entries(ofTree id: ObjectID) throws -> [[UInt8]: TreeEntry] {
        var entries: [[UInt8]: TreeEntry] = [:]
        try collect(tree: id, prefix: [], depth: 0, into: &entries)
        return entries
    }

    private func collect(
        tree id: ObjectID,
        prefix: [UInt8],
        depth: Int,
        into entries: inout [[UInt8]: TreeEntry]
    ) throws {
        guard depth <= TreeScan.depthLimit else {
            throw TreeError.tooDeep(path: TreeError.escaped(prefix), limit: TreeScan.depthLimit)
        }
        var oid = id.raw
        var tree: OpaquePointer?
        try GitError.check(unsafe libgit2.tree_lookup(&tree, raw, &oid), .readObject)
        defer { unsafe libgit2.tree_free(tree) }
        for index in 0..<(unsafe libgit2.tree_entrycount(tree)) {
            guard let entry = unsafe libgit2.tree_entry_byindex(tree, index),
                let name = unsafe libgit2.tree_entry_name(entry), let child = unsafe libgit2.tree_entry_id(entry)
            else { continue }
            let part = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            let path = prefix + part
            try TreeContent.check(name: part, path: path)
            let mode = unsafe libgit2.tree_entry_filemode_raw(entry).rawValue
            if mode == GIT_FILEMODE_TREE.rawValue {
                let below = path + [UInt8(ascii: "/")]
                try collect(tree: unsafe ObjectID(child.pointee), prefix: below, depth: depth + 1, into: &entries)
            } else if let mode = TreeMode(recorded: mode) {
                entries[path] = unsafe TreeEntry(mode: mode, id: ObjectID(child.pointee))
            } else {
                throw TreeError.unusableName(path: TreeError.escaped(path), reason: "its mode has no meaning")
            }
            guard entries.count <= TreeScan.countLimit else { throw TreeError.tooMany(limit: TreeScan.countLimit) }
        }
    }
}
