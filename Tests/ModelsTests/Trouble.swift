import Core
import HTTPClientKit
import Models
import TestSupport
import Testing

/// A way in which a provider misbehaves, and what has to come of it.
struct Trouble: Sendable, CustomTestStringConvertible {
    /// What a call ends with.
    enum Outcome: Sendable, Equatable {
        case fault(ProviderFault.Reason)
        /// The fault of a whole answer, and that of a streamed one.
        case faults(whole: ProviderFault.Reason, streamed: ProviderFault.Reason)
        /// The reply as if nothing had been.
        case reply
    }

    let name: String
    let outcome: Outcome
    var retryTime: RetryTime?
    var limits = HTTPLimits(total: .seconds(30))
    /// What the model writes.
    var text = Self.text
    let bend: @Sendable (ScriptedAnswer) -> ScriptedAnswer
    var answer: VendorAnswer?

    var testDescription: String { name }

    static let text = #"{"accepted":true,"feedback":"naïve — 日本 🦀","issues":[]}"#

    init(
        _ name: String,
        _ outcome: Outcome,
        text: String = Self.text,
        limits: HTTPLimits = HTTPLimits(total: .seconds(30)),
        _ bend: @escaping @Sendable (ScriptedAnswer) -> ScriptedAnswer = { $0 }
    ) {
        self.name = name
        self.outcome = outcome
        self.text = text
        self.limits = limits
        self.bend = bend
    }

    static let all = statuses + broken + bodies + fine

    private static let statuses: [Trouble] = [
        status(401, .unauthorized), status(404, .modelNotFound), status(408, .timeout),
        status(429, .rateLimited, "7", .after(milliseconds: 7_000)),
        status(429, .rateLimited, "Sun, 06 Nov 1994 08:49:37 GMT", .at(milliseconds: 784_111_777_000)),
        status(500, .server), status(503, .overloaded), status(529, .overloaded),
    ]

    private static func status(
        _ status: Int,
        _ reason: ProviderFault.Reason,
        _ retryAfter: String? = nil,
        _ time: RetryTime? = nil
    ) -> Trouble {
        var trouble = Trouble("\(status) \(retryAfter ?? "")", .fault(reason))
        trouble.answer = .error(status, headers: retryAfter.map { [("Retry-After", $0)] } ?? [])
        trouble.retryTime = time
        return trouble
    }

    private static let broken: [Trouble] = [
        Trouble("reset before the head", .fault(.connection)) { $0.with(.resetBeforeHead) },
        Trouble("closed before the head", .fault(.connection)) { $0.with(.closeBeforeHead) },
        Trouble("reset amid the answer", .fault(.cutOff)) { $0.with(.resetAfter(40)) },
        Trouble("closed amid the answer", .fault(.cutOff)) { $0.with(.closeAfter(40)) },
        Trouble("silence", .fault(.timeout), limits: limits(firstByte: 300)) { $0.with(.silence) },
        Trouble("stall", .fault(.timeout), limits: limits(idle: 300)) { $0.with(.stallAfter(40)) },
        Trouble("too slow", .fault(.timeout), limits: limits(total: 400)) { $0.slow(bytes: 1, milliseconds: 50) },
        Trouble("no HTTP", .fault(.malformed)) { $0.with(.garbage(Array("SSH-2.0-OpenSSH_9.2\r\n\r\n".utf8))) },
    ]

    private static func limits(firstByte: Int = 20_000, idle: Int = 20_000, total: Int = 30_000) -> HTTPLimits {
        HTTPLimits(
            firstByte: .milliseconds(firstByte),
            idle: .milliseconds(idle),
            total: .milliseconds(total)
        )
    }

    private static let bodies: [Trouble] = [
        Trouble("page for browsers", .fault(.malformed)) {
            typed($0, "text/html; charset=utf-8", [Array("<html>sign in</html>".utf8)])
        },
        Trouble("truncated", .faults(whole: .malformed, streamed: .cutOff)) {
            reframed($0) { Array($0.prefix($0.count / 2)) }
        },
        Trouble("garbled", .fault(.malformed)) { reframed($0) { $0.map { $0 == UInt8(ascii: "{") ? 0x3C : $0 } } },
        Trouble("no body", .faults(whole: .malformed, streamed: .cutOff)) { reframed($0) { _ in [] } },
        Trouble("50 MB", .fault(.tooLarge)) { answer in
            reframed(answer) { _ in Array("data: {\"x\":\"".utf8) + [UInt8](repeating: 0x78, count: 50_000_000) }
        },
    ]

    private static let fine: [Trouble] = [
        Trouble("other type", .reply) { typed($0, "text/plain", $0.pieces) },
        Trouble("slow bytes", .reply) { $0.slow(bytes: 50, milliseconds: 2) },
        Trouble("split characters", .reply) { $0.slow(bytes: 1, milliseconds: 0) },
        Trouble("fields twice", .reply) { fields($0, "event: x\nid: 1\nretry: 5\n: note\ndata") },
        Trouble("end by closing", .reply) { answer in
            var answer = answer
            answer.framing = .close
            return answer
        },
        Trouble("fence", .reply, text: "```json\n\(text)\n```"),
        Trouble("prose", .reply, text: "Here it is: \(text)\nI hope that it helps."),
        Trouble("wrong schema", .reply, text: #"{"accepted":"yes"}"#),
        Trouble("nothing", .reply, text: ""),
    ]

    private static func typed(_ answer: ScriptedAnswer, _ type: String, _ pieces: [[UInt8]]) -> ScriptedAnswer {
        var answer = answer
        answer.headers = [("Content-Type", type)]
        answer.pieces = pieces
        return answer
    }

    /// The whole body changed and sent in one piece.
    private static func reframed(_ answer: ScriptedAnswer, _ change: ([UInt8]) -> [UInt8]) -> ScriptedAnswer {
        var answer = answer
        answer.pieces = [change(answer.pieces.flatMap { $0 })]
        answer.framing = .length
        return answer
    }

    /// Puts fields before the data of each event; in answers of other forms nothing is found.
    private static func fields(_ answer: ScriptedAnswer, _ text: String) -> ScriptedAnswer {
        var answer = answer
        answer.pieces = answer.pieces.map { piece in
            let old = String(decoding: piece, as: UTF8.self)
            return Array((old.hasPrefix("{") ? old : old.replacing("data", with: text, maxReplacements: 1)).utf8)
        }
        answer.framing = .chunked
        return answer
    }
}
