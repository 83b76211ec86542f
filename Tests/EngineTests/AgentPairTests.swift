import Core
import Engine
import Foundation
import Journal
import Models
import Sandbox
import TestSupport
import Testing

@Suite("Two agents side by side", .tags(.large), .temporaryDirectory, .timeLimit(.minutes(3)))
struct AgentPairTests {
    private static let test = """
        import unittest
        from count_words import count


        class CountTests(unittest.TestCase):
            def test_words(self):
                self.assertEqual(count("a b c"), 3)

        """

    /// The project as one of the two writes it: with a word of its own in the code.
    private static func project(_ word: String) -> [(path: String, text: String)] {
        [
            ("count_words/__init__.py", "def count(text):\n    return len(text.split())  # \(word)\n"),
            ("tests/test_count.py", test), ("tests/__init__.py", ""),
        ]
    }

    private static func work(_ word: String) -> [ScriptedAgent.Entry] {
        let files = project(word).map { ScriptedAgent.Action.write($0.path, $0.text) }
        return [.init("work", round: 1, files, says: "by \(word)"), .init("work", says: "nothing to add")]
    }

    private static let broken = [ScriptedAgent.Entry("work", prints: "no credit", status: 1)]

    /// A run whose files `claude` and `codex` write; a model answers the other contracts, and `generate` if asked.
    private struct Dock {
        var yard: Yard
        let model: ScriptedProvider
        let claude: ScriptedAgent
        let codex: ScriptedAgent
        let pair: [ModelIdentity]

        init(
            _ first: [ScriptedAgent.Entry],
            _ second: [ScriptedAgent.Entry],
            choice: Choice.Name = .second,
            choices: [ScriptedProvider.Answer]? = nil,
            troubles: [ScriptedProvider.Answer] = [],
            owns: [String: [String]] = ["developer": []],
            fallsBack: Bool = true
        ) async throws {
            let component = PlannedComponent(
                name: "count-words",
                guide: "python",
                kind: .library,
                path: "",
                description: "Counts."
            )
            let plan = Plan(title: "Count Words", summary: "Counts.", stack: ["python"], components: [component])
            let workers = owns.sorted { $0.key < $1.key }.map { role, paths in
                WorkerRole(role: role, description: "Write what is yours.", owns: paths, skills: [])
            }
            let files = AgentPairTests.project("model").map { FileText(path: $0.path, content: $0.text) }
            model = ScriptedProvider(
                [
                    "plan": [.answer(plan)], "staff": [.answer(Staff(workers: workers))],
                    "generate": [.answer(Generation(message: "written", files: files))],
                    "fix": troubles + [.answer(Fix(diagnosis: "no idea", fixed: false))],
                    "choose": choices ?? [.answer(Choice(choice: choice, reason: "it is clearer"))],
                    "review": troubles + [.answer(Review(accepted: true, feedback: "fine", issues: []))],
                    "verdict": [
                        .answer(Verdict(approved: true, scope: .described, reasons: ["checks passed"], missing: []))
                    ],
                ],
                repeatsLast: true
            )
            yard = try await Yard(model: model)
            claude = try ScriptedAgent(.claude, in: yard.folder, script: first)
            let profile = try #require(AgentProfile.known.first { $0.name == "codex" })
            codex = try ScriptedAgent(profile, in: yard.folder, script: second)
            let parts = yard.parts
            let scratch = yard.folder + "/state/agents"
            let agents = [claude, codex].map { agent in
                AgentModel(
                    agent.profile,
                    version: "1.2.3",
                    runner: parts.runner,
                    environment: agent.environment,
                    scratch: scratch
                )
            }
            pair = agents.map(\.identity)
            let writers = agents.map { AgentWriter($0, fallsBack: fallsBack) }
            yard.parts.agents = SameAgents(AgentWriters(writers))
        }

        func run(budget: BudgetCaps = .none) async throws -> RunOutcome {
            var request = yard.request("count words")
            request.budget = budget
            request.routes = RouteTable([model.identity], chains: ["generate": pair], pair: pair)
            return try await yard.run(request)
        }

        func bodies(_ kind: EventKind, of outcome: RunOutcome) async throws -> [JSONValue] {
            var bodies: [JSONValue] = []
            for event in try await yard.store.events(of: outcome.report.run) where event.kind == kind {
                bodies.append(try await yard.store.body(of: event))
            }
            return bodies
        }

        func sentences(of outcome: RunOutcome) async throws -> [String] {
            let all = try await bodies(.notice, of: outcome) + bodies(.fallback, of: outcome)
            return all.compactMap { $0["message"]?.string }
        }

