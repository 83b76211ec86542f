internal import Core
internal import Synchronization

/// One request on its way, seen from both sides: the task that waits for it and the thread that carries it.
final class Transfer: Sendable {
    /// How the answer is handed over.
    enum Delivery: Sendable {
        /// In one piece, at its end.
        case whole
        /// The head, then the body as it comes; what the task does not take makes the thread stop reading.
        case pieces
    }

    /// How much of a body is kept for a task that does not take it.
    static let window = 256 << 10

    private struct State {
        /// The request's body until the thread has taken it.
        var upload: [UInt8]
        var head: HTTPResponseHead?
        var body: [UInt8] = []
        var hasEnded = false
        var fault: HTTPFault?
        var isPaused = false
        /// Something has happened that nobody has looked at.
        var hasNews = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// Without its body: a copy of that less is kept for each transfer that is under way.
    let request: HTTPRequest
    let target: RequestTarget
    let delivery: Delivery
    /// Called when the request goes out.
    let onSent: @Sendable () -> Void
    private let state: Mutex<State>

    init(
        _ request: consuming HTTPRequest,
        to target: RequestTarget,
        delivery: Delivery,
        onSent: @escaping @Sendable () -> Void = {}
    ) {
        var request = request
        var upload: [UInt8] = []
        swap(&upload, &request.body)
        state = Mutex(State(upload: upload))
        self.request = request
        self.target = target
        self.delivery = delivery
        self.onSent = onSent
    }

    func fault(_ reason: HTTPFault.Reason, _ detail: String = "") -> HTTPFault {
        HTTPFault(reason, place: target.place, detail: detail)
    }
}

// The side of the thread.
extension Transfer {
    /// The request's body, which is not kept here any longer.
    func takeUpload() -> [UInt8] {
        state.withLock { state in
            defer { state.upload = [] }
            return state.upload
        }
    }

    func begin(_ head: HTTPResponseHead, expecting size: Int) {
        tell { state in
            state.head = head
            if delivery == .whole {
                state.body.reserveCapacity(min(size, Self.window))
            }
            return delivery == .pieces
        }
    }

    /// Takes a piece of the body, or says `false` when the task has to read first.
    @unsafe
    func receive(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var isTaken = true
        tell { state in
            if delivery == .pieces, !state.body.isEmpty, state.body.count + bytes.count > Self.window {
                state.isPaused = true
                isTaken = false
                return false
            }
            unsafe state.body.append(contentsOf: bytes)
            return delivery == .pieces
        }
        return isTaken
    }

    /// Ends the transfer; later ends do not count.
    func end(_ fault: HTTPFault?) {
        tell { state in
            guard !state.hasEnded else { return false }
            state.hasEnded = true
            state.fault = fault
            return true
        }
    }

    /// Changes the state and wakes the task when `change` says that there is news.
    private func tell(_ change: (inout sending State) -> Bool) {
        let waiter: CheckedContinuation<Void, Never>? = state.withLock { state in
            guard change(&state) else { return nil }
            state.hasNews = state.waiter == nil
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }
}

// The side of the task.
extension Transfer {
    /// Waits for the whole answer.
    func response() async throws(HTTPFault) -> HTTPResponse {
        while true {
            let answer: Result<HTTPResponse, HTTPFault>? = state.withLock { state in
                guard state.hasEnded else { return nil }
                if let fault = state.fault {
                    return .failure(fault)
                }
                guard let head = state.head else { return .failure(fault(.unexpected, "there is no head")) }
                return .success(HTTPResponse(head: head, body: state.body))
            }
            if let answer {
                return try answer.get()
            }
            await news()
        }
    }

    /// Waits for the answer's head.
    func head() async throws(HTTPFault) -> HTTPResponseHead {
        while true {
            let (head, fault, hasEnded) = state.withLock { ($0.head, $0.fault, $0.hasEnded) }
            if let head {
                return head
            }
            if hasEnded {
                throw fault ?? self.fault(.unexpected, "there is no head")
            }
            await news()
        }
    }

    /// Waits for more of the body: all that is there, or `nil` at its end.
    func piece(resume: () -> Void) async throws(HTTPFault) -> [UInt8]? {
        while true {
            let (bytes, wasPaused, hasEnded, fault) = state.withLock { state in
                var bytes: [UInt8] = []
                swap(&bytes, &state.body)
                defer { state.isPaused = false }
                return (bytes, state.isPaused, state.hasEnded, state.fault)
            }
            if wasPaused {
                resume()
            }
            if !bytes.isEmpty {
                return bytes
            }
            if let fault {
                throw fault
            }
            if hasEnded {
                return nil
            }
            await news()
        }
    }

    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Waits for the end, whatever it is.
    func ended() async {
        while !hasEnded {
            await news()
        }
    }

    private func news() async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.hasNews {
                    state.hasNews = false
                    return true
                }
                state.waiter = continuation
                return false
            }
            if isThere {
                continuation.resume()
            }
        }
    }
}
