import Core
import Models
import TestSupport
import Testing

@Suite("A wire format's answers", .tags(.small))
struct WireReplyTests {
    @Test("are read whole", arguments: WireSample.all)
    func whole(sample: WireSample) throws {
        #expect(try sample.format.reply(Array(sample.body.utf8)) == WireReply(sample.reply))
    }

    @Test("are the same streamed, cut at every place", arguments: WireSample.all)
    func everyCut(sample: WireSample) throws {
        let bytes = Array(sample.stream.utf8)
        var first = sample.format.makeAssembler()
        var shown = ""
        for cut in 0..<bytes.count {
            var second = first
            let rest = try second.append(Array(bytes[cut...]))
            #expect(try second.finish() == WireReply(sample.reply), "cut at \(cut)")
            #expect((shown + rest).hasSuffix(sample.reply.text) || sample.name.hasSuffix("tool"), "cut at \(cut)")
            shown += try first.append([bytes[cut]])
        }
        #expect(try first.finish() == WireReply(sample.reply))
    }

    @Test("are the same streamed in pieces of any size", arguments: WireSample.all)
    func pieces(sample: WireSample) throws {
        let bytes = Array(sample.stream.utf8)
        var random = SplitMix(seed: 7)
        for _ in 0..<20 {
            var pieces: [[UInt8]] = []
            var rest = bytes[...]
            while !rest.isEmpty {
                let size = Int.random(in: 0...40, using: &random)
                pieces.append(Array(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(try Self.assemble(pieces, sample.format).reply == WireReply(sample.reply))
        }
    }

    @Test("are cut off wherever the stream ends before its end mark", arguments: WireSample.all)
    func cutOff(sample: WireSample) throws {
        let bytes = Array(sample.stream.utf8)
        var assembler = sample.format.makeAssembler()
        for (count, byte) in bytes.enumerated() {
            var ended = assembler
            do {
                // Where nothing but the closing of the stream is missing, the text has to be whole.
                #expect(try ended.finish().reply.text == sample.reply.text, "after \(count) bytes")
            } catch {
                #expect(error.reason == .cutOff, "after \(count) bytes")
                #expect(error.isTransient)
            }
            _ = try assembler.append([byte])
        }
    }

    @Test("are malformed when the body is cut or no answer", arguments: WireSample.all)
    func truncated(sample: WireSample) {
        let bytes = Array(sample.body.utf8)
        for count in 0..<bytes.count {
            let fault = #expect(throws: ProviderFault.self) { try sample.format.reply(Array(bytes[..<count])) }
            #expect(fault?.reason == .malformed, "after \(count) bytes")
        }
        for text in ["", "  \n", "null", "[]", "\"x\"", "{}", "<html>busy</html>", "{\"choices\":[]}", "\u{0}"] {
            let fault = #expect(throws: ProviderFault.self) { try sample.format.reply(Array(text.utf8)) }
            #expect(fault?.reason == .malformed, "\(text)")
        }
    }

    @Test("are malformed when a streamed piece is garbled", arguments: WireSample.all)
    func garbled(sample: WireSample) {
        let frame = sample.name == "ollama" ? "%\n" : "data: %\n\n"
        for text in ["{\"a\":", "garbage", "[1]", "{\"text\":\"\\ud83d\"}"] {
            var assembler = sample.format.makeAssembler()
            let fault = #expect(throws: ProviderFault.self) {
                try assembler.append(Array(frame.replacing("%", with: text).utf8))
            }
            #expect(fault?.reason == .malformed, "\(text)")
        }
        var assembler = sample.format.makeAssembler()
        let invalid = Array(frame.utf8).flatMap {
            $0 == UInt8(ascii: "%") ? Array("{\"x\":\"".utf8) + [0xC3, 0x28, 0x22, 0x7D] : [$0]
        }
        #expect(throws: ProviderFault.self) { try assembler.append(invalid) }
    }

    @Test("are too large beyond a limit, in one line, in one event or in sum", arguments: WireSample.all)
    func huge(sample: WireSample) throws {
        let frames = sample.name == "ollama" ? ["%"] : ["data: %", "data: %\n", ": %"]
        for frame in frames {
            var assembler = sample.format.makeAssembler(limit: 1_000)
            let fault = #expect(throws: ProviderFault.self) {
                for _ in 0..<20 { _ = try assembler.append(Array(frame.replacing("%", with: "x".padded(100)).utf8)) }
            }
            #expect(fault?.reason == .tooLarge, "\(frame)")
            #expect(fault?.isTransient == false)
        }
        var assembler = sample.format.makeAssembler(limit: 1_000)
        let fault = #expect(throws: ProviderFault.self) {
            for _ in 0..<100 { _ = try assembler.append(Array(Self.piece(of: sample).utf8)) }
        }
        #expect(fault?.reason == .tooLarge)
    }

    /// A piece of a stream with some text.
    private static func piece(of sample: WireSample) -> String {
        switch sample.format {
        case is OpenAIFormat: "data: {\"choices\":[{\"delta\":{\"content\":\"0123456789 0123456789\"}}]}\n\n"
        case is AnthropicFormat:
            "data: {\"type\":\"content_block_delta\",\"delta\":{\"type\":\"text_delta\",\"text\":\"0123456789 0123\"}}\n\n"
        case is GeminiFormat:
            "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"0123456789 0123456789\"}]}}]}\n\n"
        default: "{\"message\":{\"content\":\"0123456789 0123456789\"},\"done\":false}\n"
        }
    }

