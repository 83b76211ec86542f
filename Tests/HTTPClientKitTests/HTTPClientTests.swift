import HTTPClientKit
import TestSupport
import Testing

@Suite("An HTTP client", .tags(.medium))
struct HTTPClientTests {
    @Test("sends a request and returns the whole answer")
    func exchange() async throws {
        let server = try ScriptedServer { request in
            ScriptedAnswer(201, headers: [("X-Seen", request.header("X-One") ?? "")], pieces: [request.body])
        }
        let client = HTTPClient()
        let request = HTTPRequest(
            .post,
            server.url + "/a/b?key=1",
            headers: ["X-One": "yes", "X-Empty": "", "Content-Type": "a/b"],
            body: Array("hello".utf8)
        )
        let response = try await client.send(request)
        #expect(response.status == 201)
        #expect(response.version == "1.1")
        #expect(response.headers["x-seen"] == "yes")
        #expect(response.body == Array("hello".utf8))
        let seen = try #require(server.requests.first)
        #expect(seen.method == "POST")
        #expect(seen.path == "/a/b?key=1")
        #expect(seen.header("content-type") == "a/b")
        #expect(seen.header("x-empty") == "")
        #expect(seen.header("expect") == nil)
        #expect(seen.header("user-agent") == "drydock")
        await client.shutdown()
        #expect(client.counters.openConnections == 0)
    }

    @Test("uses one connection for requests one after the other")
    func keepAlive() async throws {
        let server = try ScriptedServer { ScriptedAnswer($0.path) }
        let client = HTTPClient()
        for number in 1...20 {
            let response = try await client.send(HTTPRequest(.get, "\(server.url)/\(number)"))
            #expect(String(decoding: response.body, as: UTF8.self) == "/\(number)")
        }
        #expect(server.acceptedConnections == 1)
        #expect(client.counters.openedConnections == 1)
        await client.shutdown()
    }
}
