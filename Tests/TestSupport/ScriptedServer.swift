import Foundation
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 that answers from a script and misbehaves on demand.
///
/// Plain sockets, one thread for each connection; every answer comes from one function, called on that thread.
package final class ScriptedServer: Sendable {
    /// A request as it came.
    package struct Request: Sendable {
        package let method: String
        /// With the query; an absolute URL when the client takes the server for a proxy.
        package let path: String
        package let headers: [(name: String, value: String)]
        package let body: [UInt8]
        /// The number of its connection, from 1 on.
        package let connection: Int

        /// The first header of that name, in any spelling.
        package func header(_ name: String) -> String? {
            headers.first { $0.name.lowercased() == name.lowercased() }?.value
        }
    }

    package typealias Handler = @Sendable (Request) -> ScriptedAnswer

    private struct State {
        var requests: [Request] = []
        var accepted = 0
        var open: Set<Int32> = []
        var isStopped = false
    }

    package let port: Int
    private let listener: Int32
    private let handler: Handler
    private let state = Mutex(State())

    /// Starts to listen on a free port.
    package init(_ handler: @escaping Handler) throws {
        (listener, port) = try Self.listen(backlog: 1_024)
        self.handler = handler
        let listener = listener
        Thread.detachNewThread { [weak self] in
            while true {
                let socket = accept(listener, nil, nil)
                guard socket >= 0, let self, self.add(socket) else { break }
            }
            close(listener)
        }
    }

    deinit {
        stop()
    }

    package var url: String { "http://127.0.0.1:\(port)" }

    /// Every request so far, in the order in which they were complete.
    package var requests: [Request] { state.withLock { $0.requests } }

    /// How many connections were made so far.
    package var acceptedConnections: Int { state.withLock { $0.accepted } }

    /// How many connections are open.
    package var openConnections: Int { state.withLock { $0.open.count } }

    /// Closes all connections and listens no longer.
    package func stop() {
        let sockets = state.withLock { state in
            defer { state.isStopped = true }
            return state.isStopped ? [] : [listener] + Array(state.open)
        }
        for socket in sockets {
            shutdown(socket, Int32(SHUT_RDWR))
        }
    }

    private func add(_ socket: Int32) -> Bool {
        let number: Int? = state.withLock { state in
            guard !state.isStopped else { return nil }
            state.accepted += 1
            state.open.insert(socket)
            return state.accepted
        }
        guard let number else {
            close(socket)
            return false
        }
        let thread = Thread { [self] in
            let connection = ScriptedConnection(socket: socket, number: number)
            connection.serve { request in
                state.withLock { $0.requests.append(request) }
                return handler(request)
            }
            state.withLock { _ = $0.open.remove(socket) }
            close(socket)
        }
        thread.stackSize = 256 << 10
        thread.start()
        return true
    }

    private static func listen(backlog: Int32) throws -> (Int32, Int) {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isReady = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe bind(listener, pointer, size) == 0 && Glibc.listen(listener, backlog) == 0
                    && getsockname(listener, pointer, &size) == 0
            }
        }
        guard listener >= 0, isReady else { throw POSIXError(POSIXErrorCode(rawValue: errno) ?? .EIO) }
        return (listener, Int(UInt16(bigEndian: address.sin_port)))
    }
}

/// A port on which the kernel takes no connection and refuses none: its queue is full and nobody empties it.
package final class DeafServer: Sendable {
    package let port: Int
    private let sockets: [Int32]

    package init() throws {
        let (listener, port) = try ScriptedServer.listenDeaf()
        self.port = port
        var sockets = [listener]
        for _ in 0..<4 {
            sockets.append(ScriptedServer.beginConnection(to: port))
        }
        self.sockets = sockets
    }

    deinit {
        for socket in sockets {
            close(socket)
        }
    }
}

extension ScriptedServer {
    fileprivate static func listenDeaf() throws -> (Int32, Int) {
        try listen(backlog: 0)
    }

    /// Asks for a connection without waiting for it.
    fileprivate static func beginConnection(to port: Int) -> Int32 {
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let client = socket(AF_INET, kind, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        address.sin_port = UInt16(port).bigEndian
        unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe connect(client, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return client
    }
}
