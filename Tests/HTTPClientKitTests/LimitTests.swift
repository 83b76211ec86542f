import HTTPClientKit
import TestSupport
import Testing

@Suite("The limits of a request", .tags(.medium))
struct LimitTests {
    private let long = Duration.seconds(600)
    private let short = Duration.milliseconds(150)

    @Test("end it when there is no connection in time")
    func connect() async throws {
        let server = try DeafServer()
        try await withClient { client in
            let limits = HTTPLimits(connect: short, firstByte: long, idle: long, total: long)
            let request = HTTPRequest(.get, "http://127.0.0.1:\(server.port)/", limits: limits)
            #expect(await client.reason(request) == .timeout(.connect))
        }
    }

    @Test("end it when TLS is not agreed on in time")
    func handshake() async throws {
        let server = try ScriptedServer { _ in .fault(.silence) }
        try await withClient { client in
            let limits = HTTPLimits(connect: short, firstByte: long, idle: long, total: long)
            let request = HTTPRequest(.get, "https://127.0.0.1:\(server.port)/", limits: limits)
            #expect(await client.reason(request) == .timeout(.connect))
        }
    }

    @Test("end it when no answer begins in time")
    func firstByte() async throws {
        let server = try ScriptedServer { _ in .fault(.silence) }
        try await withClient { client in
            let limits = HTTPLimits(connect: long, firstByte: short, idle: long, total: long)
            #expect(await client.reason(HTTPRequest(.get, server.url, limits: limits)) == .timeout(.firstByte))
        }
        #expect(server.requests.count == 1)
    }

    @Test("end it when the answer stops")
    func idle() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("0123456789").with(.stallAfter(5)) }
        try await withClient { client in
            let limits = HTTPLimits(connect: long, firstByte: long, idle: short, total: long)
            #expect(await client.reason(HTTPRequest(.get, server.url, limits: limits)) == .timeout(.idle))
        }
    }

    @Test("end it when the answer comes, but too slowly")
    func total() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(String(repeating: "x", count: 10_000)).slow(bytes: 1, milliseconds: 5)
        }
        try await withClient { client in
            let limits = HTTPLimits(connect: long, firstByte: long, idle: long, total: .milliseconds(300))
            #expect(await client.reason(HTTPRequest(.get, server.url, limits: limits)) == .timeout(.total))
        }
    }

    @Test("let a slow answer pass whose bytes keep coming")
    func slow() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("abcdefgh").slow(bytes: 1, milliseconds: 50) }
        try await withClient { client in
            let limits = HTTPLimits(connect: long, firstByte: long, idle: .seconds(60), total: long)
            let text = try await client.text(HTTPRequest(.get, server.url, limits: limits))
            #expect(text == "abcdefgh")
        }
    }

    @Test("end it while it waits for a free place")
    func place() async throws {
        let server = try ScriptedServer { _ in .fault(.silence) }
        try await withClient(HTTPClientConfiguration(transfers: 1)) { client in
            let holder = Task { await client.reason(HTTPRequest(.get, server.url)) }
            try await eventually { client.counters.runningTransfers == 1 }
            let limits = HTTPLimits(total: short)
            #expect(await client.reason(HTTPRequest(.get, server.url, limits: limits)) == .timeout(.total))
            holder.cancel()
            #expect(await holder.value == .cancelled)
        }
        #expect(server.acceptedConnections == 1)
    }

    @Test("end it as soon as the body is larger than its bound", arguments: [true, false])
    func body(isDeclared: Bool) async throws {
        let piece = [UInt8](repeating: 120, count: 1 << 20)
        let server = try ScriptedServer { _ in
            ScriptedAnswer(pieces: Array(repeating: piece, count: 50), framing: isDeclared ? .length : .chunked)
        }
        try await withClient { client in
            let limits = HTTPLimits(bodyBytes: 10 << 20)
            #expect(await client.reason(HTTPRequest(.get, server.url, limits: limits)) == .tooLarge)
            let whole = try await client.send(HTTPRequest(.get, server.url, limits: HTTPLimits(bodyBytes: 50 << 20)))
            #expect(whole.body.count == 50 << 20)
        }
    }

    @Test("end it as soon as the head is larger than its bound")
    func header() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(headers: (0..<100).map { ("X-\($0)", String(repeating: "y", count: 1_000)) }, pieces: [])
        }
        try await withClient { client in
            let request = HTTPRequest(.get, server.url, limits: HTTPLimits(headerBytes: 10_000))
            #expect(await client.reason(request) == .tooLarge)
        }
    }
}
