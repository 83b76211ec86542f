package import Core
internal import Glibc

extension Digest {
    /// How many bytes of a file are in memory at a time.
    private static let chunkSize = 256 * 1_024

    /// The hash and the length in bytes of what an open file descriptor gives until its end.
    ///
    /// Blocks while it reads, from the descriptor's current offset on; the descriptor stays open.
    ///
    /// - Throws: ``FileHashError`` when a read fails.
    package static func sha256(
        ofDescriptor descriptor: Int32
    ) throws(FileHashError) -> (digest: Digest, bytes: Int) {
        var hasher = SHA256()
        var total = 0
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        while true {
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileHashError(errno: errno) }
            guard count > 0 else { return (hasher.finalize(), total) }
            hasher.update(chunk[..<count])
            total += count
        }
    }
}

/// A file that could not be read to its end.
package struct FileHashError: ReportableError, Equatable {
    package let errno: Int32

    package var kind: FaultKind { .failed }
    package var description: String {
        "a file could not be read while it was hashed: \(unsafe String(cString: strerror(errno)))"
    }
}
