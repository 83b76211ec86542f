internal import CArchive
internal import Glibc

/// What a name in a folder stands for.
package enum FileKind: Sendable, Equatable {
    case file
    case folder
    case link
    /// A FIFO, a socket, a device.
    case special
}

/// One name in a folder.
package struct FolderEntry: Sendable {
    /// The name's bytes, which need not be UTF-8.
    package let name: [UInt8]
    package let kind: FileKind
}

/// An open folder: what is below it is reached by name from here, so that no link on the way is followed.
@safe
package struct Folder: ~Copyable {
    let descriptor: Int32
    /// Where the folder was when it was opened, for messages.
    package let path: String

    private init(adopting descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens the folder at `path`; links in `path` itself are followed.
    package init(opening path: String) throws(FileFault) {
        let flags = O_RDONLY | O_DIRECTORY | O_CLOEXEC
        descriptor = try checked("open", path) { unsafe open(path, flags) }
        self.path = path
    }

    /// Opens the folder at `path`, and makes it and every folder above it that is missing.
    package init(makingPath path: String, mode: UInt32) throws(FileFault) {
        do {
            try self.init(opening: path)
        } catch  where error.isMissing {
            var made = path.hasPrefix("/") ? "" : "."
            for part in path.split(separator: "/") {
                made += "/" + part
                let here = made
                if unsafe mkdir(here, mode) == -1, errno != EEXIST { throw .current("create", here) }
            }
            try self.init(opening: path)
        }
    }

    deinit {
        close(descriptor)
    }

    /// A second handle on the same folder.
    package borrowing func duplicate() throws(FileFault) -> Folder {
        let copy = try checked("open", path) { fcntl(descriptor, F_DUPFD_CLOEXEC, 0) }
        return Folder(adopting: copy, path: path)
    }

    /// Opens a folder in this one.
    ///
    /// - Throws: ``FileFault`` with ``FileFault/isLinkOrFile`` when the name is a link or a file.
    package borrowing func folder(named name: String) throws(FileFault) -> Folder {
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
        let opened = try checked("open", place(of: name)) { unsafe openat(descriptor, name, flags) }
        return Folder(adopting: opened, path: place(of: name))
    }

    /// Makes a folder in this one; the mode is subject to the process's mask.
    package borrowing func makeFolder(named name: String, mode: UInt32 = 0o777) throws(FileFault) {
        _ = try checked("create", place(of: name)) { unsafe mkdirat(descriptor, name, mode) }
    }

    /// Makes a symbolic link in this folder.
    package borrowing func makeLink(named name: String, to target: String) throws(FileFault) {
        _ = try checked("create", place(of: name)) { unsafe symlinkat(target, descriptor, name) }
    }

    /// Says when the link of this name was made, in seconds since 1970.
    package borrowing func setModificationTime(_ seconds: Int64, ofLinkNamed name: String) throws(FileFault) {
        let times = [timespec](repeating: timespec(tv_sec: Int(seconds), tv_nsec: 0), count: 2)
        _ = try checked("change the time of", place(of: name)) {
            unsafe utimensat(descriptor, name, times, AT_SYMLINK_NOFOLLOW)
        }
    }

    /// Where the link of this name points to, as bytes; at most 4,095 of them.
    package borrowing func target(ofLinkNamed name: String) throws(FileFault) -> [UInt8] {
        var target = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = try checked("read", place(of: name)) {
            unsafe target.withUnsafeMutableBytes { bytes in
                guard let start = bytes.baseAddress else { return -1 }
                return unsafe readlinkat(
                    descriptor,
                    name,
                    start.assumingMemoryBound(to: CChar.self),
                    bytes.count
                )
            }
        }
        guard count < target.count else { throw FileFault("read", place(of: name), code: ENAMETOOLONG) }
        target.removeLast(target.count - count)
        return target
    }

    /// What stands at this name, or `nil` when nothing does.
    package borrowing func kind(of name: String) throws(FileFault) -> FileKind? {
        var status = stat()
        do {
            _ = try checked("look at", place(of: name)) {
                unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW)
            }
        } catch  where error.isMissing {
            return nil
        }
        return FileKind(mode: status.st_mode)
    }

    /// Renames within one file system; a file that stands at the new name is replaced, a folder only when empty.
    package borrowing func rename(
        _ name: String,
        to newName: String,
        in target: borrowing Folder
    ) throws(FileFault) {
        let other = target.descriptor
        _ = try checked("rename", place(of: name)) { unsafe renameat(descriptor, name, other, newName) }
    }

    /// Removes a file or a link.
    package borrowing func removeFile(named name: String) throws(FileFault) {
        _ = try checked("remove", place(of: name)) { unsafe unlinkat(descriptor, name, 0) }
    }

    /// Removes whatever stands at this name, with all below it; links are removed, never followed.
    package borrowing func removeTree(named name: String) throws(FileFault) {
        guard let kind = try kind(of: name) else { return }
        guard kind == .folder else { return try removeFile(named: name) }
        try emptyFolder(named: name)
        _ = try checked("remove", place(of: name)) { unsafe unlinkat(descriptor, name, AT_REMOVEDIR) }
    }

    private borrowing func emptyFolder(named name: String) throws(FileFault) {
        // A folder without the right bits for us must not keep what is in it.
        _ = unsafe fchmodat(descriptor, name, 0o700, 0)
        let inner = try folder(named: name)
        for entry in try inner.entries() {
            let entryName = String(decoding: entry.name, as: UTF8.self)
            if entryName.utf8.elementsEqual(entry.name) {
                try inner.removeTree(named: entryName)
            } else {
                try inner.removeOddly(named: entry.name)
            }
        }
    }

    /// Removes a name that is not UTF-8; a folder of such a name must be empty.
    private borrowing func removeOddly(named name: [UInt8]) throws(FileFault) {
        let text = name.map { CChar(bitPattern: $0) } + [0]
        if unsafe unlinkat(descriptor, text, 0) == 0 { return }
        _ = try checked("remove", path) { unsafe unlinkat(descriptor, text, AT_REMOVEDIR) }
    }

    /// Waits until everything that was written to the file system of this folder is on the disk.
    package borrowing func synchronizeFileSystem() throws(FileFault) {
        _ = try checked("synchronize", path) { syncfs(descriptor) }
    }

    /// Waits until the names of this folder are on the disk.
    package borrowing func synchronize() throws(FileFault) {
        _ = try checked("synchronize", path) { fsync(descriptor) }
    }

    /// Locks the folder against every other ``tryLock()``, until this handle goes away; `false` when it is locked.
    package borrowing func tryLock() -> Bool {
        flock(descriptor, LOCK_EX | LOCK_NB) == 0
    }

    /// Whether this handle still is what stands at `name` in `parent`.
    package borrowing func stands(at name: String, in parent: borrowing Folder) -> Bool {
        var own = stat()
        var other = stat()
        guard unsafe fstat(descriptor, &own) == 0 else { return false }
        guard unsafe fstatat(parent.descriptor, name, &other, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return own.st_ino == other.st_ino && own.st_dev == other.st_dev
    }

    /// How many bytes an ordinary user can still write to the file system of this folder.
    package borrowing func freeBytes() throws(FileFault) -> Int {
        var status = statvfs()
        _ = try checked("look at", path) { unsafe fstatvfs(descriptor, &status) }
        return Int(clamping: UInt64(status.f_bavail) &* UInt64(status.f_frsize))
    }

    /// Whether this process may make files here.
    package borrowing func isWritable() -> Bool {
        unsafe faccessat(descriptor, ".", W_OK | X_OK, AT_EACCESS) == 0
    }

    func place(of name: String) -> String { path + "/" + name }
}

extension FileKind {
    init(mode: mode_t) {
        self =
            switch mode & TypeBits.all {
            case TypeBits.file: .file
            case TypeBits.folder: .folder
            case TypeBits.link: .link
            default: .special
            }
    }
}
