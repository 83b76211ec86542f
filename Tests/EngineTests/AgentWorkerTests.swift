import Core
import Engine
import Foundation
import Journal
import Models
import Sandbox
import Synchronization
import TestSupport
import Testing

@Suite("A worker that is an agent", .tags(.large), .temporaryDirectory, .timeLimit(.minutes(3)))
struct AgentWorkerTests {
    private static let code = "def count(text):\n    return len(text.split())\n"
    private static let test = """
        import unittest
        from count_words import count


        class CountTests(unittest.TestCase):
            def test_words(self):
                self.assertEqual(count("a b c"), 3)

        """
    private static let project: [ScriptedAgent.Action] = [
        .write("count_words/__init__.py", code), .write("tests/test_count.py", test),
        .write("tests/__init__.py", ""), .write("run.sh", "#!/bin/sh\n", executable: true),
    ]
    private static let projectFiles = [
        FileText(path: "count_words/__init__.py", content: code), FileText(path: "tests/test_count.py", content: test),
        FileText(path: "tests/__init__.py", content: ""),
        FileText(path: "run.sh", content: "#!/bin/sh\n", executable: true),
    ]

    /// A run whose files an agent writes; a model answers the other contracts, and `generate` with `files` if asked.
    private struct Dock {
        var yard: Yard
        let model: ScriptedProvider
        let agent: ScriptedAgent

        init(
            _ script: [ScriptedAgent.Entry],
            owns: [String: [String]] = ["developer": []],
            files: [FileText]? = nil,
            fallsBack: Bool = false,
            reviews: [ScriptedProvider.Answer] = [],
            profile: AgentProfile = .claude,
            policy: AgentPolicy = AgentPolicy()
        ) async throws {
            let component = PlannedComponent(
                name: "count-words",
                guide: "python",
                kind: .commandLineTool,
                path: "",
                description: "Counts."
            )
            let plan = Plan(title: "Count Words", summary: "Counts.", stack: ["python"], components: [component])
            let workers = owns.sorted { $0.key < $1.key }.map { role, paths in
                WorkerRole(role: role, description: "Write what is yours.", owns: paths, skills: [])
            }
            let verdict = Verdict(approved: true, scope: .described, reasons: ["checks passed"], missing: [])
            var answers: [String: [ScriptedProvider.Answer]] = [
                "plan": [.answer(plan)], "staff": [.answer(Staff(workers: workers))],
                "fix": [.answer(Fix(diagnosis: "no idea", fixed: false))],
                "review": reviews + [.answer(Review(accepted: true, feedback: "fine", issues: []))],
                "verdict": [.answer(verdict)],
            ]
            if let files { answers["generate"] = [.answer(Generation(message: "written", files: files))] }
            model = ScriptedProvider(answers, repeatsLast: true)
            yard = try await Yard(model: model)
            agent = try ScriptedAgent(profile, in: yard.folder, script: script)
            let worker = AgentModel(
                profile,
                version: "1.2.3",
                policy: policy,
                runner: yard.parts.runner,
                environment: agent.environment,
                scratch: yard.folder + "/state/agents"
            )
            yard.parts.agents = SameAgents(AgentWriter(worker, fallsBack: fallsBack))
        }

        func writer() async throws -> AgentModel? {
            try await yard.parts.agents.writers(for: yard.request("count words"), role: "developer").present.first?
                .agent
        }

        func run(untrusted: Bool? = nil) async throws -> RunOutcome {
            var request = yard.request("count words")
            request.isFromUntrusted = untrusted
            return try await yard.run(request)
        }

        /// The bodies of the events of a kind, one after the other.
        func bodies(_ kind: String, of outcome: RunOutcome) async throws -> [JSONValue] {
            var bodies: [JSONValue] = []
            for event in try await yard.store.events(of: outcome.report.run) where event.kind.rawValue == kind {
                bodies.append(try await yard.store.body(of: event))
            }
            return bodies
        }

        func notices(of outcome: RunOutcome) async throws -> [String] {
            let all = try await bodies("notice", of: outcome) + bodies("fallback", of: outcome)
            return all.compactMap { $0["message"]?.string }
        }

        func delivered(_ path: String) -> Bool { FileManager.default.fileExists(atPath: yard.folder + "/out/" + path) }
    }

    @Test("gives the same tree as a model that gives the same files")
    func sameTree() async throws {
        let byAgent = try await Dock([.init("work", Self.project, says: "Written.")])
        let first = try await byAgent.run()
        #expect(first.exitStatus == 0, "\(first.report)")
        #expect(byAgent.model.requests(of: "generate").isEmpty)
        let tree = try #require(first.report.snapshot?.tree)
        let mode = try FileManager.default.attributesOfItem(atPath: byAgent.yard.folder + "/out/run.sh")
        #expect(mode[.posixPermissions] as? Int == 0o755)

        try FileManager.default.removeItem(atPath: byAgent.yard.folder + "/out")
        var byModel = try await Dock([], files: Self.projectFiles)
        byModel.yard.parts.agents = NoAgents()
        let second = try await byModel.run()
        #expect(second.exitStatus == 0, "\(second.report)")
        #expect(second.report.snapshot?.tree == tree)
    }

