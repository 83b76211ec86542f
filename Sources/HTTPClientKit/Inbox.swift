internal import CCurl
internal import Glibc
internal import Synchronization

/// What other threads ask of a client's thread; many wishes cost one wake.
final class Inbox: Sendable {
    enum Command: Sendable {
        case start(Transfer)
        case cancel(Transfer)
        case resume(Transfer)
        /// Gives a transfer no longer than so many milliseconds more.
        case shorten(Transfer, Int64)
        case limitIdle(Transfer, Int64)
        case shutDown
    }

    private struct State {
        var commands: [Command] = []
        /// The thread waits in the kernel, or is about to.
        var isAsleep = false
        var isClosed = false
    }

    /// Becomes readable when the thread is to wake.
    let descriptor: Int32
    private let state = Mutex(State())

    init() {
        descriptor = shim_eventfd()
    }

    deinit {
        close(descriptor)
    }

    /// Gives the thread a command; says whether there is still a thread to heed it.
    @discardableResult
    func submit(_ command: Command) -> Bool {
        let (isOpen, wakes) = state.withLock { state in
            guard !state.isClosed else { return (false, false) }
            state.commands.append(command)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes {
            var one: UInt64 = 1
            unsafe _ = write(descriptor, &one, 8)
        }
        return isOpen
    }

    /// All commands so far, into an empty array whose memory is used for the next ones.
    func take(_ commands: inout [Command]) {
        state.withLock { swap(&$0.commands, &commands) }
    }

    /// Says whether the thread may sleep; from then on the next command wakes it.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.commands.isEmpty
            return state.isAsleep
        }
    }

    func wakeUp() {
        state.withLock { $0.isAsleep = false }
    }

    /// Takes no more commands; returns those that nobody has heeded.
    func close() -> [Command] {
        state.withLock { state in
            state.isClosed = true
            defer { state.commands = [] }
            return state.commands
        }
    }

    private func close(_ descriptor: Int32) {
        _ = Glibc.close(descriptor)
    }
}
