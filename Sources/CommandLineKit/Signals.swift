internal import Dispatch
internal import Glibc

/// The signals with which a person or the system ends a program.
package enum EndingSignal: Int32, Sendable {
    case interrupt = 2
    case terminate = 15
    case hangUp = 1
}

/// The process's signals as a stream.
///
/// Handlers, not ignored signals: `exec` resets a handler, so that no child begins with a signal switched off.
package enum Signals {
    /// The write end of the pipe that the handler uses; set once, before the handler is installed.
    nonisolated(unsafe) private static var pipeEnd: Int32 = -1

    /// Makes a write to a closed pipe fail with `EPIPE` instead of ending the process.
    package static func surviveClosedPipes() {
        install(SIGPIPE) { _ in }
    }

    /// What reads the pipe; kept for the life of the process.
    nonisolated(unsafe) private static var source: (any DispatchSourceRead)?

    /// The ending signals from now on; the stream never finishes.
    ///
    /// - Precondition: Called at most once in a process, before it starts children.
    package static func stream() -> AsyncStream<EndingSignal> {
        let (stream, continuation) = AsyncStream.makeStream(of: EndingSignal.self, bufferingPolicy: .bufferingOldest(8))
        guard let readEnd = openPipe() else { return stream }
        let reader = DispatchSource.makeReadSource(fileDescriptor: readEnd, queue: DispatchQueue(label: "signals"))
        reader.setEventHandler {
            var numbers = [UInt8](repeating: 0, count: 8)
            let count = unsafe read(readEnd, &numbers, numbers.count)
            for number in numbers.prefix(max(0, count)) {
                if let signal = EndingSignal(rawValue: Int32(number)) { continuation.yield(signal) }
            }
        }
        reader.activate()
        unsafe source = reader
        for signal in [SIGINT, SIGTERM, SIGHUP] {
            install(signal) { number in
                var byte = UInt8(truncatingIfNeeded: number)
                let saved = errno
                _ = unsafe write(Signals.pipeEnd, &byte, 1)
                errno = saved
            }
        }
        return stream
    }

    /// The read end, or `nil` when the process has no descriptors left; neither end blocks or is inherited.
    private static func openPipe() -> Int32? {
        var ends: [Int32] = [-1, -1]
        guard unsafe pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        unsafe pipeEnd = ends[1]
        return ends[0]
    }

    private static func install(_ signal: Int32, _ handler: @escaping @convention(c) (Int32) -> Void) {
        var action = sigaction()
        unsafe action.__sigaction_handler.sa_handler = handler
        action.sa_flags = SA_RESTART
        unsafe sigaction(signal, &action, nil)
    }
}

/// The end of this process.
package enum Process {
    /// Ends at once with `status`, without running what is registered for the exit.
    package static func endNow(_ status: Int32) -> Never {
        _exit(status)
    }
}
