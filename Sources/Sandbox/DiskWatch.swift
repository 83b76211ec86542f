internal import ProcessKit

/// Notices that a command fills the disk, without walking through its folders unless something grows.
struct DiskWatch {
    /// Under this much free space a command that has written much is ended.
    private static let reserve = 64 << 20
    private static let much = 32 << 20

    private let folders: [String]
    private let limit: Int
    private let started: FileSystemUsage.Instant
    private let free: [Int]

    init(folders: [String], limit: Int) {
        self.folders = folders
        self.limit = limit
        started = FileSystemUsage.now
        free = folders.map { FileSystemUsage.freeBytes($0) ?? .max }
    }

    /// Whether files that were written since the start are larger than the limit, or leave too little free.
    ///
    /// The file system's own count is looked at first, since it costs nothing; only when that has shrunk by the limit,
    /// by whosever fault, are the files counted.
    ///
    /// Deleted files that one of `processes` still has open count too.
    func isOverLimit(processes: () -> [Int32]) -> Bool {
        var suspicion = false
        var tight = false
        for (folder, before) in zip(folders, free) {
            let now = FileSystemUsage.freeBytes(folder) ?? .max
            suspicion = suspicion || before - now > limit
            tight = tight || (now < Self.reserve && before - now > Self.much)
        }
        guard suspicion || tight else { return false }
        let written =
            folders.reduce(0) { $0 + FileSystemUsage.bytesWritten(below: $1, since: started) }
            + FileSystemUsage.deletedBytes(heldBy: processes())
        return written > limit || (tight && written > Self.much)
    }
}