    @Test("may be empty: that is for the contract to judge")
    func empty() throws {
        let bodies: [(any WireFormat, String)] = [
            (OpenAIFormat(), #"{"choices":[{"message":{"content":""},"finish_reason":"stop"}]}"#),
            (OpenAIFormat(), #"{"choices":[{"message":{"content":null}}]}"#),
            (AnthropicFormat(), #"{"type":"message","content":[],"stop_reason":"end_turn"}"#),
            (GeminiFormat(), #"{"candidates":[{"finishReason":"STOP"}]}"#),
            (OllamaFormat(), #"{"message":{"role":"assistant","content":""},"done":true}"#),
        ]
        for (format, body) in bodies {
            #expect(try format.reply(Array(body.utf8)).reply == ModelReply(text: ""))
        }
    }

    @Test("say why the model stopped", arguments: WireEnding.all)
    func endings(sample: WireEnding) throws {
        #expect(try sample.format.reply(Array(sample.body.utf8)).reply.ending == sample.ending)
    }

    @Test("of Gemini that are only begun say how to go on")
    func continuation() throws {
        let body = #"""
            {"candidates":[{"content":{"parts":[{"text":"{\"a\":"}]},"finishReason":"CONTINUATION","continuationToken":"dG9r"}]}
            """#
        let reply = try GeminiFormat().reply(Array(body.utf8))
        #expect(reply == WireReply(ModelReply(text: #"{"a":"#, ending: .outputLimit), continuation: "dG9r"))
    }

    @Test("tell progress of a fetched model, and that it broke off")
    func pull() throws {
        let lines = """
            {"status":"pulling manifest"}
            {"status":"pulling 6e4c","digest":"sha256:6e4c","total":200,"completed":50}
            {"status":"success"}

            """
        let bytes = Array(lines.utf8)
        for cut in 0...bytes.count {
            var reader = PullReader()
            let steps = try reader.append(Array(bytes[..<cut])) + reader.append(Array(bytes[cut...])) + reader.finish()
            #expect(steps.map(\.completed) == [0, 50, 0])
            #expect(steps.last?.isFinished == true)
        }
        var broken = PullReader()
        _ = try broken.append(Array(bytes.prefix(40)))
        #expect(throws: ProviderFault.self) { try broken.finish() }
        var failed = PullReader()
        let fault = #expect(throws: ProviderFault.self) {
            try failed.append(Array("{\"error\":\"no such model\"}\n".utf8))
        }
        #expect(fault?.message == "no such model")
    }

    private static func assemble(
        _ pieces: [[UInt8]],
        _ format: any WireFormat
    ) throws -> (reply: WireReply, shown: String) {
        var assembler = format.makeAssembler()
        var shown = ""
        for piece in pieces { shown += try assembler.append(piece) }
        return (try assembler.finish(), shown)
    }
}

/// An answer that ends for a reason.
struct WireEnding: Sendable, CustomTestStringConvertible {
    let format: any WireFormat
    let body: String
    let ending: ModelReply.Ending
    var testDescription: String { body }

    static let all: [WireEnding] =
        [
            ("length", .outputLimit), ("content_filter", .refused), ("stop", .complete), ("eos", .complete),
        ].map { make(OpenAIFormat(), #"{"choices":[{"message":{"content":"x"},"finish_reason":"%"}]}"#, $0, $1) }
        + [
            ("max_tokens", .outputLimit), ("model_context_window_exceeded", .outputLimit), ("refusal", .refused),
            ("stop_sequence", .complete), ("pause_turn", .complete),
        ].map { make(AnthropicFormat(), #"{"content":[{"type":"text","text":"x"}],"stop_reason":"%"}"#, $0, $1) }
        + [
            ("MAX_TOKENS", .outputLimit), ("SAFETY", .refused), ("RECITATION", .refused), ("SPII", .refused),
            ("MALFORMED_FUNCTION_CALL", .complete), ("STOP", .complete),
        ].map { make(GeminiFormat(), #"{"candidates":[{"finishReason":"%"}]}"#, $0, $1) }
        + [("length", .outputLimit), ("stop", .complete), ("unload", .complete)].map {
            make(OllamaFormat(), #"{"message":{"content":"x"},"done":true,"done_reason":"%"}"#, $0, $1)
        }
        + [
            WireEnding(
                format: OpenAIFormat(),
                body: #"{"choices":[{"message":{"content":null,"refusal":"no"},"finish_reason":"stop"}]}"#,
                ending: .refused
            ),
            WireEnding(
                format: GeminiFormat(),
                body: #"{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT"}}"#,
                ending: .refused
            ),
        ]

    private static func make(
        _ format: any WireFormat,
        _ body: String,
        _ reason: String,
        _ ending: ModelReply.Ending
    ) -> WireEnding {
        WireEnding(format: format, body: body.replacing("%", with: reason), ending: ending)
    }
}

extension String {
    fileprivate func padded(_ count: Int) -> String { String(repeating: self, count: count) }
}

/// Numbers that look like chance and are the same each time.
struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
