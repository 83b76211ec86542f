internal import CArchive
internal import Glibc

/// A new file that is open for writing.
@safe
package struct OutputFile: ~Copyable {
    let descriptor: Int32
    package let path: String

    fileprivate init(adopting descriptor: Int32, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    deinit {
        close(descriptor)
    }

    package borrowing func write(_ bytes: [UInt8]) throws(FileFault) {
        try write(bytes.span)
    }

    package borrowing func write(_ bytes: Span<UInt8>) throws(FileFault) {
        var written = 0
        while written < bytes.count {
            let rest = bytes.extracting(written...)
            written += try checked("write", path) {
                unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            }
        }
    }

    /// Sets the mode whatever the process's mask says.
    package borrowing func setMode(_ mode: UInt32) throws(FileFault) {
        _ = try checked("change the mode of", path) { fchmod(descriptor, mode) }
    }

    /// Says when the contents last changed, in seconds since 1970; the next write says otherwise.
    package borrowing func setModificationTime(_ seconds: Int64) throws(FileFault) {
        let times = [timespec](repeating: timespec(tv_sec: Int(seconds), tv_nsec: 0), count: 2)
        _ = try checked("change the time of", path) { unsafe futimens(descriptor, times) }
    }

    /// Waits until the contents are on the disk.
    package borrowing func synchronize() throws(FileFault) {
        _ = try checked("synchronize", path) { fsync(descriptor) }
    }
}

extension Folder {
    /// Makes a file in this folder; the mode is subject to the process's mask.
    ///
    /// - Throws: ``FileFault`` when anything, even a link, stands at the name.
    package borrowing func createFile(named name: String, mode: UInt32 = 0o666) throws(FileFault) -> OutputFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let opened = try checked("create", place(of: name)) { unsafe openat(descriptor, name, flags, mode) }
        return OutputFile(adopting: opened, path: place(of: name))
    }
}