    @Test("is believed by git alone, and recorded whole")
    func record() async throws {
        let words = """
            {"message": "done", "files": [{"path": "claimed.py", "content": "x"}], "deletions": ["run.sh"]}
            """
        let dock = try await Dock([.init("work", Self.project, says: words)])
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("claimed.py"))
        #expect(dock.delivered("run.sh"))

        let record = try #require(try await dock.bodies("agent.ended", of: outcome).first)
        #expect(record["agent"]?["provider"] == "claude")
        #expect(record["version"] == "1.2.3")
        #expect(record["argv"]?[0] == "claude")
        #expect(record["argv"]?.array?.contains("--dangerously-skip-permissions") == true)
        #expect(record["isolation"] == "bubblewrap")
        #expect(record["exitCode"] == 0)
        #expect(record["ending"] == "exited")
        let times = (record["startedAt"]?.integer ?? 0, record["endedAt"]?.integer ?? 0)
        #expect(times.0 > 0 && times.1 >= times.0)
        #expect(record["base"] != record["head"])
        #expect(record["tree"]?.string?.count == 40)
        #expect(record["output"]?.string?.contains("claimed.py") == true)
        #expect(record["usage"]?["costUSD"] == .number(0.25))
        #expect(outcome.report.usage.sum.costUSD >= 0.25)

