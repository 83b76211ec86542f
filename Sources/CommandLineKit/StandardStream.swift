internal import Glibc

/// One of the process's output streams, written whole and without a buffer.
package struct StandardStream: Sendable {
    private let descriptor: Int32

    package static let output = StandardStream(descriptor: STDOUT_FILENO)
    package static let error = StandardStream(descriptor: STDERR_FILENO)

    /// Why a write did not happen.
    package enum Failure: Error, Equatable {
        /// The reader has gone, as `head` does.
        case closed
        /// The disk behind a redirection is full.
        case diskFull
        case other(errno: Int32)
    }

    /// Writes all of `text`.
    package func write(_ text: String) throws(Failure) {
        let bytes = Array(text.utf8)
        let code = unsafe bytes.withUnsafeBytes { buffer -> Int32 in
            var written = 0
            while written < buffer.count {
                let count = unsafe Glibc.write(
                    descriptor,
                    buffer.baseAddress?.advanced(by: written),
                    buffer.count - written
                )
                if count >= 0 {
                    written += count
                } else if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = unsafe poll(&wait, 1, -1)
                } else if errno != EINTR {
                    return errno
                }
            }
            return 0
        }
        guard code == 0 else { throw Self.failure(code) }
    }

    private static func failure(_ code: Int32) -> Failure {
        switch code {
        case EPIPE, EBADF: .closed
        case ENOSPC, EDQUOT: .diskFull
        default: .other(errno: code)
        }
    }

    /// Puts /dev/null in place of a standard stream that the process was started without.
    ///
    /// To be called before anything is opened: a file of ours would get the stream's number, and what is meant for
    /// people would be written into it.
    package static func openMissing() {
        while true {
            let opened = unsafe open("/dev/null", O_RDWR)
            guard opened >= 0, opened <= STDERR_FILENO else {
                close(opened)
                return
            }
        }
    }

    package var isTerminal: Bool { isatty(descriptor) == 1 }

    /// Columns of the terminal, or `nil` when it is none or does not say.
    package var width: Int? {
        var size = winsize()
        guard unsafe ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
        return Int(size.ws_col)
    }
}

/// Standard input, read to its end.
package enum StandardInput {
    package static var isTerminal: Bool { isatty(STDIN_FILENO) == 1 }

    /// All bytes up to `limit`; one byte more when there are more, so that the caller can tell.
    package static func read(limit: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while bytes.count <= limit {
            let count = unsafe Glibc.read(STDIN_FILENO, &chunk, min(chunk.count, limit + 1 - bytes.count))
            if count > 0 {
                bytes += chunk[..<count]
            } else if count == 0 || errno != EINTR {
                break
            }
        }
        return bytes
    }
}