        func checkReplay(_ outcome: RunOutcome) async throws {
            let replay = try await yard.service.replay(outcome.report.run)
            #expect(replay.isEqual, "\(replay.differences)")
        }
    }

    @Test("leave two records, and the result that the contract chose, with its reason", arguments: Choice.Name.allCases)
    func choice(name: Choice.Name) async throws {
        let dock = try await Dock(Self.work("claude"), Self.work("codex"), choice: name)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        let questions = dock.model.requests(of: "choose")
        #expect(questions.count == 1)
        let question: ChooseInput = try #require(questions.first).input.decoded()
        let chosen = try #require(question.candidates.first { $0.name == name })
        let author = chosen.message == "by codex" ? "codex" : "claude"
        #expect(try dock.yard.text("count_words/__init__.py").contains("# \(author)"))

        let records = try await dock.bodies(.agentEnded, of: outcome)
        #expect(Set(records.compactMap { $0["agent"]?["provider"]?.string }) == ["claude", "codex"])
        // Both began with the same commit, each in a tree of its own.
        #expect(records.count == 2 && Set(records.compactMap { $0["base"]?.string }).count == 1)
        #expect(Set(records.compactMap { $0["head"]?.string }).count == 2)
        let sentences = try await dock.sentences(of: outcome)
        #expect(
            sentences.contains("of 'claude' and 'codex', '\(author)' is taken: it is clearer"),
            "\(sentences)"
        )

