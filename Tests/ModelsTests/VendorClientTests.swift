import Core
import Foundation
import HTTPClientKit
import Models
import TestSupport
import Testing

/// Where the clients are.
private enum VendorClients {
    static let python = ProcessInfo.processInfo.environment["DRYDOCK_VENDOR_CLIENTS"]
}

/// The vendors' own clients for Python judge the formats: they accept what the scripted vendor serves, so that it is
/// worth testing against, and our requests fit their types.
@Suite(
    "The vendors' own clients",
    .tags(.large),
    .temporaryDirectory,
    .enabled(if: VendorClients.python != nil, "DRYDOCK_VENDOR_CLIENTS names no Python with the vendors' clients")
)
struct VendorClientTests {
    private static let text = #"{"accepted":true,"feedback":"naïve — 日本 🦀","issues":[]}"#

    private struct Task: Codable {
        struct Request: Codable {
            let name: String
            let body: JSONValue
        }

        let base: String
        let key: String
        let text: String
        let requests: [String: [Request]]
    }

    private struct Verdict: Codable {
        let checks: Int
        let failures: [String]
    }

    @Test("accept what the scripted vendor serves, and find nothing wrong with our requests")
    func judge() async throws {
        // A model whose name is a number is an error.
        let vendor = try ScriptedVendor(key: Self.key) { question in
            Int(question.model).map { .error($0) } ?? VendorAnswer(Self.text)
        }
        let task = Task(base: vendor.server.url, key: Self.key, text: Self.text, requests: try Self.requests())
        let verdict = try await ask(task)
        for failure in verdict.failures { Issue.record("\(failure)") }
        #expect(verdict.checks == task.requests.values.joined().count + Self.readings)
    }

    private static let key = "sk-0123456789"
    /// What the script reads with the clients beside the requests.
    private static let readings = 51

    /// Every contract in every format and mode, streamed and not, and with all parts that can be left out left out.
    private static func requests() throws -> [String: [Task.Request]] {
        let schemas: [(String, JSONValue)] = [
            ("plan", try PlanContract.schema), ("staff", try StaffContract.schema),
            ("generate", try GenerateContract.schema), ("fix", try FixContract.schema),
            ("review", try ReviewContract.schema), ("choose", try ChooseContract.schema),
            ("verdict", try VerdictContract.schema), ("list", ["type": "array"]),
        ]
        let formats: [(String, any WireFormat)] = [
            ("openai", OpenAIFormat()), ("anthropic", AnthropicFormat()), ("gemini", GeminiFormat()),
            ("ollama", OllamaFormat(OllamaFormat.Settings(contextTokens: 8_192, keepAlive: "5m"))),
        ]
        var requests: [String: [Task.Request]] = [:]
        for (name, format) in formats {
            for (contract, schema) in schemas {
                for output in StructuredOutput.allCases {
                    for omitted in [Set<WirePart>(), Set(WirePart.allCases)] {
                        let request = ModelRequest(
                            contract: contract,
                            instructions: "Do.",
                            input: ["title": "T", "files": []],
                            schema: schema,
                            repair: omitted.isEmpty ? nil : RepairNote(previousAnswer: "x", error: "y"),
                            parameters: ModelParameters(temperature: 0.5, maxOutputTokens: 100, seed: 1)
                        )
                        let call = WireCall(
                            model: "m",
                            output: output,
                            streams: omitted.isEmpty,
                            omitted: omitted,
                            continuation: name == "gemini" && omitted.isEmpty ? "dG9rZW4=" : nil
                        )
                        let body = format.request(request, call).body ?? .null
                        requests[name, default: []].append(
                            Task.Request(name: "\(contract) \(output) \(omitted.count)", body: body)
                        )
                    }
                }
            }
        }
        return requests
    }

    private func ask(_ task: Task) async throws -> Verdict {
        let folder = TemporaryDirectory.current
        let (input, output) = (folder.appending(path: "task.json"), folder.appending(path: "verdict.json"))
        let errors = folder.appending(path: "errors.txt")
        try JSON.encode(task).write(to: input)
        for file in [output, errors] { try Data().write(to: file) }
        let script = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "VendorClients/check.py")
        let program = try ChildProgram(
            VendorClients.python ?? "",
            [script.path],
            environment: ["PATH": "/usr/bin:/bin", "HOME": folder.path],
            folder: folder.path,
            streams: (input: input.path, output: output.path, errors: errors.path)
        )
        let status = await program.status()
        let words = try String(contentsOf: errors, encoding: .utf8).suffix(4_000).replacing("\n", with: " | ")
        #expect(status == 0, "\(words)")
        return try JSON.decode(Verdict.self, from: Data(contentsOf: output))
    }
}
