internal import Glibc

/// Files of /proc, /sys and /etc, read and written whole.
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
}
