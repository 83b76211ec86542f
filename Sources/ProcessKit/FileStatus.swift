internal import Glibc

/// What stands at a path.
package enum FileKind: Hashable, Sendable {
    case folder
    case file
    case link
    case other

    /// The kind of what is at `path`, a symbolic link not followed; `nil` when nothing is there.
    package static func of(_ path: String) -> FileKind? {
        var status = stat()
        guard unsafe lstat(path, &status) == 0 else { return nil }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: return .folder
        case S_IFREG: return .file
        case S_IFLNK: return .link
        default: return .other
        }
    }
}

/// Paths as the kernel resolves them, and the few changes to folders that a sandbox makes.
package enum RealPath {
    /// The path without symbolic links, `.` and `..`; `nil` when it does not exist.
    package static func of(_ path: String) -> String? {
        guard let resolved = unsafe realpath(path, nil) else { return nil }
        defer { unsafe free(resolved) }
        return unsafe String(validatingCString: resolved)
    }

    /// The text of a symbolic link, else `nil`.
    package static func link(_ path: String) -> String? {
        var buffer = [CChar](repeating: 0, count: 4_096)
        let count = unsafe readlink(path, &buffer, buffer.count)
        return count > 0 ? String(decoding: buffer.prefix(count).map(UInt8.init(bitPattern:)), as: UTF8.self) : nil
    }

    /// Makes one folder that only we can enter; says whether it was made now.
    package static func makeFolder(_ path: String) -> Bool {
        unsafe mkdir(path, 0o700) == 0
    }

    /// Makes a symbolic link, where nothing of its name is.
    package static func makeLink(_ path: String, to target: String) {
        unsafe symlink(target, path)
    }

    /// Removes a folder if it is empty.
    package static func removeEmptyFolder(_ path: String) {
        unsafe rmdir(path)
    }
}
