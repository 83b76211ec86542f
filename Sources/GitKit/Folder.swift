internal import Glibc

/// An open folder, and the only way in which this module touches files.
///
/// Every call names one entry of the folder and follows no symbolic link, so that nothing which
/// changes the tree meanwhile can lead a call out of it. Paths in errors are the bytes given.
struct Folder: ~Copyable {
    /// Bytes of a name or path; not text, because the system promises no encoding.
    typealias Name = [UInt8]

    let descriptor: Int32

    private init(adopting descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Opens the folder at an absolute path; links before the last component are followed.
    init(path: String) throws(TreeError) {
        let opened = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW)
        guard opened >= 0 else { throw .last("open the folder", path.utf8) }
        descriptor = opened
    }

    deinit {
        close(descriptor)
    }

    /// Opens a folder in this one.
    func subfolder(_ name: Name) throws(TreeError) -> Folder {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW
        let opened = unsafe name.withCName { unsafe openat(descriptor, $0, flags) }
        if opened >= 0 { return Folder(adopting: opened) }
        let failure = TreeError.last("open the folder", name)
        switch try status(name)?.kind {
        case .link: throw .linkOnTheWay(path: TreeError.escaped(name))
        case .file, .special: throw .notAFile(path: TreeError.escaped(name))
        case .folder, nil: throw failure
        }
    }

    /// What the entry is, or `nil` when there is none.
    func status(_ name: Name) throws(TreeError) -> FileStatus? {
        var info = stat()
        let result = unsafe name.withCName { unsafe fstatat(descriptor, $0, &info, AT_SYMLINK_NOFOLLOW) }
        if result == 0 { return FileStatus(info) }
        guard errno == ENOENT || errno == ENOTDIR else { throw .last("examine", name) }
        return nil
    }

    /// The names in the folder, in the order of their bytes.
    func names() throws(TreeError) -> [Name] {
        let again = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard again >= 0 else { throw .last("list", ".".utf8) }
        guard let stream = unsafe fdopendir(again) else {
            close(again)
            throw .last("list", ".".utf8)
        }
        defer { unsafe closedir(stream) }
        var names: [Name] = []
        errno = 0
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe Name(bytes.prefix { $0 != 0 })
            }
            if name != [46] && name != [46, 46] { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw .last("list", ".".utf8) }
        return names.sorted { $0.lexicographicallyPrecedes($1) }
    }

    /// Makes a folder unless there is one, and opens it.
    func madeSubfolder(_ name: Name) throws(TreeError) -> Folder {
        let result = unsafe name.withCName { unsafe mkdirat(descriptor, $0, 0o755) }
        guard result == 0 || errno == EEXIST else { throw .last("make the folder", name) }
        return try subfolder(name)
    }
}

extension Folder {
    /// The whole content of a regular file and its status at that time.
    ///
    /// - Throws: ``TreeError/notAFile(path:)`` for anything else, ``TreeError/tooLarge(path:bytes:limit:)``.
    func content(of name: Name, limit: Int) throws(TreeError) -> (bytes: [UInt8], status: FileStatus) {
        let flags = O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY
        let file = unsafe name.withCName { unsafe openat(descriptor, $0, flags) }
        guard file >= 0 else {
            // A link gives ELOOP, a socket ENXIO.
            if errno == ELOOP || errno == ENXIO { throw .notAFile(path: TreeError.escaped(name)) }
            throw .last("open", name)
        }
        defer { close(file) }
        var info = stat()
        guard unsafe fstat(file, &info) == 0 else { throw .last("examine", name) }
        let status = FileStatus(info)
        guard status.kind == .file else { throw .notAFile(path: TreeError.escaped(name)) }
        guard status.size <= limit else {
            throw .tooLarge(path: TreeError.escaped(name), bytes: status.size, limit: limit)
        }
        return (try Self.read(file, size: status.size, name: name, limit: limit), status)
    }

    /// Reads to the end, which may lie behind `size` when the file grows meanwhile.
    private static func read(_ file: Int32, size: Int, name: Name, limit: Int) throws(TreeError) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = size + 1
        while true {
            var failed = false
            let piece = unsafe [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                var result: Int
                repeat {
                    result = unsafe Glibc.read(file, buffer.baseAddress, room)
                } while result < 0 && errno == EINTR
                failed = result < 0
                count = max(0, result)
            }
            guard !failed else { throw .last("read", name) }
            if piece.isEmpty { return bytes }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            guard bytes.count <= limit else {
                throw .tooLarge(path: TreeError.escaped(name), bytes: bytes.count, limit: limit)
            }
            room = max(4_096, size + 1 - bytes.count)
        }
    }

    /// The target of a symbolic link.
    func target(of name: Name) throws(TreeError) -> [UInt8] {
        var length = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            length = unsafe name.withCName { pointer in
                guard let start = buffer.baseAddress else { return -1 }
                return unsafe start.withMemoryRebound(to: CChar.self, capacity: Int(PATH_MAX)) {
                    unsafe readlinkat(descriptor, pointer, $0, Int(PATH_MAX))
                }
            }
            count = max(0, length)
        }
        guard length >= 0 else { throw .last("read the link", name) }
        return bytes
    }
}

extension [UInt8] {
    /// Lends the bytes with a NUL behind them.
    func withCName<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        unsafe (self + [0]).withUnsafeBytes { bytes in
            unsafe bytes.withMemoryRebound(to: CChar.self) { text in
                guard let start = text.baseAddress else { preconditionFailure("an array with a NUL is not empty") }
                return unsafe body(start)
            }
        }
    }
}
