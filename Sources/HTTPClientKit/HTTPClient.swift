internal import Synchronization

/// The door to HTTP servers: kept connections, limits, proxies, and one thread that does the work.
///
/// Thread and library start with the first request. A client should live long, since its connections are what makes
/// requests cheap; ``shutdown()`` ends it, and one that is dropped ends by itself.
package final class HTTPClient: Sendable {
    private enum Engine {
        case idle
        case running(LoopThread)
        case over
    }

    private static let knownTargets = 256

    package let configuration: HTTPClientConfiguration
    private let engine = Mutex(Engine.idle)
    private let targets = Mutex<[String: RequestTarget]>([:])
    private let shared = SharedCounters()

    package init(_ configuration: HTTPClientConfiguration = HTTPClientConfiguration()) {
        self.configuration = configuration
    }

    deinit {
        if case .running(let thread) = engine.withLock({ $0 }) {
            thread.abandon()
        }
    }

    /// Whether libcurl can be used here.
    ///
    /// - Throws: ``HTTPFault`` with ``HTTPFault/Reason/noLibrary`` when not.
    package static func checkLibrary() throws(HTTPFault) { _ = try CurlLibrary.shared.get() }

    /// What is open now and was opened so far.
    package var counters: HTTPCounters { shared.now }

    /// Sends a request and waits for the whole answer; a cancelled task has its transfer ended at once.
    ///
    /// A kept connection that the server closed just then is replaced, and the request is sent once more; this happens
    /// only when not one byte of an answer has come.
    package func send(_ request: consuming HTTPRequest) async throws(HTTPFault) -> HTTPResponse {
        let (transfer, inbox) = try start(request, delivery: .whole)
        let answer: Result<HTTPResponse, HTTPFault> = await withTaskCancellationHandler {
            do throws(HTTPFault) {
                return .success(try await transfer.response())
            } catch {
                return .failure(error)
            }
        } onCancel: {
            inbox.submit(.cancel(transfer))
        }
        return try answer.get()
    }

    /// Sends a request and hands its answer over piece by piece.
    ///
    /// The server is read only as fast as `handle` takes the pieces, beside a small stock. When `handle` is left, by
    /// any way, the transfer has ended.
    ///
    /// - Parameters:
    ///   - request: What to send.
    ///   - onSent: Called on the client's thread when the connection stands and the request goes out; again when it is
    ///     sent once more.
    ///   - handle: Gets the head and the body, which is read by ``HTTPBody/next()``.
    /// - Returns: What `handle` returns.
    /// - Throws: ``HTTPFault``, and what `handle` throws.
    package func stream<Result>(
        _ request: consuming HTTPRequest,
        onSent: @escaping @Sendable () -> Void = {},
        _ handle: (HTTPResponseHead, inout HTTPBody) async throws -> Result
    ) async throws -> Result {
        let (transfer, inbox) = try start(request, delivery: .pieces, onSent: onSent)
        return try await withTaskCancellationHandler {
            do {
                let head = try await transfer.head()
                var body = HTTPBody(of: transfer, inbox)
                let result = try await handle(head, &body)
                await Self.finish(transfer, inbox)
                return result
            } catch {
                await Self.finish(transfer, inbox)
                throw error
            }
        } onCancel: {
            inbox.submit(.cancel(transfer))
        }
    }

    /// Ends every transfer, closes every connection and waits for the thread's end; a later request is refused.
    package func shutdown() async {
        let thread: LoopThread? = engine.withLock { engine in
            defer { engine = .over }
            guard case .running(let thread) = engine else { return nil }
            return thread
        }
        await thread?.shutDown()
    }

    private static func finish(_ transfer: Transfer, _ inbox: Inbox) async {
        if !transfer.hasEnded {
            inbox.submit(.cancel(transfer))
            await transfer.ended()
        }
    }
}

extension HTTPClient {
    private func start(
        _ request: consuming HTTPRequest,
        delivery: Transfer.Delivery,
        onSent: @escaping @Sendable () -> Void = {}
    ) throws(HTTPFault) -> (transfer: Transfer, inbox: Inbox) {
        let target = try target(of: request)
        let transfer = Transfer(request, to: target, delivery: delivery, onSent: onSent)
        guard !Task.isCancelled else { throw transfer.fault(.cancelled) }
        let inbox = try inbox(for: transfer)
        guard inbox.submit(.start(transfer)) else { throw transfer.fault(.shutDown) }
        return (transfer, inbox)
    }

    /// Refuses what may not be sent.
    private func target(of request: HTTPRequest) throws(HTTPFault) -> RequestTarget {
        let target = try knownTarget(request.url)
        if let field = request.headers.firstRefused {
            throw HTTPFault(.badHeader, place: target.place, detail: field.name)
        }
        if configuration.loopbackOnly, !target.isLoopback {
            throw HTTPFault(.notLoopback, place: target.place)
        }
        return target
    }

    private func knownTarget(_ url: String) throws(HTTPFault) -> RequestTarget {
        if let known = targets.withLock({ $0[url] }) {
            return known
        }
        let target = try RequestTarget(url)
        targets.withLock { targets in
            if targets.count >= Self.knownTargets {
                targets.removeAll(keepingCapacity: true)
            }
            targets[url] = target
        }
        return target
    }

    private func inbox(for transfer: Transfer) throws(HTTPFault) -> Inbox {
        let inbox: Result<Inbox, HTTPFault> = engine.withLock { engine in
            switch engine {
            case .running(let thread): return .success(thread.inbox)
            case .over: return .failure(transfer.fault(.shutDown))
            case .idle:
                return Result { () throws(HTTPFault) in
                    let thread = try LoopThread(configuration, shared)
                    engine = .running(thread)
                    return thread.inbox
                }
            }
        }
        return try inbox.get()
    }
}

/// The body of an answer, read as it comes.
package struct HTTPBody: ~Copyable {
    private let transfer: Transfer
    private let inbox: Inbox

    init(of transfer: Transfer, _ inbox: Inbox) {
        self.transfer = transfer
        self.inbox = inbox
    }

    /// Gives what is left of the body so many milliseconds to come; then the transfer ends with a fault.
    package func shorten(toMilliseconds rest: Int64) {
        if !transfer.hasEnded { inbox.submit(.shorten(transfer, rest)) }
    }

    /// Gives each further piece of the body so many milliseconds to come; then the transfer ends with a fault.
    package func limitIdle(toMilliseconds time: Int64) {
        if !transfer.hasEnded { inbox.submit(.limitIdle(transfer, time)) }
    }

    /// Waits for more bytes: all that have come since the last call, or `nil` at the end.
    package mutating func next() async throws(HTTPFault) -> [UInt8]? {
        try await transfer.piece { inbox.submit(.resume(transfer)) }
    }
}
