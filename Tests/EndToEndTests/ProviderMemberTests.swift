import Core
import Foundation
import TestSupport
import Testing

/// Each member of a provider's configuration, seen by what arrives at the provider.
@Suite("A member of a provider", .tags(.large), .temporaryDirectory)
struct ProviderMemberTests {
    private let program: Program
    private let vendor: ScriptedVendor

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
        vendor = try ScriptedVendor { question in
            if question.user.contains("slow") { Thread.sleep(forTimeInterval: 3) }
            return VendorAnswer(#"{"answer":"yes"}"#)
        }
    }

    /// The body of the request that a question makes.
    private func asked(_ members: String, _ format: String = "openai") async throws -> JSONValue {
        let url = vendor.server.url + (format == "ollama" ? "" : "/v1")
        try program.configure("config.yaml", "providers: {mine: {format: \(format), url: '\(url)', \(members)}}\n")
        let outcome = try await program.run("test-agent", "mine", "Well?")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let request = try #require(vendor.server.requests.last { $0.method == "POST" })
        return try JSONValue(parsing: request.body)
    }

    @Test("reaches the wire")
    func wire() async throws {
        #expect(try await asked("model: scripted")["model"] == "scripted")
        #expect(try await asked("streams: true")["stream"] == true)
        #expect(try await asked("streams: false")["stream"] != true)
        let forms = ["schema": "json_schema", "json": "json_object"]
        for (output, type) in forms {
            #expect(try await asked("output: \(output)")["response_format"]?["type"] == .string(type))
        }
        #expect(try await asked("output: tool")["tool_choice"] != nil)
        let plain = try await asked("output: prompt")
        #expect(plain["response_format"] == nil && plain["tool_choice"] == nil)
        let options = try await asked("contextTokens: 4096, keepAlive: 7m", "ollama")
        #expect(options["options"]?["num_ctx"] == 4096 && options["keep_alive"] == "7m")
    }

    @Test("is refused where it has no meaning", arguments: ["contextTokens: 4096", "keepAlive: 7m"])
    func meaningless(member: String) async throws {
        try program.configure("config.yaml", "providers: {mine: {url: 'http://127.0.0.1:9/v1', \(member)}}\n")
        let outcome = try await program.run("models")
        #expect(outcome.status == 3 && outcome.errors.contains("config.yaml:1:"), "\(outcome.errors)")
        #expect(outcome.errors.contains("only Ollama is told that"), "\(outcome.errors)")
    }

    @Test("limits how long an answer may take")
    func timeout() async throws {
        let url = vendor.server.url + "/v1"
        try program.configure("config.yaml", "providers: {mine: {url: '\(url)', timeout: 1}}\n")
        let outcome = try await program.run("test-agent", "mine", "Be slow.")
        #expect(outcome.status == 1 && outcome.errors.contains("took too long"), "\(outcome.errors)")
    }

    @Test("keeps models from being used, by pattern too")
    func excluded() async throws {
        let url = vendor.server.url + "/v1"
        try program.configure("config.yaml", "providers: {mine: {url: '\(url)', excluded: [script*]}}\n")
        let outcome = try await program.run("test-agent", "mine", "Well?")
        #expect(outcome.status == 3 && vendor.questions.isEmpty, "\(outcome.errors)")
        let named = try await program.run("test-agent", "mine/scripted", "Well?")
        #expect(named.status == 3 && named.errors.contains("excluded by configuration"), "\(named.errors)")
    }
}
