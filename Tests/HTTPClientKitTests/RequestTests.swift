import HTTPClientKit
import TestSupport
import Testing

@Suite("A request", .tags(.medium))
struct RequestTests {
    @Test("goes out with its method and body", arguments: [HTTPMethod.get, .head, .post, .put, .patch, .delete])
    func method(method: HTTPMethod) async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("body") }
        try await withClient { client in
            // One handle carries all of them, so that nothing of one may stay for the next.
            for body in [[], Array("hello".utf8), []] where method != .head || body.isEmpty {
                let response = try await client.send(HTTPRequest(method, server.url, body: body))
                #expect(response.body.text == (method == .head ? "" : "body"))
                #expect(server.requests.last?.method == method.rawValue)
                #expect(server.requests.last?.body == body)
                #expect(server.requests.last?.header("content-type") == nil)
            }
            _ = try await client.send(HTTPRequest(.get, server.url, headers: ["X": "1"]))
            #expect(server.requests.last?.method == "GET")
            #expect(server.requests.last?.header("content-length") == nil)
        }
    }

    @Test("with a large body is sent whole and without a wait for leave")
    func largeBody() async throws {
        let server = try ScriptedServer { ScriptedAnswer("\($0.body.count) \($0.header("expect") ?? "-")") }
        try await withClient { client in
            let body = [UInt8](repeating: 7, count: 5 << 20)
            let text = try await client.text(HTTPRequest(.post, server.url, body: body))
            #expect(text == "\(5 << 20) -")
        }
    }

    @Test(
        "with a header that could end the header is refused before anything is opened",
        arguments: [
            ("X-A\r\nX-B", "1"), ("X-A", "1\r\nX-B: 2"), ("X-A", "1\nX-B: 2"), ("X-A", "1\r"), ("X-A", "a\0b"),
            ("X A", "1"), ("X-A:", "1"), ("", "1"), ("X-Ä", "1"), ("X-A\0", "1"), ("Content-Length", "5"),
            ("transfer-encoding", "chunked"), ("Host", "other"), ("Connection", "close"),
        ]
    )
    func injection(name: String, value: String) async throws {
        try await withClient { client in
            var request = HTTPRequest(.get, "http://127.0.0.1:9/")
            request.headers.add(name, value)
            #expect(await client.reason(request) == .badHeader)
            #expect(client.counters.openedConnections == 0)
        }
    }

    @Test(
        "to what is no plain URL is refused before anything is opened",
        arguments: [
            "", "http://", "http:///path", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "//127.0.0.1/",
            "http://user:secret@127.0.0.1/", "http://user:sec?ret@127.0.0.1/", "http://127.0.0.1/a b",
            "http://127.0.0.1/\r\nX: 1", "http://127.0.0.1/ä", "gopher://127.0.0.1/", "http://127.0.0.1:99999/",
        ]
    )
    func url(url: String) async throws {
        try await withClient { client in
            let fault = try #require(await client.fault(HTTPRequest(.get, url)))
            #expect(fault.reason == .badURL)
            #expect(!"\(fault)".contains("sec"))
            #expect(client.counters.openedConnections == 0)
        }
    }

    @Test("is not sent on when the server answers with another place")
    func redirect() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer("", status: 307, headers: [("Location", "http://127.0.0.1:9/")])
        }
        try await withClient { client in
            let request = HTTPRequest(.post, server.url, headers: ["Authorization": "Bearer key"], body: [1])
            let response = try await client.send(request)
            #expect(response.status == 307)
            #expect(response.headers["location"] == "http://127.0.0.1:9/")
        }
        #expect(server.requests.count == 1)
    }
}
