internal import CCurl
internal import Glibc
internal import Synchronization

/// What epoll watches of one descriptor, and what libcurl wants watched.
struct SocketWatch {
    var wanted: UInt32 = 0
    var registered: UInt32 = 0
    /// Tells one connection from the next that gets the same descriptor; 0 for what is none.
    var connection = 0
    /// It stands, so that we are told of its end; libcurl closes its other descriptors without a word.
    var isEstablished = false
}

/// A connection that was asked for and does not stand yet.
struct ConnectionAttempt {
    let socket: Int32
    let connection: Int
}

@unsafe
func curlSocket(
    _: UnsafeMutableRawPointer?,
    _ socket: curl_socket_t,
    _ what: Int32,
    _ context: UnsafeMutableRawPointer?,
    _: UnsafeMutableRawPointer?
) -> Int32 {
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue().watch(socket, what)
    return 0
}

@unsafe
func curlTimer(_: UnsafeMutableRawPointer?, _ milliseconds: Int, _ context: UnsafeMutableRawPointer?) -> Int32 {
    guard let context = unsafe context else { return -1 }
    unsafe Unmanaged<TransferLoop>.fromOpaque(context).takeUnretainedValue().setTimer(milliseconds)
    return 0
}

extension TransferLoop {
    func opened(_ socket: Int32) -> ConnectionAttempt {
        prepare(socket)
        nextConnection += 1
        watches[Int(socket)] = SocketWatch(connection: nextConnection)
        shared.update { counters in
            counters.openedConnections += 1
            counters.openConnections += 1
        }
        return ConnectionAttempt(socket: socket, connection: nextConnection)
    }

    /// One of the attempts stands, or none is left: all others are closed by now, most of them without a word to us.
    func settle(_ attempts: [ConnectionAttempt], isConnected: Bool) {
        for attempt in attempts where watches[Int(attempt.socket)].connection == attempt.connection {
            if isConnected, Self.hasPeer(attempt.socket) {
                watches[Int(attempt.socket)].isEstablished = true
            } else {
                watches[Int(attempt.socket)] = SocketWatch()
                shared.update { $0.openConnections -= 1 }
            }
        }
    }

    private static func hasPeer(_ socket: Int32) -> Bool {
        var address = sockaddr_storage()
        var size = socklen_t(MemoryLayout<sockaddr_storage>.size)
        return unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe getpeername(socket, $0, &size) == 0
            }
        }
    }

    func closed(_ socket: Int32) {
        prepare(socket)
        if watches[Int(socket)].registered != 0 {
            _ = shim_epoll(epoll, EPOLL_CTL_DEL, socket, 0)
        }
        if watches[Int(socket)].connection != 0 {
            shared.update { $0.openConnections -= 1 }
        }
        watches[Int(socket)] = SocketWatch()
        close(socket)
    }

    /// Changes what is watched, as libcurl wants it.
    ///
    /// A connection that waits for its next request stays registered, which saves two system calls for each request.
    func watch(_ socket: Int32, _ what: Int32) {
        prepare(socket)
        let wanted: UInt32 =
            switch what {
            case CURL_POLL_IN: EPOLLIN.rawValue
            case CURL_POLL_OUT: EPOLLOUT.rawValue
            case CURL_POLL_INOUT: EPOLLIN.rawValue | EPOLLOUT.rawValue
            default: 0
            }
        watches[Int(socket)].wanted = wanted
        if wanted != 0 || !watches[Int(socket)].isEstablished {
            register(socket, wanted)
        }
    }

    /// Says whether libcurl wants to know that a descriptor is ready; if not, it is not watched any longer.
    func isWatched(_ socket: Int32) -> Bool {
        guard watches[Int(socket)].wanted == 0 else { return true }
        register(socket, 0)
        return false
    }

    private func register(_ socket: Int32, _ events: UInt32) {
        let before = watches[Int(socket)].registered
        guard before != events else { return }
        watches[Int(socket)].registered = events
        let operation = events == 0 ? EPOLL_CTL_DEL : before == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD
        _ = shim_epoll(epoll, operation, socket, events)
    }

    private func prepare(_ socket: Int32) {
        while watches.count <= Int(socket) {
            watches.append(SocketWatch())
        }
    }
}

/// A client's counters, which any thread may read.
final class SharedCounters: Sendable {
    private let counters = Mutex(HTTPCounters())

    var now: HTTPCounters { counters.withLock { $0 } }

    func update(_ change: (inout HTTPCounters) -> Void) {
        counters.withLock { change(&$0) }
    }

    func publish(running: Int, waiting: Int) {
        counters.withLock { counters in
            counters.runningTransfers = running
            counters.waitingTransfers = waiting
        }
    }

    func countWake() {
        counters.withLock { $0.wakes += 1 }
    }
}