        let replay = try await dock.yard.service.replay(outcome.report.run)
        #expect(replay.isEqual, "\(replay.differences)")
    }

    @Test("leaves nothing of its own work tree, neither folder nor branch")
    func nothingLeft() async throws {
        let list = "git branch --list 'agent-*' | wc -l > count.txt"
        let entries: [ScriptedAgent.Entry] = [
            .init("work", role: "writer", says: "nothing from me"),
            .init("work", round: 1, Self.project, says: "first"),
            .init("work", round: 2, [.run(["sh", "-c", list], status: "status.txt")], says: "second"),
            .init("work", says: "nothing to add"),
        ]
        let owns = ["developer": ["count_words/", "tests/", "count.txt", "status.txt"], "writer": ["README.md"]]
        let dock = try await Dock(entries, owns: owns)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(try dock.yard.text("status.txt") == "0\n")
        // Its own, and perhaps that of the other worker at the same time; none of the round before.
        let count = try dock.yard.text("count.txt").filter(\.isNumber)
        #expect(["1", "2"].contains(count))
        let delivered = try FileManager.default.subpathsOfDirectory(atPath: dock.yard.folder + "/out/.git")
        #expect(!delivered.contains { $0.contains("agent-") }, "\(delivered)")
    }

    @Test("cannot plant links, repositories, settings or files that are not its own")
    func attacks() async throws {
        let attack: [ScriptedAgent.Action] = [
            .link("inward", to: "count_words/__init__.py"), .link("outward", to: "/etc/passwd"),
            .write("nested/.git/config", "[core]\n"), .write(".git", "gitdir: /tmp\n"), .delete(".git"),
            .write(".drydock/config.yaml", "isolation: none\n"), .write("other/theirs.txt", "mine now\n"),
            .write(".gitignore", "secret.bin\n"), .write("secret.bin", "hidden"),
            .run(["git", "commit", "--allow-empty", "-m", "x"], status: "status.txt"),
            .link("tests/test_count.py", to: "../run.sh"),
        ]
        let entries: [ScriptedAgent.Entry] = [
            .init("work", role: "attacker", round: 1, attack, says: "nothing"),
            .init("work", role: "developer", round: 1, Self.project, says: "written"),
            .init("work", says: "nothing to add"),
        ]
        let owns = [
            "attacker": ["nested/", "inward", "outward", ".gitignore", "status.txt", "secret.bin"],
            "developer": ["count_words/", "tests/", "run.sh"],
        ]
        let dock = try await Dock(entries, owns: owns)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        for path in ["inward", "outward", "nested", ".drydock", "other", "secret.bin"] {
            #expect(!dock.delivered(path), "\(path)")
        }
        #expect(try dock.yard.text("status.txt") != "0\n")
        #expect(try dock.yard.text("tests/test_count.py") == Self.test)
        let notices = try await dock.notices(of: outcome).filter { $0.hasPrefix("claude: ") }
        for part in [
            "what the worker owns were dropped: 'failed-", "'other/theirs.txt'",
            "symbolic links were dropped: 'inward'", "git ignores were left behind: 'secret.bin'",
            "nested git folders were removed: 'nested/.git'",
            "links that lead out of the project cannot be kept: 'outward'",
        ] {
            #expect(notices.contains { $0.contains(part) }, "\(part): \(notices)")
        }
    }

    @Test("begins each round with what all have written, and can delete and change it")
    func rounds() async throws {
        let entries: [ScriptedAgent.Entry] = [
            .init("work", round: 1, Self.project + [.write("old.txt", "old\n")], says: "first"),
            .init(
                "work",
                round: 2,
                [.delete("old.txt"), .write("run.sh", "#!/bin/sh\nexit 0\n"), .dumpPrompt("task.txt")],
                says: "second"
            ),
            .init("work", says: "nothing to add"),
        ]
        let owns = ["developer": ["count_words/", "tests/", "run.sh", "old.txt", "task.txt"], "writer": ["README.md"]]
        let writer = ScriptedAgent.Entry("work", role: "writer", says: "nothing from me")
        let dock = try await Dock([writer] + entries, owns: owns)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("old.txt"))
        #expect(try dock.yard.text("run.sh") == "#!/bin/sh\nexit 0\n")
        let mode = try FileManager.default.attributesOfItem(atPath: dock.yard.folder + "/out/run.sh")
        #expect(mode[.posixPermissions] as? Int == 0o644)
        let task = try dock.yard.text("task.txt")
        #expect(task.contains("nothing from me"))
        #expect(!task.contains("# JSON Schema"))
        #expect(!task.contains("return len"))
    }

    @Test("loses its turn, and no more, when it leaves what no project can have")
    func unusable() async throws {
        let entries: [ScriptedAgent.Entry] = [
            .init("work", role: "attacker", round: 1, [.write("back\\slash", "x")], says: "done"),
            .init("work", role: "developer", round: 1, Self.project, says: "written"),
            .init("work", says: "nothing to add"),
        ]
        let dock = try await Dock(entries, owns: ["attacker": ["a/"], "developer": ["count_words/", "tests/"]])
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        let notices = try await dock.notices(of: outcome)
        #expect(notices.contains { $0.contains("attacker did not answer") && $0.contains("back\\") }, "\(notices)")
    }

    @Test("loses its turn when it writes what logs it in into the project, and no journal holds that")
    func secret() async throws {
        let secret = "t-secret-of-the-test"
        let theft: [ScriptedAgent.Action] = [.copyHome(".claude/.credentials.json", to: "a/stolen.json")]
        let entries: [ScriptedAgent.Entry] = [
            .init("work", role: "attacker", round: 1, theft, says: "look: \(secret)"),
            .init("work", role: "developer", round: 1, Self.project, says: "written"),
            .init("work", says: "nothing to add"),
        ]
        var dock = try await Dock(entries, owns: ["attacker": ["a/"], "developer": ["count_words/", "tests/"]])
        let lines = Mutex<[String]>([])
        dock.yard.parts.onLine = { _, line in lines.withLock { $0.append(line) } }
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("a/stolen.json"))
        // Whoever watches does not see it either.
        let said = lines.withLock { $0.filter { $0.contains("look: ") } }
        #expect(!said.isEmpty && !said.contains { $0.contains(secret) }, "\(said)")
        let events = try await dock.yard.store.events(of: outcome.report.run)
        for event in events {
            #expect(!(try await dock.yard.store.body(of: event).text.contains(secret)), "\(event.kind)")
        }
    }

    @Test("gives way to the model when it gives no answer, and the run says so")
    func fallsBack() async throws {
        let entry = ScriptedAgent.Entry("work", [.write("junk.txt", "half")], prints: "no credit", status: 1)
        let dock = try await Dock([entry], files: Self.projectFiles, fallsBack: true)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("junk.txt"))
        let notices = try await dock.notices(of: outcome)
        #expect(
            notices.contains { $0.contains("it ended with 1: no credit; the model is asked instead") },
            "\(notices)"
        )
        let replay = try await dock.yard.service.replay(outcome.report.run)
        #expect(replay.isEqual, "\(replay.differences)")
    }

    @Test("is not asked again as a model for what it has not written")
    func noSecondAsking() async throws {
        let broken = ScriptedAgent.Entry("work", prints: "no credit", status: 1)
        let words = try JSONValue(
            encoding: Generation(message: "said", files: [FileText(path: "said.txt", content: "x\n")])
        )
        let talk = ScriptedAgent.Entry("generate", says: words.text)
        var dock = try await Dock([broken, talk], files: Self.projectFiles, fallsBack: true)
        let (agent, model) = (try #require(await dock.writer()), dock.model)
        let table = RouteTable([model.identity], chains: ["generate": [agent.identity, model.identity]])
        let candidates = [
            RouteCandidate(agent, isLocal: false, notFor: ["generate"]), RouteCandidate(model, isLocal: true),
        ]
        dock.yard.parts.model = ModelRouter(table, candidates: candidates)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("said.txt") && dock.delivered("count_words/__init__.py"))
        #expect(!model.requests(of: "generate").isEmpty)
    }

    @Test("stops the run for another time when nobody else may write")
    func parks() async throws {
        let entry = ScriptedAgent.Entry("work", prints: "broken", status: 1)
        let dock = try await Dock([entry])
        let outcome = try await dock.run()
        #expect(outcome.report.state == .parked, "\(outcome.report)")
        #expect(outcome.report.failure?.failureClass == .infrastructure)
        try dock.agent.write([.init("work", Self.project, says: "Written.")])
        let again = try await dock.yard.service.drive(outcome.report.run)
        #expect(again.exitStatus == 0, "\(again.report)")
    }

    @Test("is not replaced in a turn that it has taken, nor takes one of the model's", arguments: [true, false])
    func sameWriter(isAgentFirst: Bool) async throws {
        let gone = ScriptedProvider.Answer.failure(ProviderFault(.connection, "gone"))
        let script = [ScriptedAgent.Entry("work", Self.project, says: "Written.")]
        var dock = try await Dock(script, files: Self.projectFiles, reviews: [gone])
        let (agents, agent) = (dock.yard.parts.agents, try #require(await dock.writer()))
        if !isAgentFirst { dock.yard.parts.agents = NoAgents() }
        var request = dock.yard.request("count words")
        request.routes = RouteTable([dock.model.identity], chains: ["generate": [agent.identity, dock.model.identity]])
        let parked = try await dock.yard.run(request)
        #expect(parked.report.state == .parked, "\(parked.report)")
        let asked = dock.model.requests(of: "generate").count
        let begun = try await dock.bodies("agent.ended", of: parked).count
        #expect(isAgentFirst == (asked == 0) && isAgentFirst == (begun > 0))

        // Meanwhile the person has logged in, or out.
        dock.yard.parts.agents = isAgentFirst ? NoAgents() : agents
        let outcome = try await dock.yard.service.drive(parked.report.run)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(dock.model.requests(of: "generate").count == asked)
        #expect(try await dock.bodies("agent.ended", of: outcome).count == begun)
        let replay = try await dock.yard.service.replay(outcome.report.run)
        #expect(replay.isEqual, "\(replay.differences)")
    }

    @Test("is off for a description that nobody vouches for, unless policy says otherwise")
    func untrusted() async throws {
        let entry = ScriptedAgent.Entry("work", Self.project + [.write("by-agent.txt", "x\n")], says: "Written.")
        let dock = try await Dock([entry], files: Self.projectFiles)
        let outcome = try await dock.run(untrusted: true)
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        #expect(!dock.delivered("by-agent.txt"))
        let notices = try await dock.notices(of: outcome)
        #expect(notices.contains { $0.contains("'claude' is not used") }, "\(notices)")
        #expect(try await dock.bodies("agent.ended", of: outcome).isEmpty)

        try FileManager.default.removeItem(atPath: dock.yard.folder + "/out")
        let allowed = try await Dock([entry], policy: AgentPolicy(allowsUntrusted: true))
        #expect(try await allowed.run(untrusted: true).exitStatus == 0)
        #expect(allowed.delivered("by-agent.txt"))
    }

    @Test("writes by any command line that a configuration names")
    func configured() async throws {
        let text = """
            {"name": "other", "command": "other-agent", "prompt": "file",
             "workArguments": ["--auto", "--task-file", "{file}"]}
            """
        let profile: AgentProfile = try JSON.decode(from: Array(text.utf8))
        let dock = try await Dock([.init("work", Self.project, says: "Written.")], profile: profile)
        let outcome = try await dock.run()
        #expect(outcome.exitStatus == 0, "\(outcome.report)")
        let record = try #require(try await dock.bodies("agent.ended", of: outcome).first)
        #expect(record["argv"] == ["other-agent", "--auto", "--task-file", "{file}"])
    }

    @Test("that is no agent changes no file but by its contract")
    func modelsAreAdvisory() async throws {
        // A model on this machine, say: whatever it writes besides its answer is text.
        let model = ScriptedProvider(
            [
                "plan": [.text("```sh\necho x > /tmp/x\n```\n--- a/file\n+++ b/file\n@@ -0,0 +1 @@\n+x")]
            ],
            repeatsLast: true
        )
        let yard = try await Yard(model: model)
        let outcome = try await yard.run(yard.request("count words"))
        #expect(outcome.report.state != .completed)
        #expect(!FileManager.default.fileExists(atPath: yard.folder + "/out"))
    }
}
