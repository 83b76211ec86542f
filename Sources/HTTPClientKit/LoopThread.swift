internal import CCurl
internal import Glibc
internal import Synchronization

/// The thread of a loop, from its start to its end; it takes no signals.
final class LoopThread: Sendable {
    /// What the thread gets and nobody else has.
    private final class Body {
        let loop: TransferLoop
        let end: End

        init(_ loop: TransferLoop, _ end: End) {
            self.loop = loop
            self.end = end
        }
    }

    /// Tells when the loop is gone.
    private final class End: Sendable {
        private struct State {
            var hasCome = false
            var waiters: [CheckedContinuation<Void, Never>] = []
        }

        private let state = Mutex(State())

        func come() {
            let waiters = state.withLock { state in
                state.hasCome = true
                defer { state.waiters = [] }
                return state.waiters
            }
            for waiter in waiters {
                waiter.resume()
            }
        }

        func wait() async {
            await withCheckedContinuation { continuation in
                let hasCome = state.withLock { state in
                    if !state.hasCome {
                        state.waiters.append(continuation)
                    }
                    return state.hasCome
                }
                if hasCome {
                    continuation.resume()
                }
            }
        }
    }

    private static let stackSize = 512 << 10

    let inbox = Inbox()
    private let end = End()
    private let thread: pthread_t

    init(_ configuration: HTTPClientConfiguration, _ shared: SharedCounters) throws(HTTPFault) {
        let library = try CurlLibrary.shared.get()
        let loop = try TransferLoop(configuration, inbox: inbox, shared: shared, library: library)
        let body = unsafe Unmanaged.passRetained(Body(loop, end))
        var attributes = pthread_attr_t()
        unsafe pthread_attr_init(&attributes)
        defer { unsafe pthread_attr_destroy(&attributes) }
        unsafe pthread_attr_setstacksize(&attributes, Self.stackSize)
        var thread = pthread_t()
        let code = unsafe pthread_create(&thread, &attributes, Self.threadMain, body.toOpaque())
        guard code == 0 else {
            unsafe body.release()
            throw HTTPFault(.unexpected, place: "libcurl.so.4", detail: "no thread can be made (errno \(code))")
        }
        self.thread = thread
    }

    /// Ends every transfer and waits until the thread is gone.
    func shutDown() async {
        inbox.submit(.shutDown)
        await end.wait()
        // All that is left for the thread is to return.
        _ = pthread_join(thread, nil)
    }

    /// Ends every transfer without waiting.
    func abandon() {
        inbox.submit(.shutDown)
        pthread_detach(thread)
    }

    private static func run(_ body: consuming Body) {
        let end = body.end
        body.loop.run()
        _ = consume body
        end.come()
    }

    private static let threadMain: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? = { argument in
        var all = sigset_t()
        unsafe sigfillset(&all)
        unsafe pthread_sigmask(SIG_BLOCK, &all, nil)
        guard let argument = unsafe argument else { return nil }
        LoopThread.run(unsafe Unmanaged<Body>.fromOpaque(argument).takeRetainedValue())
        return nil
    }
}
