import Core
import Foundation
import HTTPClientKit
import Models
import TestSupport
import Testing

@Suite("A model over HTTP", .tags(.medium))
struct HTTPModelTests {
    private static let request = ModelRequest(
        contract: "review",
        instructions: "Review.",
        input: ["title": "T", "files": []],
        schema: (try? ReviewContract.schema) ?? nil
    )
    private static let answer: JSONValue = ["accepted": true, "feedback": "naïve — 日本 🦀", "issues": []]

    private func model(
        _ vendor: ScriptedVendor,
        _ format: VendorFormat,
        streams: Bool = true,
        output: StructuredOutput = .schema,
        key: KeySource = .none,
        client: HTTPClient,
        limits: HTTPLimits = HTTPLimits(total: .seconds(30))
    ) -> HTTPModel {
        var profile = vendor.profile(format)
        profile.streams = streams
        profile.output = output
        let key = ProviderKey(key, environment: ["TEST_KEY": "sk-0123456789", "PATH": "/usr/bin:/bin"])
        return HTTPModel(profile, model: "scripted", client: client, key: key, limits: limits)
    }

    @Test("gives the same reply in all four formats, streamed and not, in all modes")
    func formats() async throws {
        let vendor = try ScriptedVendor(key: "sk-0123456789") { _ in .json(Self.answer) }
        let client = HTTPClient()
        for format in VendorFormat.allCases {
            for streams in [true, false] {
                for output in StructuredOutput.allCases {
                    let model = model(
                        vendor,
                        format,
                        streams: streams,
                        output: output,
                        key: .environment(["TEST_KEY"]),
                        client: client
                    )
                    let reply = try await model.complete(Self.request)
                    #expect(
                        reply == ModelReply(text: Self.answer.text, usage: VendorAnswer.usage),
                        "\(format) \(output)"
                    )
                }
            }
        }
        for question in vendor.questions {
            #expect(question.contract == "review" && question.model == "scripted")
            #expect(question.input == ["title": "T", "files": []])
        }
        #expect(client.counters.openedConnections == 1)
        await client.shutdown()
    }

    @Test("hands the words over as they come")
    func words() async throws {
        let vendor = try ScriptedVendor { _ in VendorAnswer(String(repeating: "word ", count: 100)) }
        let client = HTTPClient()
        for format in VendorFormat.allCases {
            var shown = ""
            let model = model(vendor, format, output: .prompt, client: client)
            let reply = try await model.complete(Self.request) { shown += $0 }
            #expect(shown == reply.text)
        }
        await client.shutdown()
    }

    @Test("asks for the rest of an answer that is only begun, and adds it up")
    func continuation() async throws {
        let vendor = try ScriptedVendor { question in
            let hop = Int(question.continuation ?? "0") ?? 0
            var answer = VendorAnswer(["{\"a\":", "\"b", "c\"}"][hop])
            answer.continuation = hop < 2 ? "\(hop + 1)" : nil
            return answer
        }
        let client = HTTPClient()
        for streams in [true, false] {
            let reply = try await model(vendor, .gemini, streams: streams, client: client).complete(Self.request)
            #expect(reply.text == "{\"a\":\"bc\"}" && reply.ending == .complete)
            #expect(reply.usage.inputTokens == 300)
        }
        await client.shutdown()
    }

    @Test("leaves out what the model does not know, at once and from then on")
    func parts() async throws {
        let vendor = try ScriptedVendor { question in
            question.schema == nil && question.tool == nil ? .json(Self.answer) : Self.refusal("response_format")
        }
        let client = HTTPClient()
        let model = model(vendor, .openai, client: client)
        #expect(try await model.complete(Self.request).text == Self.answer.text)
        #expect(vendor.questions.map { $0.schema != nil } == [true, false, false])
        #expect(vendor.questions.map { $0.tool != nil } == [false, true, false])
        _ = try await model.complete(Self.request)
        #expect(vendor.questions.count == 4)
        let stubborn = try ScriptedVendor { _ in Self.refusal("temperature") }
        let fault = await #expect(throws: ProviderFault.self) {
            try await self.model(stubborn, .openai, client: client).complete(Self.request)
        }
        #expect(fault?.reason == .badRequest && stubborn.questions.count == 2)
        await client.shutdown()
    }

    @Test(
        "tries weaker forms when nobody says what was not accepted, until it has answered",
        arguments: VendorFormat.allCases
    )
    func silentRefusal(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { question in
            question.schema == nil && question.tool == nil && !question.isRepair
                ? .json(Self.answer) : Self.refusal(nil)
        }
        let client = HTTPClient()
        let model = model(vendor, format, client: client)
        #expect(try await model.complete(Self.request).text == Self.answer.text)
        // Ollama's format writes no tool call.
        let count = format == .ollama ? 2 : 3
        #expect(vendor.questions.count == count)
        _ = try await model.complete(Self.request)
        #expect(vendor.questions.count == count + 1)
        // From now on it is the question that is refused, not its form.
        let repair = ModelRequest(
            contract: "review",
            instructions: "Review.",
            input: [:],
            schema: Self.request.schema,
            repair: RepairNote(previousAnswer: "", error: "")
        )
        await #expect(throws: ProviderFault.self) { try await model.complete(repair) }
        #expect(vendor.questions.count == count + 2)
        let stubborn = try ScriptedVendor { _ in Self.refusal(nil) }
        let fault = await #expect(throws: ProviderFault.self) {
            try await self.model(stubborn, format, client: client).complete(Self.request)
        }
        #expect(fault?.reason == .badRequest && stubborn.questions.count == 3)
        await client.shutdown()
    }

    @Test("looks its key up once more when it is no longer accepted", .temporaryDirectory)
    func renewedKey() async throws {
        let file = TemporaryDirectory.current.appending(path: "key")
        try Data("sk-old-0123456789".utf8).write(to: file)
        let key = ProviderKey(.file(file.path), environment: [:])
        #expect(try await key.value() == "sk-old-0123456789")
        try Data("sk-new-0123456789".utf8).write(to: file)
        let vendor = try ScriptedVendor(key: "sk-new-0123456789") { _ in VendorAnswer("with sk-new-0123456789") }
        let client = HTTPClient()
        let model = HTTPModel(vendor.profile(.openai), model: "scripted", client: client, key: key)
        #expect(try await model.complete(Self.request).text == "with [redacted:scripted-openai key]")
        #expect(vendor.questions.count == 2)
        _ = try await model.complete(Self.request)
        #expect(vendor.questions.count == 3)
        try Data("sk-bad-0123456789".utf8).write(to: file)
        await key.forget("sk-new-0123456789")
        let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
        #expect(fault?.reason == .unauthorized && vendor.questions.count == 4)
        await client.shutdown()
    }

    @Test("takes a provider's own time for the whole of an answer")
    func times() {
        var profile = ProviderProfile.compatible(name: "slow", baseURL: "http://127.0.0.1:9/v1")
        let client = HTTPClient()
        func limits() -> HTTPLimits {
            HTTPModel(profile, model: "m", client: client, key: ProviderKey(.none, environment: [:])).limits
        }
        #expect(limits().total == .seconds(1_800) && limits().firstByte == .seconds(300))
        profile.answerSeconds = 7_200
        #expect(limits().total == .seconds(7_200) && limits().firstByte == .seconds(7_200))
        #expect(limits().idle == .seconds(120))
        profile.answerSeconds = 5
        #expect(limits().total == .seconds(5) && limits().idle == .seconds(5))
    }

    private static func refusal(_ parameter: String?) -> VendorAnswer {
        VendorAnswer("").bent { _ in
            ScriptedAnswer(
                parameter.map { #"{"error":{"message":"no","param":"\#($0)","code":"unsupported_value"}}"# }
                    ?? #"{"error":{"message":"no"}}"#,
                status: 400
            )
        }
    }

    @Test("lists models in all four formats", arguments: VendorFormat.allCases)
    func lists(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { _ in .json(Self.answer) }
        let client = HTTPClient()
        let key = ProviderKey(.environment(["K"]), environment: ["K": "sk-0123456789"])
        let models = try await HTTPModel.list(vendor.profile(format), client: client, key: key)
        #expect(models.map(\.name) == ["scripted"])
        await client.shutdown()
    }

    @Test("keeps of a list what can be a model, and no more of it than anybody needs")
    func hostileLists() async throws {
        let long = String(repeating: "x", count: 201)
        let names = ["fine", "red\u{1B}[31m", long, "a b", ""] + (0..<11_000).map { "m\($0)" }
        let models: [JSONValue] = names.map { name in
            [
                "name": .string(name), "size": -5,
                "details": ["parameter_size": .string("8B\u{1B}" + String(repeating: "9", count: 100))],
            ]
        }
        let text = JSONValue.object(["models": .array(models)]).text
        let server = try ScriptedServer { _ in ScriptedAnswer(text, headers: [("Content-Type", "application/json")]) }
        let client = HTTPClient()
        let profile = ProviderProfile(name: "p", dialect: .ollama(.init()), baseURL: server.url)
        let key = ProviderKey(.none, environment: [:])
        let found = try await HTTPModel.list(profile, client: client, key: key)
        #expect(found.prefix(2).map(\.name) == ["fine", "m0"] && found.count == 10_000)
        #expect(found.allSatisfy { $0.bytes == nil && ($0.parameterSize?.utf8.count ?? 0) < 30 })
        #expect(found.allSatisfy { $0.parameterSize?.contains("\u{1B}") == false })
        await client.shutdown()
    }

    @Test("keeps its key out of what a server says when a model is removed")
    func removal() async throws {
        let server = try ScriptedServer { _ in
            ScriptedAnswer(#"{"error":"the key sk-0123456789 may not"}"#, status: 403)
        }
        let client = HTTPClient()
        let profile = ProviderProfile(name: "p", dialect: .ollama(.init()), baseURL: server.url)
        let key = ProviderKey(.environment(["K"]), environment: ["K": "sk-0123456789"])
        let model = HTTPModel(profile, model: "m", client: client, key: key)
        let fault = await #expect(throws: ProviderFault.self) { try await model.remove() }
        #expect(fault?.description.hasPrefix("'p/m' ") == true && fault?.message.contains("[redacted:") == true)
        #expect(fault?.message.contains("sk-0123456789") == false)
        await client.shutdown()
    }

    @Test("keeps its key out of faults and replies")
    func secrets() async throws {
        let vendor = try ScriptedVendor { question in
            question.model == "scripted" && question.isRepair
                ? VendorAnswer("your key is sk-0123456789")
                : VendorAnswer("").bent { _ in
                    ScriptedAnswer(#"{"error":{"message":"Incorrect API key: sk-0123456789"}}"#, status: 401)
                }
        }
        let client = HTTPClient()
        var repair = ModelRequest(
            contract: "review",
            instructions: "",
            input: [:],
            schema: nil,
            repair: RepairNote(previousAnswer: "", error: "")
        )
        repair.parameters.seed = nil
        for format in VendorFormat.allCases {
            let model = model(vendor, format, key: .environment(["TEST_KEY"]), client: client)
            let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
            #expect(fault?.reason == .unauthorized && fault?.stopsRun == true)
            #expect(fault?.description.contains("sk-0123456789") == false)
            #expect(fault?.description.contains("[redacted:") == true)
            let reply = try await model.complete(repair)
            #expect(!reply.text.contains("sk-0123456789") && reply.text.hasPrefix("your key is"))
        }
        await client.shutdown()
    }

    @Test("keeps its key out of a fault also where it lies across the end of the message", arguments: [0, 7, 12])
    func cutSecret(behind: Int) async throws {
        // The message has 400 characters, of which the last but so many are the key's.
        let message = String(repeating: "x", count: 401 - 13 + behind) + "sk-0123456789 and more"
        let vendor = try ScriptedVendor { _ in
            VendorAnswer("").bent { _ in ScriptedAnswer(#"{"error":{"message":"\#(message)"}}"#, status: 401) }
        }
        let client = HTTPClient()
        for format in VendorFormat.allCases {
            let model = model(vendor, format, key: .environment(["TEST_KEY"]), client: client)
            let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
            #expect(fault?.message.contains("sk-") == false)
            #expect(fault?.message.count == 401 && fault?.message.hasSuffix("…") == true)
        }
        await client.shutdown()
    }

    @Test(
        "takes an answer as whole whose server says that the model stopped, and then nothing more",
        .timeLimit(.minutes(1)),
        arguments: [VendorFormat.openai, .anthropic, .gemini]
    )
    func endless(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor { _ in
            VendorAnswer("here").bent { answer in
                var answer = answer
                // Without the mark at the end, where the format has one.
                if format != .gemini { answer.pieces.removeLast() }
                answer.fault = .stallAfter(answer.pieces.reduce(0) { $0 + $1.count })
                return answer
            }
        }
        let client = HTTPClient()
        let limits = HTTPLimits(idle: .seconds(3_600), total: .seconds(3_600))
        let model = HTTPModel(
            vendor.profile(format),
            model: "scripted",
            client: client,
            key: ProviderKey(.none, environment: [:]),
            limits: limits
        )
        #expect(try await model.complete(Self.request).text == "here")
        await client.shutdown()
    }

    @Test(
        "is not cut off by a server that calls every piece the last one",
        .timeLimit(.minutes(1)),
        arguments: ["", "stop"]
    )
    func everyPieceIsLast(reason: String) async throws {
        let words = ["a", "b", "c", "d"]
        let pieces = words.map { word in
            let choice = #"{"index":0,"delta":{"content":"\#(word)"},"finish_reason":"\#(reason)"}"#
            return Array((#"data: {"choices":["# + choice + "]}\n\n").utf8)
        }
        let server = try ScriptedServer { _ in
            var answer = ScriptedAnswer(
                headers: [("Content-Type", "text/event-stream")],
                pieces: pieces + [Array("data: [DONE]\n\n".utf8)],
                framing: .chunked
            )
            answer.pieceDelay = 1_000
            return answer
        }
        let client = HTTPClient()
        let profile = ProviderProfile.compatible(name: "hasty", baseURL: server.url)
        let model = HTTPModel(profile, model: "m", client: client, key: ProviderKey(.none, environment: [:]))
        #expect(try await model.complete(Self.request).text == "abcd")
        await client.shutdown()
    }

    @Test("does not wait for a server that holds the stream open", .timeLimit(.minutes(1)), arguments: [false, true])
    func heldOpen(trickles: Bool) async throws {
        let stream = Array(
            #"data: {"choices":[{"index":0,"delta":{"content":"here"},"finish_reason":"stop"}]}"#.utf8
        )
        let end = Array("\n\ndata: [DONE]\n\n".utf8)
        let server = try ScriptedServer { _ in
            var answer = ScriptedAnswer(
                headers: [("Content-Type", "text/event-stream")],
                pieces: [stream + end] + Array(repeating: Array(":\n".utf8), count: trickles ? 100_000 : 1),
                framing: .chunked
            )
            answer.pieceDelay = trickles ? 50 : 600_000
            return answer
        }
        let client = HTTPClient()
        let profile = ProviderProfile.compatible(name: "held", baseURL: server.url)
        let limits = HTTPLimits(idle: .seconds(3_600), total: .seconds(3_600))
        let key = ProviderKey(.none, environment: [:])
        let model = HTTPModel(profile, model: "m", client: client, key: key, limits: limits)
        for count in 1...2 {
            #expect(try await model.complete(Self.request).text == "here")
            #expect(client.counters.openConnections == 0)
            #expect(client.counters.openedConnections == count)
        }
        await client.shutdown()
    }

    @Test("reaches nothing beyond this machine when it may not, and looks for no key then", .temporaryDirectory)
    func offline() async throws {
        let client = HTTPClient(HTTPClientConfiguration(loopbackOnly: true))
        let profile = ProviderProfile.compatible(name: "far", baseURL: "https://api.example.com/v1")
        let trace = TemporaryDirectory.current.appending(path: "trace").path
        let command = KeySource.command(["sh", "-c", "touch \(trace); echo sk-0123456789"])
        let key = ProviderKey(command, environment: ["PATH": "/usr/bin:/bin"])
        let model = HTTPModel(profile, model: "m", client: client, key: key)
        let fault = await #expect(throws: ProviderFault.self) { try await model.complete(Self.request) }
        #expect(fault?.reason == .offline && fault?.kind == .policy)
        #expect(!FileManager.default.fileExists(atPath: trace))
        #expect(client.counters.openedConnections == 0)
        await client.shutdown()
    }
}
