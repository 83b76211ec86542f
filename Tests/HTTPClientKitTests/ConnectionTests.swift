import HTTPClientKit
import TestSupport
import Testing

@Suite("The connections of a client", .tags(.medium))
struct ConnectionTests {
    @Test("carry 600 requests at once, each with its own answer")
    func many() async throws {
        let server = try ScriptedServer { request in
            var answer = ScriptedAnswer(pieces: [request.body])
            answer.delay = 50
            return answer
        }
        try await withClient { client in
            for _ in 0..<2 {
                let right = try await withThrowingTaskGroup(of: Bool.self) { group in
                    for number in 0..<600 {
                        group.addTask {
                            let body = Array("\(number)".utf8)
                            return try await client.send(HTTPRequest(.post, server.url, body: body)).body == body
                        }
                    }
                    return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
                }
                #expect(right == 600)
            }
            #expect(client.counters.openedConnections <= 600)
        }
        #expect(server.requests.count == 1_200)
        try await eventually { server.openConnections == 0 }
    }

    @Test("are never more than the places, and nobody is left out")
    func places() async throws {
        let server = try ScriptedServer { ScriptedAnswer($0.path) }
        try await withClient(HTTPClientConfiguration(transfers: 8, transfersPerHost: 3)) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<200 {
                    group.addTask {
                        let text = try await client.text(HTTPRequest(.get, "\(server.url)/\(number)"))
                        #expect(text == "/\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.counters.openedConnections <= 3)
        }
        #expect(server.acceptedConnections <= 3)
    }

    @Test("to one server do not keep those to another waiting")
    func servers() async throws {
        let silent = try ScriptedServer { _ in .fault(.silence) }
        let quick = try ScriptedServer { _ in ScriptedAnswer("here") }
        try await withClient(HTTPClientConfiguration(transfers: 4, transfersPerHost: 2)) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<5 {
                    group.addTask { _ = await client.fault(HTTPRequest(.get, silent.url)) }
                }
                try await eventually { silent.requests.count == 2 && client.counters.waitingTransfers == 3 }
                let text = try await client.text(HTTPRequest(.get, quick.url))
                #expect(text == "here")
                // Not at the end: tasks are cancelled one after the other, and the place of the first may be given to one
                // that waits and whose turn has not come.
                #expect(silent.acceptedConnections == 2)
                #expect(client.counters.runningTransfers == 2 && client.counters.waitingTransfers == 3)
                group.cancelAll()
                try await group.waitForAll()
            }
        }
    }

    @Test("are made anew when the server closes them after each answer")
    func closing() async throws {
        let server = try ScriptedServer { _ in
            var answer = ScriptedAnswer("one")
            answer.closes = true
            return answer
        }
        try await withClient { client in
            for _ in 0..<5 {
                let text = try await client.text(HTTPRequest(.get, server.url))
                #expect(text == "one")
            }
            #expect(client.counters.openConnections == 0)
        }
        #expect(server.acceptedConnections == 5)
    }

    @Test("cost one wake for many requests and no descriptor after the end")
    func wakes() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("x") }
        let before = try openDescriptors()
        for _ in 0..<3 {
            try await withClient { client in
                for _ in 0..<10 {
                    _ = try await client.send(HTTPRequest(.get, server.url))
                }
            }
        }
        try await eventually { server.openConnections == 0 }
        // Other tests of this process open and close theirs meanwhile.
        try await eventually { ((try? openDescriptors()) ?? .max) <= before + 20 }
    }
}
