internal import Glibc

/// What `lstat` says of one directory entry, as far as git's index keeps it.
struct FileStatus: Equatable {
    /// When, and which file: what tells an unchanged file without reading it.
    struct Stamp: Equatable {
        var changed = Moment()
        var modified = Moment()
        var device: UInt32 = 0
        var node: UInt32 = 0
        var user: UInt32 = 0
        var group: UInt32 = 0
        var size: UInt32 = 0

        /// Whether both were taken of the same, untouched file; the device number changes between mounts.
        func matches(_ other: Stamp) -> Bool {
            modified == other.modified && changed == other.changed && node == other.node && size == other.size
                && user == other.user && group == other.group
        }
    }

    struct Moment: Equatable, Comparable {
        var seconds: Int32 = 0
        var nanoseconds: UInt32 = 0

        static func < (left: Moment, right: Moment) -> Bool {
            (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
        }
    }

    enum Kind {
        case file
        case folder
        case link
        /// A pipe, a socket or a device.
        case special
    }

    let kind: Kind
    let permissions: UInt32
    let size: Int
    let stamp: Stamp

    init(_ info: stat) {
        kind =
            switch info.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            case S_IFLNK: .link
            default: .special
            }
        permissions = info.st_mode & 0o7777
        size = Int(info.st_size)
        stamp = Stamp(
            changed: Moment(info.st_ctim),
            modified: Moment(info.st_mtim),
            device: UInt32(truncatingIfNeeded: info.st_dev),
            node: UInt32(truncatingIfNeeded: info.st_ino),
            user: info.st_uid,
            group: info.st_gid,
            size: UInt32(truncatingIfNeeded: info.st_size)
        )
    }

    var isExecutable: Bool { permissions & 0o100 != 0 }
}

extension FileStatus.Moment {
    init(_ time: timespec) {
        seconds = Int32(truncatingIfNeeded: time.tv_sec)
        nanoseconds = UInt32(truncatingIfNeeded: time.tv_nsec)
    }
}
