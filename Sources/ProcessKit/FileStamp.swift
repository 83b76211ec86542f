internal import Glibc

/// What the kernel knows of a file, a folder or a link.
package struct FileStamp: Equatable, Sendable {
    package let kind: FileKind
    package let size: Int
    /// Nanoseconds since 1970.
    package let modified: Int
    package let inode: UInt64
    /// The permission bits, 0o7777 at most.
    package let mode: UInt32
    package let owner: UInt32

    /// The status of what is at `path`, or `nil` when nothing is there or it cannot be reached.
    ///
    /// - Parameters:
    ///   - path: An absolute path.
    ///   - followingLink: Whether the status of a link's target is meant.
    package init?(of path: String, followingLink: Bool = true) {
        var status = stat()
        let code = followingLink ? unsafe stat(path, &status) : unsafe lstat(path, &status)
        guard code == 0 else { return nil }
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .other
            }
        size = status.st_size
        modified = status.st_mtim.tv_sec * 1_000_000_000 + status.st_mtim.tv_nsec
        inode = UInt64(status.st_ino)
        mode = status.st_mode & 0o7777
        owner = status.st_uid
    }
}
