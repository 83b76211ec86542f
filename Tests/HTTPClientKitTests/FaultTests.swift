import HTTPClientKit
import TestSupport
import Testing

@Suite("What a server does wrong", .tags(.medium))
struct FaultTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let answer: ScriptedAnswer
        let reason: HTTPFault.Reason

        init(_ name: String, _ answer: ScriptedAnswer, _ reason: HTTPFault.Reason) {
            testDescription = name
            self.answer = answer
            self.reason = reason
        }
    }

    private static let text = String(repeating: "x", count: 1_000)
    private static let chunked = ScriptedAnswer(
        pieces: Array(repeating: Array("abc".utf8), count: 9),
        framing: .chunked
    )

    static let cases: [Case] = [
        Case("a reset before the head", .fault(.resetBeforeHead), .reset),
        Case("the end before the head", .fault(.closeBeforeHead), .reset),
        Case("the end amid the head", .fault(.garbage(Array("HTTP/1.1 200 OK\r\nContent-Le".utf8))), .reset),
        Case("a reset amid the body", ScriptedAnswer(text).with(.resetAfter(500)), .cutOff),
        Case("the end amid the body", ScriptedAnswer(text).with(.closeAfter(500)), .cutOff),
        Case("a reset amid the chunks", chunked.with(.resetAfter(10)), .cutOff),
        Case("the end amid the chunks", chunked.with(.closeAfter(10)), .cutOff),
        Case(
            "a length that is too great",
            ScriptedAnswer(pieces: [Array(text.utf8)], framing: .declared(2_000)).with(.closeAfter(1_000)),
            .cutOff
        ),
        Case("no HTTP", .fault(.garbage(Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8))), .protocolError),
        Case("bytes without sense", .fault(.garbage((0..<255).map { UInt8($0) })), .protocolError),
        Case(
            "a status that is no number",
            .fault(.garbage(Array("HTTP/1.1 abc OK\r\n\r\n".utf8))),
            .protocolError
        ),
        Case(
            "two lengths that differ",
            ScriptedAnswer(headers: [("Content-Length", "3")], pieces: [Array("abcdef".utf8)]),
            .protocolError
        ),
        Case(
            "a length that is no number",
            ScriptedAnswer(headers: [("Content-Length", "abc")], pieces: [], framing: .close),
            .protocolError
        ),
        Case(
            "chunks without sense",
            .fault(.garbage(Array("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n".utf8))),
            .protocolError
        ),
    ]

    @Test("is told by its name", arguments: cases)
    func fault(entry: Case) async throws {
        let server = try ScriptedServer { _ in entry.answer }
        try await withClient { client in
            for _ in 0..<3 {
                let fault = try #require(await client.fault(HTTPRequest(.post, server.url + "/a?key=secret")))
                #expect(fault.reason == entry.reason, "\(fault)")
                #expect(!"\(fault)".contains("secret"))
                #expect("\(fault)".contains("127.0.0.1"))
            }
        }
        #expect(server.requests.count == 3)
    }

    @Test("in a length that is too small leaves the rest to nobody")
    func shortLength() async throws {
        let server = try ScriptedServer { request in
            ScriptedAnswer(pieces: [Array("abcdef\(request.path)".utf8)], framing: .declared(3))
        }
        try await withClient { client in
            for path in ["/1", "/2"] {
                let text = try await client.text(HTTPRequest(.get, server.url + path))
                #expect(text == "abc")
            }
        }
        #expect(server.acceptedConnections == 2)
    }

    @Test("is nothing in chunks, trailers and early hints")
    func chunks() async throws {
        let bytes = """
            HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\
            Trailer: X-End\r\n\r\n3\r\nabc\r\n2;name=value\r\nde\r\n0\r\nX-End: 1\r\n\r\n
            """
        let server = try ScriptedServer { _ in .fault(.garbage(Array(bytes.utf8))) }
        try await withClient { client in
            let response = try await client.send(HTTPRequest(.get, server.url))
            #expect(response.status == 200)
            #expect(response.headers["link"] == nil)
            #expect(response.body.text == "abcde")
        }
    }

    @Test("is sent once more when a kept connection was closed, and only then")
    func keptConnection() async throws {
        let server = try ScriptedServer { request in
            request.path == "/lost" && request.connection == 1 ? .fault(.closeBeforeHead) : ScriptedAnswer("here")
        }
        try await withClient { client in
            _ = try await client.send(HTTPRequest(.get, server.url + "/first"))
            let response = try await client.send(HTTPRequest(.post, server.url + "/lost", body: [1, 2, 3]))
            #expect(response.body.text == "here")
        }
        #expect(server.requests.map(\.path) == ["/first", "/lost", "/lost"])
        #expect(server.requests.map(\.body) == [[], [1, 2, 3], [1, 2, 3]])
    }

    @Test("includes a port where nobody listens and a name that nobody has")
    func nobody() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer() }
        let url = server.url
        server.stop()
        try await withClient { client in
            // The listening socket is gone as soon as its thread has seen the stop.
            var reason = await client.reason(HTTPRequest(.get, url))
            while reason != .connect {
                reason = await client.reason(HTTPRequest(.get, url))
            }
            let limits = HTTPLimits(connect: .seconds(60))
            #expect(await client.reason(HTTPRequest(.get, "http://nobody.invalid/", limits: limits)) == .resolve)
        }
    }
}
