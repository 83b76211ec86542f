import Core
import Foundation
import Models
import TestSupport
import Testing

/// Runs of the real binary with scripted programs in place of agents.
@Suite("A run with an agent", .tags(.large), .temporaryDirectory)
struct AgentRunTests {
    private let program: Program

    init() throws { program = try Program(below: TemporaryDirectory.current) }

    private func configure(_ vendor: ScriptedVendor, more: String = "") throws {
        let url = vendor.server.url + "/v1"
        try program.configure(
            "config.yaml",
            """
            model: scripted/scripted
            providers: {scripted: {url: '\(url)'}}
            \(more)
            """
        )
    }

    private func new(_ program: Program, _ folder: String, _ more: [String] = []) async throws -> Program.Outcome {
        try await program.run(["new", ScriptedProject.description, "--into", folder, "--json"] + more)
    }

    private func readMe(_ folder: String) throws -> String {
        try String(contentsOf: program.path(folder + "/README.md"), encoding: .utf8)
    }

    @Test("makes the same tree with an agent program, known or configured")
    func agents() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor)
        #expect(try await new(program, "model").status == 0)
        let claude = try #require(AgentProfile.known.first { $0.name == "claude" })
        let agent = try ScriptedAgent(claude, in: program.home.path + "-agents", script: ScriptedProject.agentScript)
        let own = AgentProfile(name: "mybot", command: "mybot", textArguments: ["-t"], workArguments: ["-w"])
        _ = try ScriptedAgent(own, in: program.home.path + "-agents", script: ScriptedProject.agentScript)
        var program = program
        program.environment.merge(agent.environment) { _, new in new }
        // Without a word about models an agent on PATH is the best that there is.
        let mybot = "mybot: {workArguments: [-w], textArguments: [-t]}"
        try program.configure("config.yaml", "agents: {\(mybot), claude: {seconds: 600}}\n")
        for (name, choice) in [("claude", []), ("mybot", ["--model", "mybot"])] {
            let outcome = try await new(program, name, choice)
            #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
            let report = try outcome.json()
            #expect(report["scope"] == "described" && report["verified"] == true)
            #expect(report["model"] == ["provider": .string(name), "name": .string(name)])
            #expect(try FolderContents(of: program.path(name)) == FolderContents(of: program.path("model")))
        }
        #expect(try await program.run("replay", "latest").status == 0)
        let statuses = try await program.run("agents", "--json").json().array ?? []
        let states = Dictionary(uniqueKeysWithValues: statuses.map { ($0["name"]?.string ?? "", $0["reason"]?.string) })
        #expect(states["claude"] == .some(nil) && states["mybot"] == .some(nil), "\(statuses)")
        #expect(states["codex"]??.contains("no 'codex' on PATH") == true)
        // By the name that can be asked for: 'gemini' is a provider.
        #expect(states.keys.contains("gemini-cli") && !states.keys.contains("gemini"))
        try program.configure("config.yaml", "agents: {\(mybot), claude: {enabled: false}}\n")
        let off = try await program.run("test-agent", "claude", "Well?")
        #expect(off.status == 5 && off.errors.contains("switched off by configuration"), "\(off.errors)")
        let next = try await program.run("models", "status", "--json").json()["next"]
        #expect(next?["name"] == "mybot", "\(next as Any)")
        let gone = try await program.run("test-agent", "codex", "Well?")
        #expect(gone.status == 3 && gone.errors.contains("no 'codex' on PATH"), "\(gone.errors)")
        for text in ["{workArgument: [-w]}", "{answer: {text: said}}", "{credentials: [{file: x}]}"] {
            try program.configure("config.yaml", "agents: {mybot: \(text)}\n")
            let refused = try await program.run("agents")
            #expect(refused.status == 3 && refused.errors.contains("config.yaml:1:"), "\(refused.errors)")
            #expect(refused.errors.contains("has no key '"), "\(refused.errors)")
        }
    }

    @Test("asks a model for the files that an agent could not write, and not the agent once more")
    func agentGivesWay() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor, more: "routes: {generate: [codex, claude, scripted/scripted]}")
        let script: [ScriptedAgent.Entry] = [
            .init("work", prints: "no credit", status: 1), .init("generate", says: "{}"),
        ]
        let agent = try ScriptedAgent(.claude, in: program.home.path + "-agents", script: script)
        var program = program
        program.environment.merge(agent.environment) { _, new in new }
        let outcome = try await new(program, "out")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["scope"] == "described")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("no credit; the model is asked instead"), "\(events)")
        #expect(events.contains("'codex' is not used: it is not on this machine"), "\(events)")
        // As a model it would have been asked up to 3 times before the other.
        #expect(!events.contains("asking 'claude' again"), "\(events)")
        #expect(!events.contains("'claude' gave no answer"), "\(events)")
    }

    @Test("has two agents write side by side, takes one result, and says why")
    func pair() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor)
        let folder = program.home.path + "-agents"
        let codex = try #require(AgentProfile.known.first { $0.name == "codex" })
        _ = try ScriptedAgent(codex, in: folder, script: ScriptedProject.agentScript)
        let other = try ScriptedProject.agentScript.map { entry in
            var entry = entry
            if entry.role == "developer" { entry.actions.append(.write("README.md", "# Other\n")) }
            return entry
        }
        var program = program
        program.environment.merge(try ScriptedAgent(.claude, in: folder, script: other).environment) { _, new in new }
        try configure(vendor, more: "routes: {choose: scripted/scripted}")
        for (name, choice) in [("named", "claude+codex"), ("word", "dual"), ("turned", "codex+claude")] {
            let outcome = try await new(program, name, ["--model", choice])
            #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
            #expect(try outcome.json()["scope"] == "described")
            #expect(try readMe(name) == "# Roman\n\nConverts roman numerals.\n")
            let events = try await program.run("watch", "latest", "--no-follow").output
            #expect(events.contains("'codex' is taken: its tests say more"), "\(events)")
            #expect(events.contains("is taken: both wrote the same"), "\(events)")
            let shown = try await program.run("show", "latest").output
            #expect(!shown.contains("in place of"), "\(shown)")
            #expect(try await program.run("replay", "latest").status == 0)
        }
        // Who writes may choose as well, and does not know which result is its own.
        try configure(vendor, more: "routes: {generate: [codex+claude]}")
        #expect(try await new(program, "routed", ["--model", "claude"]).status == 0)
        #expect(try ["# Other\n", "# Roman\n\nConverts roman numerals.\n"].contains(readMe("routed")))
        let ignored = try await new(program, "ignored", ["--model", "claude+copilot"])
        #expect(ignored.status == 0, "\(ignored.errors)")
        let said = try await program.run("show", "latest").output
        #expect(
            said.contains("'claude+copilot' do not write side by side: 'routes.generate' says who writes"),
            "\(said)"
        )
        for (text, why) in [
            ("claude+claude-code", "both names mean 'claude'"), ("claude+claude/claude", "both names mean 'claude'"),
            ("claude+gpt", "'gpt' is no agent"),
            ("claude+codex+copilot", "not 3"),
        ] {
            let refused = try await new(program, "refused", ["--model", text])
            #expect(refused.status == 3 && refused.errors.contains(why), "\(refused.errors)")
        }
        // One of the two suffices, whichever it is.
        try FileManager.default.removeItem(atPath: folder + "/agent-bin/claude")
        try configure(vendor)
        let alone = try await new(program, "alone", ["--model", "dual"])
        #expect(alone.status == 0, "\(alone.errors)\(alone.output)")
        let reasons = try await program.run("watch", "latest", "--no-follow").output
        #expect(reasons.contains("no 'claude' on PATH") && reasons.contains("'codex' is taken: it is the only result"))
        try FileManager.default.removeItem(atPath: folder + "/agent-bin/codex")
        let none = try await new(program, "none", ["--model", "dual"])
        #expect(none.status == 3 && none.errors.contains("on PATH"), "\(none.errors)")
        try configure(vendor, more: "routes: {plan: dual}")
        let misplaced = try await new(program, "misplaced")
        #expect(misplaced.status == 3 && misplaced.errors.contains("side by side only write files"))
    }

    @Test("is recorded, and played back, where an agent only answers in place of a model that failed")
    func recordedFallback() async throws {
        let vendor = try ScriptedVendor { question in
            question.contract == GenerateContract.name ? .error(404) : ScriptedProject.answer(question)
        }
        try configure(vendor, more: "routes: {fallback: [claude]}")
        let answers = try ScriptedProject.files.keys.sorted().map { role in
            let input: JSONValue = ["round": 1, "worker": ["role": .string(role)]]
            let text = try ScriptedProject.text(GenerateContract.name, input)
            return ScriptedAgent.Entry(GenerateContract.name, role: role, round: 1, says: text)
        }
        let rest = ScriptedAgent.Entry(GenerateContract.name, says: #"{"message":"nothing to do","files":[]}"#)
        let agent = try ScriptedAgent(.claude, in: program.home.path + "-agents", script: answers + [rest])
        var program = program
        program.environment.merge(agent.environment) { _, new in new }
        let outcome = try await new(program, "out", ["--record", "calls.jsonl"])
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("asking 'claude' instead"), "\(events)")
        program.environment["DRYDOCK_OFFLINE"] = "on"
        let played = try await program.run("new", "--playback", "calls.jsonl", "--into", "again", "--json")
        #expect(played.status == 0, "\(played.errors)\(played.output)")
        #expect(try FolderContents(of: program.path("again")) == FolderContents(of: program.path("out")))
    }
}
