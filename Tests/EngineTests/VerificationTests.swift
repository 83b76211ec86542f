import Core
import Engine
import Foundation
import Models
import TestSupport
import Testing

@Suite("The verification of several components", .tags(.large), .temporaryDirectory)
struct VerificationTests {
    /// A test that leaves a file in its home and spoils the other component, where that is beside it.
    private static let meddling = """
        import os
        import unittest
        import api


        class T(unittest.TestCase):
            def test_name(self):
                with open(os.path.expanduser('~/mark'), 'w') as file:
                    file.write('x')
                if os.path.exists('../worker/worker/__init__.py'):
                    with open('../worker/worker/__init__.py', 'a') as file:
                        file.write("NAME = 'spoilt'\\n")
                self.assertEqual(api.NAME, 'api')

        """

    private static let victim = """
        import os
        import unittest
        import worker


        class T(unittest.TestCase):
            def test_name(self):
                self.assertFalse(os.path.exists(os.path.expanduser('~/mark')))
                self.assertEqual(worker.NAME, 'worker')

        """

    private static func generation(_ request: ModelRequest) throws -> String {
        let name = request.input["component"]?["name"]?.string ?? ""
        let files = [
            FileText(path: "\(name)/\(name)/__init__.py", content: "NAME = '\(name)'\n"),
            FileText(path: "\(name)/tests/__init__.py", content: ""),
            FileText(path: "\(name)/tests/test_name.py", content: name == "api" ? meddling : victim),
        ]
        return try JSONValue(encoding: Generation(message: "done", files: files)).text
    }

    private static func script(
        _ generate: @escaping @Sendable (ModelRequest) throws -> String
    ) -> ScriptedProvider {
        let components = ["api", "worker"].map { name in
            PlannedComponent(name: name, guide: "python", kind: .library, path: name, description: "The \(name).")
        }
        let plan = Plan(title: "Two Parts", summary: "Two.", stack: ["python"], components: components)
        return ScriptedProvider(
            [
                "plan": [.answer(plan)],
                "staff": [.answer(Staff(workers: [WorkerRole(role: "dev", description: "all", owns: [], skills: [])]))],
                "generate": [.made { try generate($0) }],
                "fix": [.answer(Fix(diagnosis: "?", fixed: false))],
                "review": [.answer(Review(accepted: true, feedback: "fine", issues: []))],
                "verdict": [.answer(Verdict(approved: true, scope: .described, reasons: ["fine"], missing: []))],
            ],
            repeatsLast: true
        )
    }

    @Test("lets the tests of one have no say in those of another")
    func apart() async throws {
        let yard = try await Yard(model: Self.script(Self.generation))
        let outcome = try await yard.run(yard.request("an api and a worker"))
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try yard.text("worker/worker/__init__.py") == "NAME = 'worker'\n")
        #expect(try await yard.service.replay(outcome.report.run).isEqual)
    }

    @Test("leaves a lock that another crew holds")
    func locks() async throws {
        let runs = TemporaryDirectory.current.path + "/state/runs"
        let script = Self.script { request in
            // The first crew at work holds a lock; the second begins after it.
            let run = try #require(try FileManager.default.contentsOfDirectory(atPath: runs).first)
            let lock = runs + "/\(run)/tree/.git/refs/heads/held.lock"
            if request.input["component"]?["name"]?.string == "api" {
                try Data().write(to: URL(filePath: lock))
            } else {
                #expect(FileManager.default.fileExists(atPath: lock))
            }
            return try Self.generation(request)
        }
        let yard = try await Yard(model: script)
        var request = yard.request("an api and a worker")
        request.width = 1
        let outcome = try await yard.run(request)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
    }
}
