import HTTPClientKit
import Synchronization
import TestSupport
import Testing

@Suite("An answer read piece by piece", .tags(.medium))
struct StreamTests {
    private struct Enough: Error {}

    private final class Sum: Sendable {
        private let sum = Mutex(0)

        var value: Int { sum.withLock { $0 } }

        func add(_ number: Int) {
            sum.withLock { $0 += number }
        }
    }

    private static let megabyte = [UInt8](repeating: 120, count: 1 << 20)

    @Test("comes as it is sent", arguments: [ScriptedAnswer.Framing.length, .chunked, .close])
    func order(framing: ScriptedAnswer.Framing) async throws {
        let server = try ScriptedServer { _ in
            var answer = ScriptedAnswer(202, pieces: (0..<20).map { Array("\($0);".utf8) }, framing: framing)
            answer.pieceDelay = 2
            return answer
        }
        try await withClient { client in
            let text = try await client.stream(HTTPRequest(.get, server.url)) { head, body in
                #expect(head.status == 202)
                var text = ""
                while let piece = try await body.next() {
                    text += piece.text
                }
                let afterEnd = try await body.next()
                #expect(afterEnd == nil)
                return text
            }
            #expect(text == (0..<20).map { "\($0);" }.joined())
        }
    }

    @Test("hands over the first piece before the last is sent")
    func early() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(pieces: [Array("first".utf8)], framing: .declared(100)).with(.stallAfter(5))
        }
        try await withClient { client in
            let first = try await client.stream(HTTPRequest(.get, server.url)) { _, body in try await body.next() }
            #expect(first?.text == "first")
            #expect(client.counters.openConnections == 0)
        }
        try await eventually { server.openConnections == 0 }
    }

    @Test("is asked for as soon as there is a connection, which is told; without one nothing is sent")
    func sent() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer(pieces: [Array("x".utf8)]) }
        let sent = Sum()
        try await withClient { client in
            for url in [server.url, server.url, "http://127.0.0.1:9"] {
                let before = sent.value
                let wasAnswered = try? await client.stream(HTTPRequest(.get, url), onSent: { sent.add(1) }) { _, _ in
                    #expect(sent.value == before + 1)
                    return true
                }
                #expect((wasAnswered != nil) == (url == server.url))
            }
        }
        #expect(sent.value == 2)
    }

    @Test("is read no faster than its reader takes it")
    func backPressure() async throws {
        let sent = Sum()
        let server = try ScriptedServer { _ in
            var answer = ScriptedAnswer(pieces: Array(repeating: Self.megabyte, count: 64), framing: .chunked)
            answer.sent = { sent.add($0) }
            return answer
        }
        try await withClient { client in
            let limits = HTTPLimits(bodyBytes: 1 << 30)
            let count = try await client.stream(HTTPRequest(.get, server.url, limits: limits)) { _, body in
                var largest = 0
                var count = 0
                while let piece = try await body.next() {
                    if count == 0 {
                        // Until nothing moves any more: what is sent now is in the kernel and in the stock.
                        try await Self.untilStill(sent)
                        #expect(sent.value < 24 << 20)
                    }
                    largest = max(largest, piece.count)
                    count += piece.count
                }
                #expect(largest <= 1 << 20)
                return count
            }
            #expect(count == 64 << 20)
        }
    }

    private static func untilStill(_ sum: Sum) async throws {
        var last = -1
        while sum.value != last {
            last = sum.value
            try await Task.sleep(for: .milliseconds(100))
        }
    }

    @Test("ends when its reader has enough", arguments: [true, false])
    func leave(isError: Bool) async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(pieces: Array(repeating: Self.megabyte, count: 200), framing: .chunked)
        }
        try await withClient { client in
            let request = HTTPRequest(.get, server.url, limits: HTTPLimits(bodyBytes: 1 << 30))
            do {
                try await client.stream(request) { _, body in
                    _ = try await body.next()
                    if isError { throw Enough() }
                }
                #expect(!isError)
            } catch is Enough {
                #expect(isError)
            }
            #expect(client.counters.runningTransfers == 0)
            #expect(client.counters.openConnections == 0)
        }
        try await eventually { server.openConnections == 0 }
    }

    @Test("tells of a cut only after all that came before it")
    func cut() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(String(repeating: "y", count: 1_000)).with(.resetAfter(700))
        }
        try await withClient { client in
            var count = 0
            let fault = await #expect(throws: HTTPFault.self) {
                try await client.stream(HTTPRequest(.get, server.url)) { _, body in
                    while let piece = try await body.next() {
                        count += piece.count
                    }
                }
            }
            #expect(fault?.reason == .cutOff)
            #expect(count == 700)
        }
    }

    @Test("fails before the reader is asked when there is no head")
    func noHead() async throws {
        let server = try ScriptedServer { _ in .fault(.resetBeforeHead) }
        try await withClient { client in
            let fault = await #expect(throws: HTTPFault.self) {
                try await client.stream(HTTPRequest(.get, server.url)) { _, _ in Issue.record("asked") }
            }
            #expect(fault?.reason == .reset)
        }
    }

    @Test("reaches its bound also with what was kept back while nobody read", .timeLimit(.minutes(1)))
    func boundAfterPause() async throws {
        // Many pieces come with one read; those after the pause are handed over together.
        let piece = [UInt8](repeating: 120, count: 1_000)
        let server = try ScriptedServer { _ in
            ScriptedAnswer(pieces: Array(repeating: piece, count: 1_000), framing: .chunked)
        }
        try await withClient { client in
            let limits = HTTPLimits(idle: .seconds(600), bodyBytes: 264_000)
            let request = HTTPRequest(.get, server.url, limits: limits)
            let fault = await #expect(throws: HTTPFault.self) {
                try await client.stream(request) { _, body in
                    try await Task.sleep(for: .milliseconds(300))
                    while try await body.next() != nil {}
                }
            }
            #expect(fault?.reason == .tooLarge)
        }
    }

    @Test("has the same bound as a whole one")
    func bound() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(pieces: Array(repeating: Self.megabyte, count: 50), framing: .chunked)
        }
        try await withClient { client in
            let request = HTTPRequest(.get, server.url, limits: HTTPLimits(bodyBytes: 3 << 20))
            var count = 0
            let fault = await #expect(throws: HTTPFault.self) {
                try await client.stream(request) { _, body in
                    while let piece = try await body.next() {
                        count += piece.count
                    }
                }
            }
            #expect(fault?.reason == .tooLarge)
            #expect(count <= 3 << 20)
        }
    }
}
