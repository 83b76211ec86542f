/// What a ``ScriptedServer`` answers to one request, and how it misbehaves.
package struct ScriptedAnswer: Sendable {
    /// How the client learns where the body ends.
    package enum Framing: Sendable {
        /// By `Content-Length`.
        case length
        /// By `Transfer-Encoding: chunked`, one chunk for each piece.
        case chunked
        /// By the end of the connection.
        case close
        /// By a `Content-Length` that is not the body's.
        case declared(Int)
    }

    /// What happens instead of the rest of the answer.
    package enum Fault: Sendable {
        /// The connection is reset at once.
        case resetBeforeHead
        /// The connection is closed in order, at once.
        case closeBeforeHead
        /// Nothing is ever answered.
        case silence
        /// The connection is reset after so many bytes of the body.
        case resetAfter(Int)
        /// The connection is closed in order after so many bytes of the body.
        case closeAfter(Int)
        /// Nothing more comes after so many bytes of the body.
        case stallAfter(Int)
        /// These bytes come in place of an answer, then the connection is closed.
        case garbage([UInt8])
        /// These bytes come in place of an answer, then nothing more.
        case garbageThenStall([UInt8])
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var pieces: [[UInt8]]
    package var framing: Framing
    /// Milliseconds before the head.
    package var delay = 0
    /// Milliseconds before each piece of the body but the first.
    package var pieceDelay = 0
    package var fault: Fault?
    /// Is given each number of bytes that the kernel has taken.
    package var sent: (@Sendable (Int) -> Void)?
    /// Closes the connection after the answer and says so.
    package var closes = false

    package init(
        _ status: Int = 200,
        headers: [(name: String, value: String)] = [],
        pieces: [[UInt8]],
        framing: Framing = .length
    ) {
        self.status = status
        self.headers = headers
        self.pieces = pieces
        self.framing = framing
    }

    package init(_ text: String = "", status: Int = 200, headers: [(name: String, value: String)] = []) {
        self.init(status, headers: headers, pieces: [Array(text.utf8)])
    }

    /// An answer that is a fault and no more.
    package static func fault(_ fault: Fault) -> ScriptedAnswer {
        var answer = ScriptedAnswer()
        answer.fault = fault
        return answer
    }

    /// The same answer with a fault.
    package func with(_ fault: Fault) -> ScriptedAnswer {
        var answer = self
        answer.fault = fault
        return answer
    }

    /// The same answer, in pieces of so many bytes with a wait before each.
    package func slow(bytes: Int, milliseconds: Int) -> ScriptedAnswer {
        var answer = self
        let body = pieces.flatMap { $0 }
        answer.pieces = stride(from: 0, to: body.count, by: bytes).map {
            Array(body[$0..<min($0 + bytes, body.count)])
        }
        answer.pieceDelay = milliseconds
        return answer
    }

    /// The head as it goes over the wire.
    var head: [UInt8] {
        var lines = ["HTTP/1.1 \(status) Scripted"]
        lines += headers.map { "\($0.name): \($0.value)" }
        switch framing {
        case .length: lines.append("Content-Length: \(pieces.reduce(0) { $0 + $1.count })")
        case .declared(let count): lines.append("Content-Length: \(count)")
        case .chunked: lines.append("Transfer-Encoding: chunked")
        case .close: break
        }
        if closesConnection {
            lines.append("Connection: close")
        }
        return Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8)
    }

    var closesConnection: Bool {
        if case .close = framing { true } else { closes }
    }
}
