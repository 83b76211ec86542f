internal import Glibc

/// How full file systems are, and with whose files.
package enum FileSystemUsage {
    /// A time as files carry it.
    package struct Instant: Sendable {
        let seconds: Int
    }

    package static var now: Instant {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME_COARSE, &time)
        return Instant(seconds: time.tv_sec)
    }

    /// What an ordinary user can still write on the file system of `path`; `nil` when that cannot be said.
    package static func freeBytes(_ path: String) -> Int? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0 else { return nil }
        return Int(clamping: status.f_bavail) * Int(clamping: status.f_frsize)
    }

    /// How many more files the file system of `path` can hold; `nil` where it does not count them, as btrfs does not.
    package static func freeFiles(_ path: String) -> Int? {
        var status = statvfs()
        guard unsafe statvfs(path, &status) == 0, status.f_files > 0 else { return nil }
        return Int(clamping: status.f_favail)
    }

    /// What was written below a folder.
    package struct Written: Equatable, Sendable {
        package var bytes: Int
        /// Files, folders and links.
        package var files: Int

        package init(bytes: Int = 0, files: Int = 0) {
            self.bytes = bytes
            self.files = files
        }

        /// More than any limit.
        static let uncountable = Written(bytes: 1 << 60, files: 1 << 60)

        package static func + (left: Written, right: Written) -> Written {
            Written(bytes: left.bytes + right.bytes, files: left.files + right.files)
        }
    }

    /// The space and the number of all files below `folder` that changed since then; links are not followed.
    ///
    /// Names are bytes, so that none hides a file. Folders so deep that no call takes their path cannot be looked
    /// into: they count as more than any limit.
    package static func written(below folder: String, since: Instant) -> Written {
        var total = Written()
        var waiting = [Array(folder.utf8)]
        while let current = waiting.popLast() {
            guard let names = FolderListing.rawNames(current) else {
                if errno == ENAMETOOLONG { return .uncountable }
                continue
            }
            for name in names {
                let path = current + [UInt8(ascii: "/")] + name
                var status = stat()
                guard unsafe path.withCString({ unsafe lstat($0, &status) }) == 0 else {
                    if errno == ENAMETOOLONG { return .uncountable }
                    continue
                }
                let isFolder = status.st_mode & S_IFMT == S_IFDIR
                if isFolder { waiting.append(path) }
                guard status.st_ctim.tv_sec >= since.seconds else { continue }
                total.files += 1
                if !isFolder { total.bytes += Int(status.st_blocks) * 512 }
            }
        }
        return total
    }

    /// The space of deleted files that these processes still have open, each file counted once.
    package static func deletedBytes(heldBy processes: [Int32]) -> Int {
        var seen: Set<[UInt]> = []
        var total = 0
        for process in processes {
            for name in FolderListing.names("/proc/\(process)/fd") {
                var status = stat()
                guard unsafe stat("/proc/\(process)/fd/\(name)", &status) == 0, status.st_nlink == 0,
                    status.st_mode & S_IFMT == S_IFREG,
                    seen.insert([UInt(status.st_dev), UInt(status.st_ino)]).inserted
                else { continue }
                total += Int(status.st_blocks) * 512
            }
        }
        return total
    }
}
