import Core
import Foundation
import Models
import Synchronization
import TestSupport
import Testing

/// A model's patch for a command that failed, on its way from the question to the delivered project.
@Suite("A fix", .tags(.large), .temporaryDirectory)
struct FixRunTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// The project's library, and the same with a mistake that its test finds.
    private static let whole = ScriptedProject.files["developer"]?.first { $0.path == "roman/__init__.py" }
    private static let broken = whole.map {
        FileText(path: $0.path, content: $0.content.replacing("(9, 'IX'), ", with: ""))
    }

    /// Writes the mistake, and mends it when it is asked for a fix.
    private static func answer(_ question: VendorQuestion) -> VendorAnswer {
        let developer = ScriptedProject.files["developer"] ?? []
        do {
            switch question.contract {
            case GenerateContract.name
            where question.input["worker"]?["role"] == "developer" && question.input["round"] == 1:
                let files = developer.map { $0.path == broken?.path ? broken ?? $0 : $0 }
                return .json(try JSONValue(encoding: Generation(message: "written", files: files)))
            case FixContract.name:
                let fix = Fix(diagnosis: "nine is missing", fixed: true, files: whole.map { [$0] } ?? [])
                return .json(try JSONValue(encoding: fix))
            default: return ScriptedProject.answer(question)
            }
        } catch {
            return .error(500)
        }
    }

    @Test("is asked for with command, output and files, is written to disk, and makes the failed command pass")
    func repairs() async throws {
        let vendor = try ScriptedVendor(Self.answer)
        try program.configure(
            "config.yaml",
            """
            model: scripted/scripted
            providers: {scripted: {format: openai, url: '\(vendor.server.url)/v1'}}
            """
        )
        let outcome = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let report = try outcome.json()
        #expect(report["verified"] == true && report["scope"] == "described")
        let asked = vendor.questions.filter { $0.contract == FixContract.name }.map(\.input)
        #expect(asked.count == 1)
        let question = try #require(asked.first)
        #expect(question["command"]?.array?.first == "python3" && question["exitCode"] != 0, "\(question.text)")
        #expect(question["output"]?.string?.contains("'XVIV'") == true, "\(question.text)")
        let shown = question["files"]?.array?.first { $0["path"]?.string == Self.broken?.path }
        #expect(shown?["content"]?.string == Self.broken?.content)
        let file = try String(contentsOf: program.path("out/roman/__init__.py"), encoding: .utf8)
        #expect(file == Self.whole?.content)
        try await checkSteps()
        let log = try await Tool.run(["git", "log", "--format=%s"], in: program.path("out"))
        #expect(log.output.contains("Fix python3 "), "\(log.output)")
        #expect(try await program.run("replay", "latest").status == 0)
    }

    /// The same command failed, was mended, and passed.
    private func checkSteps() async throws {
        let steps = try await program.run("show", "latest", "--json").json()["steps"]?.array ?? []
        let runs = steps.filter { $0["step"]?.string?.contains("/check/test/run-") == true }
            .compactMap { $0["command"] }
        #expect(runs.map { $0["exitCode"] == 0 } == [false, true], "\(runs)")
        #expect(Set(runs.compactMap { $0["argv"]?.text }).count == 1)
        let events = try await program.run("watch", "latest", "--jsonl", "--no-follow").output
        #expect(events.contains(#""ending":"fixed""#), "\(events.suffix(2_000))")
    }
}
