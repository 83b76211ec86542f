internal import CArchive
internal import Glibc

/// A regular file that is open for reading.
@safe
package struct InputFile: ~Copyable {
    let descriptor: Int32
    package let path: String
    /// The size in bytes when it was opened.
    package let size: Int
    /// Whether its owner may execute it.
    package let isExecutable: Bool

    /// Opens a file that is not reached through a folder; links are followed.
    package init(opening path: String) throws(FileFault) {
        let flags = O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        let opened = try checked("open", path) { unsafe open(path, flags) }
        try self.init(adopting: opened, path: path)
    }

    fileprivate init(adopting opened: Int32, path: String) throws(FileFault) {
        var status = stat()
        let result = unsafe fstat(opened, &status)
        descriptor = opened
        self.path = path
        size = Int(status.st_size)
        isExecutable = status.st_mode & 0o100 != 0
        guard result == 0 else { throw .current("look at", path) }
        guard status.st_mode & TypeBits.all == TypeBits.file else { throw FileFault("read", path, code: EINVAL) }
    }

    deinit {
        close(descriptor)
    }

    /// Fills `buffer` from its start; less than its size, and 0, only at the end of the file.
    package borrowing func read(into buffer: inout [UInt8]) throws(FileFault) -> Int {
        var filled = 0
        let capacity = buffer.count
        while filled < capacity {
            let count = try checked("read", path) {
                unsafe buffer.withUnsafeMutableBytes { bytes in
                    unsafe Glibc.read(
                        descriptor,
                        UnsafeMutableRawBufferPointer(rebasing: bytes[filled...]).baseAddress,
                        capacity - filled
                    )
                }
            }
            if count == 0 { break }
            filled += count
            // The size is known: asking once more for the end of the file would be a call for nothing.
            if filled == size { break }
        }
        return filled
    }

    /// The bytes of a range of the file; fewer when the file ends in it.
    package borrowing func bytes(in range: Range<Int>) throws(FileFault) -> [UInt8] {
        var fault: FileFault?
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, filled in
            while filled < range.count {
                let rest = unsafe UnsafeMutableRawBufferPointer(
                    rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]
                )
                let count = unsafe pread(descriptor, rest.baseAddress, rest.count, off_t(range.lowerBound + filled))
                if count == 0 { return }
                if count > 0 {
                    filled += count
                } else if errno != EINTR {
                    fault = .current("read", path)
                    return
                }
            }
        }
        if let fault { throw fault }
        return bytes
    }

    /// The whole file, which may have at most `limit` bytes.
    ///
    /// - Throws: ``FileFault`` of the code `EFBIG` for a larger one.
    package borrowing func contents(limit: Int) throws(FileFault) -> [UInt8] {
        guard size <= limit else { throw FileFault("read", path, code: EFBIG) }
        return try bytes(in: 0..<size)
    }
}

extension Folder {
    /// Opens a regular file in this folder for reading.
    ///
    /// - Throws: ``FileFault`` for a link, a folder, a FIFO or a device.
    package borrowing func openFile(named name: String) throws(FileFault) -> InputFile {
        let flags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | O_NOCTTY
        let opened = try checked("open", place(of: name)) { unsafe openat(descriptor, name, flags) }
        return try InputFile(adopting: opened, path: place(of: name))
    }
}
