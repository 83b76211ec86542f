internal import CArchive
internal import Glibc

extension Folder {
    /// The names in this folder but `.` and `..`, in no order.
    package borrowing func entries() throws(FileFault) -> [FolderEntry] {
        let copy = try checked("open", path) { unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        guard let stream = unsafe fdopendir(copy) else {
            let fault = FileFault.current("read", path)
            close(copy)
            throw fault
        }
        defer { unsafe closedir(stream) }
        var entries: [FolderEntry] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(stream) else { break }
            let name = unsafe Self.name(of: entry)
            if name == [46] || name == [46, 46] { continue }
            entries.append(FolderEntry(name: name, kind: try unsafe kind(of: entry, name)))
        }
        guard errno == 0 else { throw .current("read", path) }
        return entries
    }

    private static func name(of entry: UnsafeMutablePointer<dirent>) -> [UInt8] {
        // The length of the name follows from its end: the record itself may be padded.
        unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
            let start = unsafe UnsafeRawPointer(name)
            let count = unsafe strnlen(start.assumingMemoryBound(to: CChar.self), Int(NAME_MAX) + 1)
            return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
        }
    }

    private borrowing func kind(
        of entry: UnsafeMutablePointer<dirent>,
        _ name: [UInt8]
    ) throws(FileFault) -> FileKind {
        switch unsafe Int(entry.pointee.d_type) {
        case Int(DT_REG): return .file
        case Int(DT_DIR): return .folder
        case Int(DT_LNK): return .link
        case Int(DT_UNKNOWN): return try kind(of: String(decoding: name, as: UTF8.self)) ?? .special
        default: return .special
        }
    }
}
