import Core
import Engine
import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

@Suite("The life of a run", .tags(.large), .temporaryDirectory)
struct LifecycleTests {
    private static let files = [
        FileText(path: "count_words/__init__.py", content: "def count(text):\n    return len(text.split())\n"),
        FileText(path: "tests/__init__.py", content: ""),
        FileText(
            path: "tests/test_count.py",
            content: """
                import unittest
                from count_words import count


                class CountTests(unittest.TestCase):
                    def test_words(self):
                        self.assertEqual(count("a b"), 2)

                """
        ),
    ]

    /// A provider that asks for something else in the middle of a call, as another process would.
    private struct Meddler: ModelProvider {
        let inner: ScriptedProvider
        let contract: String
        let meddle: @Sendable () async throws -> Void
        var identity: ModelIdentity { inner.identity }

        func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
            if request.contract == contract {
                try await meddle()
            }
            return try await inner.complete(request, observer)
        }
    }

    @Test("stops before its next step when it is paused, and goes on where it was")
    func pause() async throws {
        let script = Script(files: Self.files).provider()
        var yard = try await Yard(model: script)
        let request = yard.request("count words")
        let service = yard.service
        yard.parts.model = Meddler(inner: script, contract: "staff") {
            let run = try await service.run(named: "latest")
            try await service.pause(run)
            // An owner looks at what other processes want every 50 ms.
            try await Task.sleep(for: .milliseconds(200))
        }
        let run = try await yard.service.create(request)
        let paused = try await yard.service.drive(run)
        #expect(paused.report.state == .paused)
        #expect(script.requests(of: "generate").isEmpty)
        yard.parts.model = script
        let resumed = try await yard.service.drive(run)
        #expect(resumed.exitStatus == 0, "\(resumed.report)")
        #expect(script.requests(of: "plan").count == 1)
        #expect(script.requests(of: "staff").count == 1)
        #expect(resumed.report.usage.calls == script.requests.count)
    }

    @Test("ends at once when it is cancelled, whatever it is doing", .timeLimit(.minutes(1)))
    func cancel() async throws {
        let script = Script(files: Self.files).provider()
        var yard = try await Yard(model: script)
        let service = yard.service
        yard.parts.model = Meddler(inner: script, contract: "generate") {
            try await service.cancel(try await service.run(named: "latest"))
            try await Task.sleep(for: .seconds(600))
        }
        let began = ContinuousClock.now
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.report.state == .cancelled)
        #expect(outcome.exitStatus == FaultKind.cancelled.exitStatus)
        #expect(ContinuousClock.now - began < .seconds(20))
        await #expect(throws: RunError.alreadyEnded(outcome.report.run, .cancelled)) {
            try await yard.service.drive(outcome.report.run)
        }
    }

    @Test("has one owner")
    func oneOwner() async throws {
        let script = Script(files: Self.files).provider()
        var yard = try await Yard(model: script)
        let service = yard.service
        let second = Mutex<(any Error)?>(nil)
        yard.parts.model = Meddler(inner: script, contract: "staff") {
            do {
                _ = try await service.drive(try await service.run(named: "latest"))
            } catch {
                second.withLock { $0 = error }
            }
        }
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.exitStatus == 0)
        let refusal = try #require(second.withLock { $0 } as? any ReportableError)
        #expect(refusal.kind == .busy)
    }

    @Test("is parked by a fault of the machine, and goes on afterwards")
    func parked() async throws {
        struct Outage: ReportableError {
            var kind: FaultKind { .failed }
            var failureClass: FailureClass { .infrastructure }
            var description: String { "the provider does not answer" }
        }
        let script = Script(files: Self.files).provider()
        var yard = try await Yard(model: script)
        let isDown = Atomic(true)
        yard.parts.model = Meddler(inner: script, contract: "review") {
            if isDown.load(ordering: .relaxed) { throw Outage() }
        }
        let run = try await yard.service.create(yard.request("count words"))
        let parked = try await yard.service.drive(run)
        #expect(parked.report.state == .parked)
        #expect(parked.report.failure?.failureClass == .infrastructure)
        isDown.store(false, ordering: .relaxed)
        let resumed = try await yard.service.drive(run)
        #expect(resumed.exitStatus == 0, "\(resumed.report)")
        #expect(resumed.report.failure == nil)
        #expect(script.requests(of: "generate").count == 1)
    }

    @Test("is tried again as a run of its own with what the first one began with")
    func retry() async throws {
        var wrong = Self.files
        wrong[0] = FileText(path: "count_words/__init__.py", content: "def count(text):\n    return 7\n")
        var yard = try await Yard(model: Script(files: wrong, fixes: [Fix(diagnosis: "?", fixed: false)]).provider())
        let failed = try await yard.run(yard.request("count words"))
        #expect(failed.report.state == .failed)
        yard.parts.model = Script(files: Self.files).provider()
        let again = try await yard.service.retry(failed.report.run, into: nil)
        #expect(again != failed.report.run)
        #expect(try await yard.service.drive(again).exitStatus == 0)
    }

    @Test("keeps no secret in any file, not even one that the model knows")
    func secrets() async throws {
        let secret = "sk-1234567890abcdef"
        var files = Self.files
        files.append(FileText(path: "leak.txt", content: "token \(secret)\n"))
        let yard = try await Yard(
            model: Script(files: files).provider(),
            redactor: Redactor(secrets: ["API_KEY": secret])
        )
        let outcome = try await yard.run(yard.request("count words with \(secret)"))
        #expect(outcome.exitStatus == 0)
        #expect(try yard.text("leak.txt") == "token [redacted:API_KEY]\n")
        for name in try FileManager.default.subpathsOfDirectory(atPath: yard.folder) {
            let path = yard.folder + "/" + name
            guard FileManager.default.isReadableFile(atPath: path),
                let data = FileManager.default.contents(atPath: path)
            else { continue }
            #expect(data.range(of: Data(secret.utf8)) == nil, "\(name)")
        }
    }

    @Test("builds several components side by side and merges them")
    func components() async throws {
        let components = ["api", "worker"].map { name in
            PlannedComponent(name: name, guide: "python", kind: .library, path: name, description: "The \(name).")
        }
        let plan = Plan(title: "Two Parts", summary: "Two.", stack: ["python"], components: components)
        let script = ScriptedProvider(
            [
                "plan": [.answer(plan)],
                "staff": [.answer(Staff(workers: [WorkerRole(role: "dev", description: "all", owns: [], skills: [])]))],
                "generate": [
                    .made { request in
                        let name = request.input["component"]?["name"]?.string ?? ""
                        let files = [
                            FileText(path: "\(name)/\(name)/__init__.py", content: "NAME = '\(name)'\n"),
                            FileText(path: "\(name)/tests/__init__.py", content: ""),
                            FileText(
                                path: "\(name)/tests/test_name.py",
                                content:
                                    "import unittest\nimport \(name)\n\n\nclass T(unittest.TestCase):\n"
                                    + "    def test_name(self):\n        self.assertEqual(\(name).NAME, '\(name)')\n"
                            ),
                        ]
                        return try JSONValue(encoding: Generation(message: "done", files: files)).text
                    }
                ],
                "review": [.answer(Review(accepted: true, feedback: "fine", issues: []))],
                "verdict": [.answer(Verdict(approved: true, scope: .described, reasons: ["fine"], missing: []))],
            ],
            repeatsLast: true
        )
        let yard = try await Yard(model: script)
        let outcome = try await yard.run(yard.request("an api and a worker"))
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try yard.text("api/api/__init__.py") == "NAME = 'api'\n")
        #expect(try yard.text("worker/worker/__init__.py") == "NAME = 'worker'\n")
        #expect(try await yard.service.replay(outcome.report.run).isEqual)
    }
}
