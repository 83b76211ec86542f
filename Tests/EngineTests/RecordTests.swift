import Core
import Engine
import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

@Suite("What a run records and shows", .tags(.large), .temporaryDirectory)
struct RecordTests {
    @Test("takes the longest names that a model can have")
    func longNames() async throws {
        let name = String(repeating: "\u{1F6A2}", count: ModelReference.lengthLimit)
        let model = ModelIdentity(provider: "far", name: name)
        let yard = try await Yard(model: ScriptedProvider([:]))
        var request = yard.request("a library that counts words")
        request.routes = RouteTable([model])
        let run = try await yard.service.create(request)
        #expect(try await yard.service.report(run).model == RunReport.Model(provider: "far", name: name))
        #expect(try await yard.service.reports(limit: nil).first?.model?.name == name)
    }

    @Test("holds no secret among the lines that its commands print")
    func lines() async throws {
        let halves = ["sk-1234567890", "abcdef"]
        let test = """
            import unittest
            print("".join(["\(halves[0])", "\(halves[1])"]))


            class T(unittest.TestCase):
                def test_it(self):
                    pass

            """
        let files = ["count_words/__init__.py", "tests/__init__.py"].map { FileText(path: $0, content: "") }
        let script = Script(kind: .library, files: files + [FileText(path: "tests/test_it.py", content: test)])
        let secret = halves.joined()
        var yard = try await Yard(model: script.provider(), redactor: Redactor(secrets: ["API_KEY": secret]))
        let lines = Lines()
        yard.parts.onLine = { lines.add($1) }
        let outcome = try await yard.run(yard.request("a library that counts words"))
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(lines.all.contains("[redacted:API_KEY]"), "\(lines.all)")
        #expect(!lines.all.contains { $0.contains(secret) })
    }

    private final class Lines: Sendable {
        private let lines = Mutex<[String]>([])

        var all: [String] { lines.withLock { $0 } }

        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }
}
