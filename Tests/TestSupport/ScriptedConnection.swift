import Foundation

/// One connection of a ``ScriptedServer``, served on a thread of its own.
struct ScriptedConnection {
    /// `POLLRDHUP`, which Swift does not see.
    private static let hangUp: Int16 = 0x2000

    let socket: Int32
    let number: Int

    /// Reads requests and sends what `answer` makes of them, until one side closes.
    func serve(_ answer: (ScriptedServer.Request) -> ScriptedAnswer) {
        var buffer: [UInt8] = []
        while let request = read(&buffer) {
            guard send(answer(request), to: request) else { return }
        }
    }

    /// Reads one request; `nil` when the client is gone.
    private func read(_ buffer: inout [UInt8]) -> ScriptedServer.Request? {
        let end = Array("\r\n\r\n".utf8)
        while true {
            if let range = buffer.firstRange(of: end) {
                let lines = String(decoding: buffer[..<range.lowerBound], as: UTF8.self).components(separatedBy: "\r\n")
                buffer.removeSubrange(..<range.upperBound)
                return readBody(lines, &buffer)
            }
            guard receive(&buffer) else { return nil }
        }
    }

    private func readBody(_ lines: [String], _ buffer: inout [UInt8]) -> ScriptedServer.Request? {
        let words = lines[0].split(separator: " ")
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let value = parts.count > 1 ? parts[1].drop { $0 == " " } : ""
            return (name: String(parts[0]), value: String(value))
        }
        let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap { Int($0.value) } ?? 0
        while buffer.count < length {
            guard receive(&buffer) else { return nil }
        }
        let body = Array(buffer[..<length])
        buffer.removeSubrange(..<length)
        return ScriptedServer.Request(
            method: String(words[0]),
            path: String(words[1]),
            headers: headers,
            body: body,
            connection: number
        )
    }

    private func receive(_ buffer: inout [UInt8]) -> Bool {
        var bytes = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe recv(socket, &bytes, bytes.count, 0)
        guard count > 0 else { return false }
        buffer += bytes[..<count]
        return true
    }

    /// Sends an answer; says whether the connection stays.
    private func send(_ answer: ScriptedAnswer, to request: ScriptedServer.Request) -> Bool {
        guard wait(answer.delay) else { return false }
        switch answer.fault {
        case .resetBeforeHead: return reset()
        case .closeBeforeHead: return false
        case .silence: return stall()
        case .garbage(let bytes):
            _ = write(bytes)
            return false
        case .garbageThenStall(let bytes): return write(bytes) && stall()
        default: break
        }
        var bytes = answer.head
        if request.method != "HEAD" {
            // A small answer goes out in one packet, as it does from real servers.
            guard sendPieces(of: answer, after: &bytes) else { return false }
        }
        return write(bytes) && !answer.closesConnection
    }

    /// Sends all but the last bytes, which are left in `bytes`.
    private func sendPieces(of answer: ScriptedAnswer, after bytes: inout [UInt8]) -> Bool {
        var left = answer.fault?.bodyBytes ?? .max
        for (index, piece) in answer.pieces.enumerated() {
            if index > 0, answer.pieceDelay > 0 || bytes.count > 65_536 {
                guard write(bytes, answer.sent), wait(answer.pieceDelay) else { return false }
                bytes = []
            }
            let part = piece.prefix(left)
            left -= part.count
            if case .chunked = answer.framing {
                bytes += Array("\(String(part.count, radix: 16))\r\n".utf8) + part + Array("\r\n".utf8)
            } else {
                bytes += part
            }
            if left <= 0, let fault = answer.fault {
                return write(bytes) && breakOff(fault)
            }
        }
        if case .chunked = answer.framing {
            bytes += Array("0\r\n\r\n".utf8)
        }
        return true
    }

    private func breakOff(_ fault: ScriptedAnswer.Fault) -> Bool {
        switch fault {
        case .resetAfter: reset()
        case .stallAfter: stall()
        default: false
        }
    }

    /// Waits; `false` when the server is stopped or the client is gone before.
    private func wait(_ milliseconds: Int) -> Bool {
        guard milliseconds > 0 else { return true }
        var watched = pollfd(fd: socket, events: Self.hangUp, revents: 0)
        return unsafe poll(&watched, 1, Int32(milliseconds)) == 0
    }

    private func stall() -> Bool {
        var watched = pollfd(fd: socket, events: Self.hangUp, revents: 0)
        unsafe poll(&watched, 1, -1)
        return false
    }

    /// Has the kernel send a reset when the socket is closed.
    private func reset() -> Bool {
        // What was sent has to arrive before the reset overtakes it.
        var unsent: Int32 = 1
        while unsafe ioctl(socket, UInt(TIOCOUTQ), &unsent) == 0, unsent > 0 {
            usleep(1_000)
        }
        var option = linger(l_onoff: 1, l_linger: 0)
        unsafe setsockopt(socket, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        return false
    }

    private func write(_ bytes: [UInt8], _ report: ((Int) -> Void)? = nil) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = unsafe bytes[sent...].withUnsafeBytes {
                unsafe Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
            report?(count)
        }
        return true
    }
}

extension ScriptedAnswer.Fault {
    /// The bytes of the body that still come.
    fileprivate var bodyBytes: Int? {
        switch self {
        case .resetAfter(let count), .closeAfter(let count), .stallAfter(let count): count
        default: nil
        }
    }
}
