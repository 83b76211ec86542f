internal import ProcessKit

/// Notices that a command fills the disk, without walking through its folders unless something grows.
struct DiskWatch {
    /// Under this much free space a command that has written much is ended.
    private static let reserve = FileSystemUsage.Written(bytes: 64 << 20, files: 10_000)
    private static let much = FileSystemUsage.Written(bytes: 32 << 20, files: 5_000)
    /// What a file takes at the least on a file system that does not count its files.
    private static let leastBytes = 256

    private let folders: [String]
    private let limit: FileSystemUsage.Written
    private let started: FileSystemUsage.Instant
    private let free: [Room]

    init(folders: [String], limits: CommandLimits) {
        self.folders = folders
        limit = FileSystemUsage.Written(bytes: limits.diskBytes, files: limits.files)
        started = FileSystemUsage.now
        free = folders.map { Room(of: $0) }
    }

    /// What a file system can still take.
    private struct Room {
        let bytes: Int
        let files: Int?

        init(of folder: String) {
            bytes = FileSystemUsage.freeBytes(folder) ?? .max
            files = FileSystemUsage.freeFiles(folder)
        }
    }

    /// The limit that the files written since the start exceed, or that they exceed in what little is left; else `nil`.
    ///
    /// The file system's own counts are looked at first, since they cost nothing; only when one has shrunk by the
    /// limit, by whosever fault, are the files counted.
    ///
    /// Deleted files that one of `processes` still has open count too.
    func exceeded(processes: () -> [Int32]) -> StopReason? {
        var suspicion = false
        var bytesAreTight = false
        var filesAreTight = false
        for (folder, before) in zip(folders, free) {
            let now = Room(of: folder)
            let bytes = before.bytes - now.bytes
            let files = before.files.map { $0 - (now.files ?? $0) } ?? bytes / Self.leastBytes
            suspicion = suspicion || bytes > limit.bytes || files > limit.files
            bytesAreTight = bytesAreTight || (now.bytes < Self.reserve.bytes && bytes > Self.much.bytes)
            filesAreTight =
                filesAreTight || (now.files.map { $0 < Self.reserve.files } ?? false && files > Self.much.files)
        }
        guard suspicion || bytesAreTight || filesAreTight else { return nil }
        var written = folders.map { FileSystemUsage.written(below: $0, since: started) }.reduce(.init(), +)
        written.bytes += FileSystemUsage.deletedBytes(heldBy: processes())
        if written.bytes > limit.bytes || (bytesAreTight && written.bytes > Self.much.bytes) { return .disk }
        return written.files > limit.files || (filesAreTight && written.files > Self.much.files) ? .files : nil
    }
}
