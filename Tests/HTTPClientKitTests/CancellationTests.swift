import HTTPClientKit
import TestSupport
import Testing

@Suite("A cancelled request", .tags(.medium))
struct CancellationTests {
    enum Phase: CaseIterable, Sendable {
        case before, connecting, handshake, waiting, head, body, paused, place
    }

    @Test("returns at once and leaves nothing behind, in every phase", arguments: Phase.allCases)
    func phase(phase: Phase) async throws {
        let deaf = try DeafServer()
        let server = try ScriptedServer { request in Self.answer(to: request) }
        let configuration = HTTPClientConfiguration(transfers: phase == .place ? 1 : 1_024)
        try await withClient(configuration) { client in
            let url = Self.url(phase, server: server, deaf: deaf)
            let holder =
                phase == .place ? Task { await client.reason(HTTPRequest(.get, server.url + "/waiting")) } : nil
            if phase == .place {
                try await eventually { server.requests.count == 1 }
            }
            let task = Task { () async throws -> Void in
                while phase == .before && !Task.isCancelled { await Task.yield() }
                try await client.stream(HTTPRequest(.get, url, limits: HTTPLimits(bodyBytes: 1 << 30))) { _, body in
                    _ = try await body.next()
                    if phase == .paused {
                        try await Task.sleep(for: .seconds(3_600))
                    }
                    while try await body.next() != nil {}
                }
            }
            try await Self.reach(phase, client, server)
            task.cancel()
            let result = await task.result
            #expect(throws: (any Error).self) { try result.get() }
            if case .failure(let fault as HTTPFault) = result {
                #expect(fault.reason == .cancelled)
            } else {
                #expect(phase == .paused)
            }
            holder?.cancel()
            #expect(await holder?.value == (phase == .place ? .cancelled : nil))
            #expect(client.counters.runningTransfers == 0)
            #expect(client.counters.waitingTransfers == 0)
            #expect(client.counters.openConnections == 0)
        }
        try await eventually { server.openConnections == 0 }
    }

    private static func answer(to request: ScriptedServer.Request) -> ScriptedAnswer {
        switch request.path {
        case "/head": .fault(.garbageThenStall(Array("HTTP/1.1 200 OK\r\nX-A: 1\r\n".utf8)))
        case "/body": ScriptedAnswer("0123456789").with(.stallAfter(5))
        case "/paused":
            ScriptedAnswer(
                pieces: Array(repeating: [UInt8](repeating: 1, count: 1 << 20), count: 64),
                framing: .chunked
            )
        default: .fault(.silence)
        }
    }

    private static func url(_ phase: Phase, server: ScriptedServer, deaf: DeafServer) -> String {
        switch phase {
        case .connecting: "http://127.0.0.1:\(deaf.port)/"
        case .handshake: "https://127.0.0.1:\(server.port)/"
        default: "\(server.url)/\(phase)"
        }
    }

    /// Waits until the request is where it is to be cancelled.
    private static func reach(_ phase: Phase, _ client: HTTPClient, _ server: ScriptedServer) async throws {
        switch phase {
        case .before: break
        case .connecting: try await eventually { client.counters.openConnections == 1 }
        case .handshake: try await eventually { server.acceptedConnections == 1 }
        case .place: try await eventually { client.counters.waitingTransfers == 1 }
        case .waiting: try await eventually { server.requests.count == 1 }
        case .head, .body, .paused:
            try await eventually { server.requests.count == 1 }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    @Test("leaves the others alone")
    func others() async throws {
        let server = try ScriptedServer { request in
            request.path == "/silent" ? .fault(.silence) : ScriptedAnswer("here")
        }
        try await withClient { client in
            let silent = (0..<50).map { _ in Task { await client.reason(HTTPRequest(.get, server.url + "/silent")) } }
            try await eventually { server.requests.count == 50 }
            async let text = client.text(HTTPRequest(.get, server.url + "/quick"))
            for task in silent {
                task.cancel()
            }
            for task in silent {
                #expect(await task.value == .cancelled)
            }
            #expect(try await text == "here")
            #expect(client.counters.openConnections <= 1)
        }
    }

    @Test("amid the look-up of a name does not wait for the name server")
    func lookup() async throws {
        try await withClient { client in
            for _ in 0..<20 {
                let task = Task { await client.reason(HTTPRequest(.get, "http://nobody.invalid/")) }
                // Not until the look-up is seen to run: it may be over before.
                try await Task.sleep(for: .milliseconds(1))
                task.cancel()
                #expect(await [.cancelled, .resolve].contains(task.value))
            }
        }
    }
}

@Suite("A client that is shut down", .tags(.medium))
struct ShutdownTests {
    @Test("ends every transfer and takes no more")
    func ends() async throws {
        let server = try ScriptedServer { _ in .fault(.silence) }
        let client = HTTPClient(HTTPClientConfiguration(transfers: 10))
        let tasks = (0..<30).map { _ in Task { await client.reason(HTTPRequest(.get, server.url)) } }
        try await eventually { server.requests.count == 10 && client.counters.waitingTransfers == 20 }
        await client.shutdown()
        for task in tasks {
            #expect(await task.value == .shutDown)
        }
        #expect(client.counters.openConnections == 0)
        #expect(client.counters.runningTransfers == 0)
        #expect(await client.reason(HTTPRequest(.get, server.url)) == .shutDown)
        await client.shutdown()
        try await eventually { server.openConnections == 0 }
    }

    @Test("needs no thread for that when nothing was ever sent")
    func unused() async throws {
        let client = HTTPClient()
        await client.shutdown()
        #expect(await client.reason(HTTPRequest(.get, "http://127.0.0.1:9/")) == .shutDown)
    }

    @Test("by being dropped closes its connections")
    func dropped() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("x") }
        var client: HTTPClient? = HTTPClient()
        _ = try await client?.send(HTTPRequest(.get, server.url))
        #expect(server.openConnections == 1)
        client = nil
        try await eventually { server.openConnections == 0 }
    }
}