        // Who wrote what is not said to whoever chooses, neither by a name nor by the order.
        #expect(Set(question.candidates.map(\.message)) == ["by claude", "by codex"])
        #expect(try !JSONValue(encoding: question).text.contains(#""agent""#))
        #expect(dock.model.requests(of: "generate").isEmpty)
        try await dock.checkReplay(outcome)
    }

    @Test("are shown in an order that does not tell whose result is whose")
    func order() async throws {
        var orders: [[String]] = []
        for (first, second) in [("one", "two"), ("two", "one")] {
            let dock = try await Dock(Self.work(first), Self.work(second))
            #expect(try await dock.run().exitStatus == 0)
            let question: ChooseInput = try #require(dock.model.requests(of: "choose").first).input.decoded()
            orders.append(question.candidates.map(\.message))
            try FileManager.default.removeItem(atPath: dock.yard.folder + "/out")
        }
        #expect(orders[0] == orders[1])
    }

    @Test("need no choice when both wrote the same")
    func same() async throws {
        let dock = try await Dock(Self.work("same"), Self.work("same"))
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(dock.model.requests(of: "choose").isEmpty)
        let sentences = try await dock.sentences(of: outcome)
        #expect(sentences.contains { $0.hasSuffix("'claude' is taken: both wrote the same") }, "\(sentences)")
        #expect(try await dock.bodies(.agentEnded, of: outcome).count == 2)
        try await dock.checkReplay(outcome)
    }

    @Test("do with one result when the other one fails, and the run says so", arguments: [true, false])
    func oneFails(isFirst: Bool) async throws {
        let (good, bad) = (Self.work("good"), Self.broken)
        let dock = try await Dock(isFirst ? bad : good, isFirst ? good : bad, fallsBack: false)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try dock.yard.text("count_words/__init__.py").contains("# good"))
        #expect(dock.model.requests(of: "choose").isEmpty)
        let (gone, taken) = isFirst ? ("claude", "codex") : ("codex", "claude")
        let sentences = try await dock.sentences(of: outcome)
        #expect(
            sentences.contains { $0.contains(gone) && $0.hasSuffix("no credit; what '\(taken)' wrote is taken") },
            "\(sentences)"
        )
        try await dock.checkReplay(outcome)
    }

    @Test(
        "leave it to the model when neither writes, or to another time where there is none",
        arguments: [true, false]
    )
    func bothFail(fallsBack: Bool) async throws {
        let dock = try await Dock(Self.broken, Self.broken, fallsBack: fallsBack)
        let outcome = try await dock.run()
        guard fallsBack else {
            #expect(outcome.report.state == .parked, "\(outcome.report)")
            try dock.claude.write(Self.work("claude"))
            let again = try await dock.yard.service.drive(outcome.report.run)
            #expect(again.exitStatus == 0, "\(again.report)")
            #expect(try dock.yard.text("count_words/__init__.py").contains("# claude"))
            try await dock.checkReplay(again)
            return
        }
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try dock.yard.text("count_words/__init__.py").contains("# model"))
        let sentences = try await dock.sentences(of: outcome)
        #expect(sentences.contains { $0.hasSuffix("; the model is asked instead") }, "\(sentences)")
        try await dock.checkReplay(outcome)
    }

    @Test("keep a choice that was made, whoever can write when the run goes on")
    func resumed() async throws {
        let gone = ScriptedProvider.Answer.failure(ProviderFault(.connection, "gone"))
        var dock = try await Dock(Self.broken, Self.work("codex"), troubles: [gone])
        let parked = try await dock.run()
        #expect(parked.report.state == .parked, "\(parked.report)")
        let begun = try await dock.bodies(.agentEnded, of: parked).count
        #expect(begun > 0)

        // Meanwhile the one that failed could write, and the other one is gone.
        try dock.claude.write(Self.work("claude"))
        dock.yard.parts.agents = NoAgents()
        let outcome = try await dock.yard.service.drive(parked.report.run)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try dock.yard.text("count_words/__init__.py").contains("# codex"))
        #expect(try await dock.bodies(.agentEnded, of: outcome).count == begun)
        #expect(dock.model.requests(of: "generate").isEmpty)
        try await dock.checkReplay(outcome)
    }

    /// What is not the worker's to write in the way in which it is left.
    private static let unusable = [ScriptedAgent.Entry("work", [.write("back\\slash", "x")], says: "done")]

    private enum Other: CaseIterable {
        case unusable
        case absent
        case faulting
    }

    @Test("lose their turn for good when neither left anything usable", arguments: Other.allCases)
    private func unusable(other: Other) async throws {
        let gone = ScriptedProvider.Answer.failure(ProviderFault(.connection, "gone"))
        let writer = ScriptedAgent.Entry("work", role: "writer", says: "nothing from me")
        let bad = [writer] + Self.unusable
        var dock = try await Dock(
            bad,
            other == .faulting ? [writer] + Self.broken : bad,
            troubles: [gone],
            owns: ["developer": ["count_words/", "tests/"], "writer": ["README.md"]]
        )
        let both = dock.yard.parts.agents
        if other == .absent {
            let present = try await both.writers(for: dock.yard.request("x"), role: "").present
            dock.yard.parts.agents = SameAgents(AgentWriters([present[0]], absent: [dock.pair[1]: "not here"]))
        }
        let parked = try await dock.run()
        #expect(parked.report.state == .parked, "\(parked.report)")
        let asked = dock.model.requests(of: "generate").count
        // One that gave no answer leaves the turn to the model; it is the next one.
        #expect((asked > 0) == (other == .faulting))
        let begun = try await dock.bodies(.agentEnded, of: parked).count

        // Meanwhile the second one could write: what the round's commit was made of stays what it was.
        try dock.codex.write([writer] + Self.work("codex"))
        dock.yard.parts.agents = both
        let outcome = try await dock.yard.service.drive(parked.report.run)
        #expect(outcome.report.state != .parked, "\(outcome.report)")
        #expect(dock.model.requests(of: "generate").count == asked)
        #expect(try await dock.bodies(.agentEnded, of: outcome).count == begun)
        try await dock.checkReplay(outcome)
    }

    @Test("keep what one has done when the budget has no room for the other")
    func budget() async throws {
        let dock = try await Dock(Self.work("claude"), Self.work("codex"))
        // Plan, staff, and one of the two.
        let parked = try await dock.run(budget: BudgetCaps(calls: 3))
        #expect(parked.exitStatus == 7, "\(parked.report)")
        let first = try await dock.bodies(.agentEnded, of: parked)
        #expect(first.count == 1)
        let outcome = try await dock.yard.service.drive(parked.report.run, budget: BudgetCaps(calls: 90))
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try await dock.bodies(.agentEnded, of: outcome).count == 2)
        try await dock.checkReplay(outcome)
    }

    @Test("need no model that can read both results", arguments: [false, true])
    func tooLong(isRepair: Bool) async throws {
        let long = ScriptedProvider.Answer.failure(ProviderFault(.contextTooLong, "400"))
        let gone = ScriptedProvider.Answer.failure(ProviderFault(.connection, "gone"))
        let choices = isRepair ? [.text("the better one"), long] : [long]
        let dock = try await Dock(Self.work("claude"), Self.work("codex"), choices: choices, troubles: [gone])
        let parked = try await dock.run()
        #expect(parked.report.state == .parked, "\(parked.report)")
        let outcome = try await dock.yard.service.drive(parked.report.run)
        #expect(dock.model.requests(of: "choose").count == choices.count)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try dock.yard.text("count_words/__init__.py").contains("# claude"))
        let sentences = try await dock.sentences(of: outcome)
        #expect(sentences.contains { $0.contains("no model could choose") }, "\(sentences)")
        try await dock.checkReplay(outcome)
    }
}
