import Core
import Foundation
import TestSupport
import Testing

/// The program that measures, against a model that is scripted, behind real sockets.
@Suite("A load of chats", .tags(.large), .temporaryDirectory)
struct ChatLoadTests {
    private static let binary = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        .appending(path: "drydock-bench").path

    private func load(_ url: String, _ more: String...) async throws -> ProgramOutcome {
        let folder = TemporaryDirectory.current.path
        return try await ChildProgram.run(
            Self.binary,
            ["chat", "--base-url", url, "--folder", folder] + more,
            environment: ["PATH": "/usr/bin:/bin"]
        )
    }

    /// Each worker writes a file of its own, and says nothing of lists that would be empty.
    private static func answer(_ question: VendorQuestion) -> VendorAnswer {
        let name = question.input["worker"]?["role"]?.string ?? "?"
        return .json(["message": "done", "files": [["path": .string(name + ".txt"), "content": "text\n"]]])
    }

    @Test("prints one line with the turns and files of all chats, and asks nothing twice", arguments: [false, true])
    func counts(isStreamed: Bool) async throws {
        let vendor = try ScriptedVendor(Self.answer)
        let options = ["--agents", "2", "--rounds", "3", "--chats", "4", "--warmup", "1"]
        let outcome = try await ChildProgram.run(
            Self.binary,
            ["chat", "--base-url", vendor.server.url + "/v1", "--folder", TemporaryDirectory.current.path]
                + options + (isStreamed ? ["--stream"] : []),
            environment: ["PATH": "/usr/bin:/bin"]
        )
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n")
        #expect(lines.count == 1)
        let line = try JSONValue(parsing: String(lines.first ?? ""))
        #expect(Set(line.object?.keys ?? [:].keys) == ["wall_s", "cpu_s", "turns", "files", "rss_peak_kb"])
        #expect(line["turns"] == 24 && line["files"] == 8)
        // The chat before, too; and no answer was sent back for repair.
        #expect(vendor.questions.count == 30)
        let last = try #require(vendor.questions.last { $0.input["round"] == 3 })
        #expect(last.input["files"]?.array?.count == 2 && last.input["peers"]?.array?.count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: TemporaryDirectory.current.path).isEmpty)
    }

    @Test("ends with 1 and the address when nobody answers there")
    func refused() async throws {
        let outcome = try await load("http://127.0.0.1:9/v1", "--chats", "3")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("http://127.0.0.1:9/v1") && outcome.errors.split(separator: "\n").count == 1)
        #expect(try FileManager.default.contentsOfDirectory(atPath: TemporaryDirectory.current.path).isEmpty)
    }

    @Test("ends with 1 and what is wrong when answers cannot be used")
    func unusable() async throws {
        let vendor = try ScriptedVendor { _ in VendorAnswer("no JSON") }
        let outcome = try await load(vendor.server.url + "/v1", "--chats", "1", "--agents", "1")
        #expect(outcome.status == 1 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("worker-1 had no answer in round 1"), "\(outcome.errors)")
    }

    @Test("refuses options that mean nothing", arguments: [["--chats", "0"], ["--rounds"], ["--colour"]])
    func usage(_ words: [String]) async throws {
        let outcome = try await ChildProgram.run(
            Self.binary,
            ["chat", "--base-url", "http://127.0.0.1:9/v1"] + words,
            environment: ["PATH": "/usr/bin:/bin"]
        )
        #expect(outcome.status == 64 && outcome.errors.contains(words[0]) && outcome.errors.contains("usage:"))
    }
}
