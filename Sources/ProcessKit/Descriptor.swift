internal import CLinux
internal import Glibc

/// The one owner of an open file descriptor, which is closed when its owner goes away.
package struct Descriptor: ~Copyable, Sendable {
    package let number: Int32

    /// - Parameter number: An open descriptor that nobody else closes.
    package init(adopting number: Int32) {
        self.number = number
    }

    deinit {
        close(number)
    }

    /// A pipe whose two ends are close-on-exec; a read of an empty one returns at once if it is `nonBlocking`.
    package static func pipe(nonBlocking: Bool) throws(ProcessError) -> Pipe {
        var ends: [Int32] = [-1, -1]
        guard unsafe shim_pipe(&ends) == 0 else { throw .refused("make a pipe", code: errno) }
        let pipe = Pipe(reading: Descriptor(adopting: ends[0]), writing: Descriptor(adopting: ends[1]))
        if nonBlocking {
            _ = fcntl(pipe.reading.number, F_SETFL, O_NONBLOCK)
        }
        return pipe
    }

    /// A file in memory that holds `bytes` and is read from its start.
    package static func memoryFile(named name: String, holding bytes: [UInt8]) throws(ProcessError) -> Descriptor {
        let number = unsafe shim_memory_file(name)
        guard number >= 0 else { throw .refused("make a file in memory", code: errno) }
        let file = Descriptor(adopting: number)
        var written = 0
        while written < bytes.count {
            let count = unsafe bytes[written...].withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            guard count > 0 else { throw .refused("write a file in memory", code: errno) }
            written += count
        }
        lseek(number, 0, SEEK_SET)
        return file
    }

    /// A second descriptor for the same open file, with its own place in it.
    package func reopened() throws(ProcessError) -> Descriptor {
        let number = unsafe open("/proc/self/fd/\(number)", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .refused("open a file in memory", code: errno) }
        return Descriptor(adopting: number)
    }

    static func null() throws(ProcessError) -> Descriptor {
        let number = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        guard number >= 0 else { throw .refused("open /dev/null", code: errno) }
        return Descriptor(adopting: number)
    }

    /// What can be read now: `nil` at the end, nothing when a non-blocking descriptor has nothing yet.
    package borrowing func readChunk(limit: Int = 65_536) -> [UInt8]? {
        var count = 0
        let bytes = unsafe [UInt8](unsafeUninitializedCapacity: limit) { buffer, initialized in
            repeat {
                count = unsafe read(number, buffer.baseAddress, limit)
            } while count < 0 && errno == EINTR
            initialized = max(0, count)
        }
        if count < 0 {
            return errno == EAGAIN ? [] : nil
        }
        return count == 0 ? nil : bytes
    }

    /// Waits for something to read, or for the end, at most so many milliseconds; says whether it came.
    package borrowing func waitForInput(milliseconds: Int32) -> Bool {
        var watched = [pollfd(fd: number, events: Int16(POLLIN), revents: 0)]
        var count: Int32
        repeat {
            count = unsafe poll(&watched, 1, milliseconds)
        } while count < 0 && errno == EINTR
        return count == 1
    }

    /// Writes one line feed and says whether it was taken; `SIGPIPE` has to be blocked or ignored.
    @discardableResult
    package borrowing func writeLine() -> Bool {
        var byte: UInt8 = 10
        return unsafe write(number, &byte, 1) == 1
    }
}

/// The two ends of a pipe.
package struct Pipe: ~Copyable, Sendable {
    package let reading: Descriptor
    package let writing: Descriptor

    /// The end to read from; the other one is closed.
    package consuming func keepReading() -> Descriptor { reading }

    /// The end to write to; the other one is closed.
    package consuming func keepWriting() -> Descriptor { writing }
}

/// A pipe between the calling thread and a child: each end is closed when it is dropped.
package struct ChildPipe: ~Copyable {
    package var reading: Descriptor?
    package var writing: Descriptor?

    package init() throws(ProcessError) {
        var ends: [Int32] = [-1, -1]
        guard unsafe shim_pipe(&ends) == 0 else { throw .refused("make a pipe", code: errno) }
        reading = Descriptor(adopting: ends[0])
        writing = Descriptor(adopting: ends[1])
    }

    package var readingNumber: Int32 {
        switch reading {
        case .some(let end): end.number
        case .none: -1
        }
    }
    package var writingNumber: Int32 {
        switch writing {
        case .some(let end): end.number
        case .none: -1
        }
    }
}

extension ChildPipe {
    /// What comes within so many milliseconds; `nil` at the end or when nothing came.
    package borrowing func read(milliseconds: Int32) -> [UInt8]? {
        switch reading {
        case .some(let end): end.waitForInput(milliseconds: milliseconds) ? end.readChunk() : nil
        case .none: nil
        }
    }
}
