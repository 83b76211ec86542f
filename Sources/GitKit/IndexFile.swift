internal import CGit2
internal import Glibc

/// One entry of the index: a path, its content's name, and how the file looked when that was taken.
struct IndexEntry: Equatable {
    let path: [UInt8]
    let tree: TreeEntry
    let stamp: FileStatus.Stamp
}

/// The one owner of an index file that is read, changed and written as a whole.
///
/// It is opened apart from its repository: bound to one, libgit2 would look at files of the tree
/// whenever it writes the index, and could be held up by a pipe there.
@safe
struct IndexFile: ~Copyable {
    private let raw: OpaquePointer
    /// When the file was last written; an entry that is not older has to be compared by content.
    private let written: FileStatus.Moment

    init(path: String) throws(GitError) {
        try GitLibrary.prepare()
        var info = stat()
        let moment = unsafe lstat(path, &info) == 0 ? FileStatus.Moment(info.st_mtim) : FileStatus.Moment()
        var opened: OpaquePointer?
        try GitError.check(unsafe libgit2.index_open(&opened, path), .readIndex)
        guard let handle = unsafe opened else { throw GitError(.readIndex, code: -1) }
        unsafe raw = handle
        written = moment
    }

    deinit {
        unsafe libgit2.index_free(raw)
    }

    /// The entries by path; those in conflict, which are never written here, are left out.
    func entries() -> [[UInt8]: IndexEntry] {
        var entries: [[UInt8]: IndexEntry] = [:]
        for place in 0..<(unsafe libgit2.index_entrycount(raw)) {
            guard let entry = unsafe libgit2.index_get_byindex(raw, place), let name = unsafe entry.pointee.path,
                unsafe libgit2.index_entry_stage(entry) == 0, let mode = TreeMode(recorded: unsafe entry.pointee.mode)
            else { continue }
            let path = unsafe Array(UnsafeRawBufferPointer(start: name, count: strlen(name)))
            let tree = unsafe TreeEntry(mode: mode, id: ObjectID(entry.pointee.id))
            entries[path] = unsafe IndexEntry(path: path, tree: tree, stamp: FileStatus.Stamp(entry.pointee))
        }
        return entries
    }

    /// Whether `status` shows for certain that the file still has the entry's content.
    func vouches(for entry: IndexEntry, having status: FileStatus) -> Bool {
        entry.stamp.matches(status.stamp) && entry.stamp.modified < written
    }

    /// Makes the index hold exactly `desired`, and says whether anything had to be changed.
    func replace(_ current: [[UInt8]: IndexEntry], with desired: [[UInt8]: IndexEntry]) throws(GitError) -> Bool {
        var hasChanged = false
        for path in current.keys where desired[path] == nil {
            try GitError.check(unsafe path.withCName { unsafe libgit2.index_remove(raw, $0, 0) }, .writeIndex)
            hasChanged = true
        }
        for (path, entry) in desired where current[path] != entry {
            try add(entry)
            hasChanged = true
        }
        return hasChanged
    }

    private func add(_ entry: IndexEntry) throws(GitError) {
        var source = unsafe git_index_entry()
        unsafe source.mode = entry.tree.mode.rawValue
        unsafe source.id = entry.tree.id.raw
        unsafe source.ctime = git_index_time(entry.stamp.changed)
        unsafe source.mtime = git_index_time(entry.stamp.modified)
        unsafe source.dev = entry.stamp.device
        unsafe source.ino = entry.stamp.node
        unsafe source.uid = entry.stamp.user
        unsafe source.gid = entry.stamp.group
        unsafe source.file_size = entry.stamp.size
        let code = unsafe entry.path.withCName { name in
            unsafe source.path = unsafe name
            return unsafe libgit2.index_add(raw, &source)
        }
        try GitError.check(code, .writeIndex)
    }

    /// Writes the tree objects for what the index holds.
    func writeTree(to repository: borrowing RepositoryHandle) throws(GitError) -> ObjectID {
        var oid = git_oid()
        try GitError.check(unsafe libgit2.index_write_tree_to(&oid, raw, repository.raw), .writeObject)
        return ObjectID(oid)
    }

    func write() throws(GitError) {
        try GitError.check(unsafe libgit2.index_write(raw), .writeIndex)
    }
}

extension FileStatus.Stamp {
    fileprivate init(_ entry: git_index_entry) {
        changed = unsafe FileStatus.Moment(seconds: entry.ctime.seconds, nanoseconds: entry.ctime.nanoseconds)
        modified = unsafe FileStatus.Moment(seconds: entry.mtime.seconds, nanoseconds: entry.mtime.nanoseconds)
        device = unsafe entry.dev
        node = unsafe entry.ino
        user = unsafe entry.uid
        group = unsafe entry.gid
        size = unsafe entry.file_size
    }
}

extension git_index_time {
    fileprivate init(_ moment: FileStatus.Moment) {
        self.init(seconds: moment.seconds, nanoseconds: moment.nanoseconds)
    }
}
