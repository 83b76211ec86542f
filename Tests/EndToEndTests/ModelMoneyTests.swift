import Core
import Foundation
import Models
import TestSupport
import Testing

/// What runs of the real binary say of tokens, dollars and times to come back.
@Suite("The books of a run with a model", .tags(.large), .temporaryDirectory)
struct ModelMoneyTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private func configure(_ vendor: ScriptedVendor, more: String = "") throws {
        let text = """
            model: scripted/scripted
            providers:
              scripted:
                format: openai
                url: \(vendor.server.url)/v1
            \(more)
            """
        try program.configure("config.yaml", text)
    }

    private func new(_ description: String = ScriptedProject.description, _ more: String...) async throws
        -> Program.Outcome
    {
        try await program.run(["new", description, "--json"] + more)
    }

    @Test("begins with words that only a model understands")
    func words() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor)
        let outcome = try await new("a payroll tool in COBOL")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        try program.configure("config.yaml", "model: builtin\n")
        #expect(try await new("a payroll tool in COBOL").status == 2)
    }

    @Test("show phases, roles and models, and what each step has used")
    func shares() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor, more: "    prices: {scripted: {input: 100, output: 1000}}")
        #expect(try await new().status == 0)
        let report = try await program.run("show", "latest", "--json").json()
        let step = report["steps"]?.array?.first { $0["step"] == "plan/call-0" }
        // The first call also found out whether the model follows a schema.
        #expect(step?["model"] == "scripted" && step?["usage"]?["inputTokens"] == 200, "\(step ?? nil)")
        let text = try await program.run("show", "latest").output
        #expect(text.contains("CACHED") && text.contains("phase plan "), "\(text)")
        let one = try await program.run("show", "latest", "--step", "plan/call-0").output
        #expect(one.contains("scripted  200 tokens in, 40 out  0.0600 USD"), "\(one)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("was asked whether it can follow a schema: it can"), "\(events)")
    }

    @Test("are closed by a cap in dollars, and opened by taking it away")
    func lifted() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor, more: "    prices: {scripted: {input: 100, output: 1000}}")
        let stopped = try await new(ScriptedProject.description, "--budget", "0.01")
        #expect(stopped.status == 7, "\(stopped.errors)\(stopped.output)")
        #expect(try await program.run("resume", "latest", "--budget", "0.02", "--json").status == 7)
        let resumed = try await program.run("resume", "latest", "--budget", "none", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)\(resumed.output)")
        let endless = try await new(ScriptedProject.description, "--max-time", "9223372036854775807")
        #expect(endless.status == 2, "\(endless.errors)")
        #expect(endless.errors.contains("is not a valid value for '--max-time'\""), "\(endless.errors)")
        #expect(endless.errors.contains("at most 36500d"), "\(endless.errors)")
    }

    @Test("hold a call for each that the provider saw, and one call more at a time ends the run")
    func oneMore() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor)
        var outcome = try await new(ScriptedProject.description, "--max-calls", "3")
        var limit = 3
        while outcome.status == 7, limit < 30 {
            // Besides the calls there was the check of what the model can do.
            #expect(vendor.questions.count == limit + 1)
            #expect(try outcome.json()["usage"]?["calls"] == .integer(Int64(limit)), "\(outcome.output)")
            #expect(outcome.output.contains("\(limit) so far, and the next call may take 1"), "\(outcome.output)")
            limit += 1
            outcome = try await program.run("resume", "latest", "--max-calls", "\(limit)", "--json")
        }
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["usage"]?["calls"] == .integer(Int64(vendor.questions.count - 1)))
        #expect(try await program.run("replay", "latest").status == 0)
    }

    @Test("let workers share a budget that would not be enough for all that they may use at once")
    func shared() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor, more: "    prices: {scripted: {input: 1, output: 2}}")
        let outcome = try await new(ScriptedProject.description, "--budget", "0.03")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["usage"]?["calls"] == .integer(Int64(vendor.questions.count - 1)))
    }

    @Test("hold no cap in dollars or tokens where recorded answers are given again: nobody is paid")
    func played() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor, more: "    prices: {scripted: {input: 100, output: 1000}}")
        let first = try await new(ScriptedProject.description, "--into", "first", "--record", "calls.jsonl")
        #expect(first.status == 0, "\(first.errors)\(first.output)")
        let caps = ["--budget", "0.01", "--max-tokens", "10", "--json"]
        for words in [["--playback", "calls.jsonl"], ["--replay", "latest", ScriptedProject.description]] {
            let played = try await program.run(["new"] + words + caps + ["--into", "again-\(words.count)"])
            #expect(played.status == 0, "\(played.errors)\(played.output)")
            let usage = try played.json()["usage"]
            #expect(try usage?["calls"] == first.json()["usage"]?["calls"] && usage?["costUSD"] != 0)
        }
        let counted = try await program.run("new", "--playback", "calls.jsonl", "--max-calls", "1", "--json")
        #expect(counted.status == 7, "\(counted.errors)\(counted.output)")
    }

    @Test("need an agent's own word for a budget in dollars, also when the run goes on")
    func agents() async throws {
        let own = AgentProfile(name: "mybot", command: "mybot", textArguments: ["-t"], workArguments: ["-w"])
        let agent = try ScriptedAgent(own, in: program.home.path + "-agents", script: ScriptedProject.agentScript)
        var program = program
        program.environment.merge(agent.environment) { _, new in new }
        let text = "agents: {mybot: {workArguments: [-w], textArguments: [-t]}}\nmodel: mybot\n"
        try program.configure("config.yaml", text + "agentBilling: allow\n")
        let new = ["new", ScriptedProject.description, "--json"]
        let refused = try await program.run(new + ["--budget", "1"])
        #expect(refused.status == 3 && refused.errors.contains("says what it has cost"), "\(refused.errors)")
        let recorded = try await program.run(new + ["--record", "calls.jsonl"])
        #expect(recorded.status == 5 && recorded.errors.contains("agent wrote files"), "\(recorded.errors)")
        #expect(try await program.runNames().isEmpty)
        let parked = try await program.run(new + ["--max-calls", "1"])
        #expect(parked.status == 7, "\(parked.errors)\(parked.output)")
        // It counts no tokens: those of its task are estimated.
        #expect(try parked.json()["usage"]?["estimatedTokens"]?.integer ?? 0 > 100)
        let resumed = try await program.run("resume", "latest", "--budget", "1", "--max-calls", "90", "--json")
        #expect(resumed.status == 3 && resumed.errors.contains("says what it has cost"), "\(resumed.errors)")
        try program.configure("config.yaml", text)
        let ended = try await program.run("resume", "latest", "--budget", "1", "--max-calls", "90", "--json")
        #expect(ended.status == 0, "\(ended.errors)\(ended.output)")
    }

    @Test("say when a provider may be asked again, wherever the run is shown")
    func retryTime() async throws {
        let vendor = try ScriptedVendor { question in
            question.contract == "capability"
                ? ScriptedProject.answer(question) : .error(429, headers: [("Retry-After", "7200")])
        }
        try configure(vendor)
        let parked = try await new()
        #expect(parked.status == 1, "\(parked.errors)\(parked.output)")
        let now = Int64(Date().timeIntervalSince1970) * 1_000
        let time = try #require(try parked.json()["retryAt"]?.integer)
        #expect((now + 7_000_000...now + 7_300_000).contains(time))
        let moment = TimeOfDay.text(time)
        let shown = try await program.run("show", "latest").output
        #expect(shown.contains(", at \(moment) or later"), "\(shown)")
        #expect(try await program.run("runs").output.contains("parked until \(moment)"))
        #expect(try await program.run("runs", "--json").json()[0]?["retryAt"]?.integer == time)
    }

    @Test("are written to a file that is looked at before the run begins")
    func recordingFile() async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        try configure(vendor)
        let refused = try await new(ScriptedProject.description, "--record", "missing/calls.jsonl")
        #expect(refused.status == 2 && refused.errors.contains("there is no folder"), "\(refused.errors)")
        #expect(try await program.runNames().isEmpty && vendor.questions.isEmpty)
        #expect(try await new(ScriptedProject.description, "--max-calls", "1").status == 7)
        let advice = try await program.run("show", "latest").output
        #expect(advice.contains(" --max-calls N"), "\(advice)")
        let asked = vendor.questions.count
        let resumed = try await program.run("resume", "latest", "--max-calls", "90", "--record", "missing/x", "--json")
        #expect(resumed.status == 2 && vendor.questions.count == asked, "\(resumed.errors)")
    }
}
