import Core
import Engine
import Foundation
import Journal
import Models
import TestSupport
import Testing

@Suite("A run", .tags(.large), .temporaryDirectory)
struct RunTests {
    private static let python = [
        FileText(path: "count_words/__init__.py", content: "def count(text):\n    return len(text.split())\n"),
        FileText(
            path: "tests/test_count.py",
            content: """
                import unittest
                from count_words import count


                class CountTests(unittest.TestCase):
                    def test_words(self):
                        self.assertEqual(count("a b c"), 3)

                """
        ),
        FileText(path: "tests/__init__.py", content: ""),
    ]

    @Test("begins with whatever is to be said of its models, however long")
    func longNotice() async throws {
        let yard = try await Yard(model: Script(files: Self.python).provider())
        let notice = String(repeating: "é", count: 400)
        let run = try await yard.service.create(yard.request("count words"), notices: ["short", notice])
        let notices = try await yard.store.events(of: run).filter { $0.kind == .notice }
        #expect(notices.count == 2)
        #expect(try await yard.store.body(of: #require(notices.last))["message"]?.string == notice)
    }

    @Test("builds, verifies, keeps and delivers what was described")
    func delivers() async throws {
        let yard = try await Yard(model: Script(files: Self.python).provider())
        let outcome = try await yard.run(yard.request("count words"))
        let report = outcome.report
        #expect(outcome.exitStatus == 0, "\(report)")
        #expect(report.state == .completed)
        #expect(report.verified)
        #expect(report.scope == .described)
        #expect(report.title == "Count Words")
        #expect(report.checks.allSatisfy { $0.exitCode == 0 })
        #expect(!report.checks.isEmpty)
        #expect(report.delivered?.folder == yard.folder + "/out")
        #expect(try yard.text("count_words/__init__.py").contains("len(text.split())"))
        #expect(!FileManager.default.fileExists(atPath: yard.folder + "/state/runs/\(report.run)"))
    }

    @Test("replays from its journal alone")
    func replays() async throws {
        let yard = try await Yard(model: Script(files: Self.python).provider())
        let outcome = try await yard.run(yard.request("count words"))
        let replay = try await yard.service.replay(outcome.report.run)
        #expect(replay.differences == [])
        #expect(replay.isEqual)
        #expect(replay.steps > 5)
    }

    @Test("delivers nothing when a check fails, keeps what was made and says where")
    func failing() async throws {
        var files = Self.python
        files[0] = FileText(path: "count_words/__init__.py", content: "def count(text):\n    return 7\n")
        let script = Script(files: files, fixes: [Fix(diagnosis: "no idea", fixed: false)])
        let yard = try await Yard(model: script.provider())
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == FaultKind.unverified.exitStatus)
        #expect(outcome.report.state == .failed)
        #expect(outcome.report.failure?.failureClass == .quality)
        #expect(outcome.report.snapshot != nil)
        #expect(outcome.report.delivered == nil)
        #expect(!FileManager.default.fileExists(atPath: yard.folder + "/out"))
    }

    @Test("does not take a test runner that found no test for a check")
    func noTests() async throws {
        let files = Self.python.filter { $0.path != "tests/test_count.py" }
        let model = Script(files: files, fixes: [Fix(diagnosis: "there are no tests", fixed: false)]).provider()
        let yard = try await Yard(model: model)
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == FaultKind.unverified.exitStatus)
        #expect(!outcome.report.verified)
        #expect(outcome.report.checks.allSatisfy { $0.exitCode == 0 })
        #expect(outcome.report.notes.contains { $0.contains("no test ran") })
        let input: FixInput = try #require(model.requests(of: "fix").first).input.decoded()
        #expect(input.output.contains("shows no test that ran"))
    }
}
