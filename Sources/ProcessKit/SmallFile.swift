internal import Glibc

/// Small files, such as those of /proc and /sys, read and written whole.
package enum SmallFile {
    /// The file's bytes, at most `limit` of them; `nil` when it cannot be read.
    package static func bytes(_ path: String, limit: Int = 1 << 20) -> [UInt8]? {
        let number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard number >= 0 else { return nil }
        let file = Descriptor(adopting: number)
        var bytes: [UInt8] = []
        while bytes.count < limit, let chunk = file.readChunk(limit: min(16_384, limit - bytes.count)), !chunk.isEmpty {
            bytes += chunk
        }
        return bytes
    }

    package static func text(_ path: String, limit: Int = 1 << 20) -> String? {
        bytes(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Writes to a file that exists and says whether all was taken.
    @discardableResult
    package static func write(_ text: String, to path: String) -> Bool {
        let number = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard number >= 0 else { return false }
        let file = Descriptor(adopting: number)
        let bytes = Array(text.utf8)
        return unsafe Glibc.write(file.number, bytes, bytes.count) == bytes.count
    }

    /// Puts a file of this text in the place of the one that is there, if any: a reader sees the old one or the new.
    ///
    /// The new file is readable by its owner alone and is prepared at `path` with `.new` behind it, so no two may do it
    /// at a time. It is not waited for until it is on the disk.
    package static func replace(_ path: String, with text: String) throws(ProcessError) {
        let draft = path + ".new"
        let number = unsafe open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard number >= 0 else { throw .refused("write '\(draft)'", code: errno) }
        let file = Descriptor(adopting: number)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(file.number, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw .refused("write '\(draft)'", code: errno) }
            rest = rest.dropFirst(max(0, count))
        }
        guard unsafe rename(draft, path) == 0 else { throw .refused("put '\(path)' in place", code: errno) }
    }
}
