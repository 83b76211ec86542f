import Core
import Foundation
import Models
import TestSupport
import Testing

/// Runs that are steered, watched and stopped from other processes.
@Suite("A run under way", .tags(.large), .temporaryDirectory)
struct RunsControlTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// A build that ignores TERM and has a child in a session of its own; it lasts until someone ends it.
    private func stubborn(_ mark: Marked) -> String {
        "trap '' TERM; setsid sleep \(mark.seconds) & sleep \(mark.seconds)"
    }

    private func events(_ output: String) throws -> [JSONValue] {
        try output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }

    @Test("is watched from another process, event by event without a gap, and afterwards the same again")
    func watch() async throws {
        try program.addGuide(build: "echo up; sleep 1")
        let call = try program.start(program.harbourCall())
        try await Patience.wait(for: "the run") { try await !program.runNames().isEmpty }
        let watcher = try program.start("watch", "latest", "--jsonl")
        let outcome = try await call.outcome()
        #expect(outcome.status == 0, "\(outcome.errors)")
        let live = try await watcher.outcome()
        #expect(live.status == 0)
        let seen = try events(live.output)
        #expect(seen.compactMap { $0["sequence"]?.integer } == Array(1...Int64(seen.count)))
        #expect(seen.first?["kind"] == "run.created")
        #expect(seen.last?["kind"] == "run.completed")
        let began = Set(seen.filter { $0["kind"] == "step.began" }.compactMap { $0["step"]?.string })
        let ended = Set(seen.filter { $0["kind"] == "step.ended" }.compactMap { $0["step"]?.string })
        #expect(began == ended && !began.isEmpty)
        let later = try await program.run("watch", "latest", "--jsonl")
        #expect(later.output == live.output)
    }

    @Test("is shown with its steps, and listed before older ones")
    func listed() async throws {
        try program.addGuide()
        for folder in ["first", "second"] {
            let outcome = try await program.run(program.harbourCall(into: folder))
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        let list = try #require(try await program.run("runs", "--json").json().array)
        #expect(
            list.compactMap { $0["delivered"]?["folder"]?.string } == ["second", "first"].map { program.path($0).path }
        )
        #expect(list.allSatisfy { $0["steps"] == nil })
        let shown = try await program.run("show", "latest", "--json").json()
        let steps = try #require(shown["steps"]?.array)
        #expect(steps.contains { $0["step"]?.string?.hasSuffix("/build/run-1") == true })
        #expect(steps.allSatisfy { $0["state"] == "completed" && $0["durationMs"]?.integer != nil })
        var members = try #require(shown.object)
        members["steps"] = nil
        #expect(JSONValue.object(members) == list[0])
    }

    @Test("is cancelled from another process: within a second nothing is left of it")
    func cancel() async throws {
        let mark = Marked()
        try program.addGuide(build: stubborn(mark))
        let call = try program.start(program.harbourCall())
        try await mark.waitUntilRunning(2)
        let cancelled = try await program.run("cancel", "latest", "--json")
        #expect(mark.processes().isEmpty)
        #expect(cancelled.status == 0)
        #expect(try cancelled.json()["state"] == "cancelled")
        let outcome = try await call.outcome()
        #expect(outcome.status == 130)
        #expect(try outcome.json()["state"] == "cancelled")
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
        let seen = try events(try await program.run("watch", "latest", "--jsonl").output)
        let asked = try #require(seen.first { $0["kind"] == "control.cancel" }?["at"]?.integer)
        let ended = try #require(seen.last { $0["kind"] == "run.cancelled" }?["at"]?.integer)
        #expect(ended - asked <= 1_000)
        for command in ["resume", "pause", "cancel"] {
            let refused = try await program.run(command, "latest", "--json")
            #expect(refused.status == 2)
            #expect(try refused.error()["hint"]?.string?.contains("drydock retry") == true)
        }
    }

    @Test("is paused after the step under way, and resumed to the end")
    func pause() async throws {
        try program.addGuide(build: "sleep 1")
        let call = try program.start(program.harbourCall())
        try await Patience.wait(for: "the build") { try call.errorsSoFar().contains("/check") }
        for command in ["replay", "retry"] { #expect(try await program.run(command, "latest").status == 11) }
        let paused = try await program.run("pause", "latest", "--json")
        #expect(try paused.json()["state"] == "paused")
        let outcome = try await call.outcome()
        #expect(outcome.status == 130)
        #expect(try outcome.json()["state"] == "paused")
        #expect(try await program.run("resume", "latest", "--from", "no/such/step").status == 10)
        #expect(try await program.run("show", "latest", "--json").json()["state"] == "paused")
        for words in [["pause"], ["replay"], ["retry", "--into", "again"]] {
            let refused = try await program.run(words.prefix(1) + ["latest"] + words.dropFirst() + ["--json"])
            #expect(refused.status == 2, "\(refused.errors)")
            #expect(try refused.error()["message"]?.string?.contains(" is paused ") == true, "\(refused.errors)")
            #expect(try refused.error()["hint"]?.string?.hasPrefix("'drydock resume' goes on with it") == true)
        }
        #expect(try await program.runNames().count == 1)
        let resumed = try await program.run("resume", "latest", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(try resumed.json()["delivered"]?["folder"]?.string == program.path("out").path)
        #expect(try await program.run("replay", "latest").status == 0)
    }

    @Test(
        "that is terminated or killed leaves no process behind, and takes nothing of the stopped command as a result",
        arguments: [SIGTERM, SIGKILL]
    )
    func stopped(signal: Int32) async throws {
        let mark = Marked()
        try program.addGuide(build: stubborn(mark))
        let call = try program.start(program.harbourCall())
        try await mark.waitUntilRunning(2)
        call.send(signal)
        #expect(try await mark.waitUntilGone(within: .seconds(1)))
        let outcome = try await call.outcome()
        #expect(outcome.status == (signal == SIGTERM ? 130 : 137))
        let shown = try await program.run("show", "latest", "--json").json()
        let build = shown["steps"]?.array?.first { $0["step"]?.string?.hasSuffix("/build/run-1") == true }
        #expect(build?["result"] == .null, "\(shown.text)")
        #expect(shown["state"] == "running")
        #expect(try await program.run("runs", "--json").json()[0]?["durationMs"] == shown["durationMs"])
    }

    @Test("that is interrupted is cancelled, with nothing left of it")
    func interrupted() async throws {
        let mark = Marked()
        try program.addGuide(build: stubborn(mark))
        let call = try program.start(program.harbourCall())
        try await mark.waitUntilRunning(2)
        call.send(SIGINT)
        let outcome = try await call.outcome()
        #expect(outcome.status == 130)
        #expect(mark.processes().isEmpty)
        #expect(try outcome.json()["state"] == "cancelled")
        let replayed = try await program.run("replay", "latest")
        #expect(replayed.status == 0, "\(replayed.output)")
    }

    @Test("that is interrupted while one of two workers answers is followed by a replay as far as it came")
    func interruptedChat() async throws {
        let vendor = try ScriptedVendor { question in
            let answer = ScriptedProject.answer(question)
            guard question.contract == GenerateContract.name, question.input["worker"]?["role"] == "tester" else {
                return answer
            }
            return answer.bent { answer in
                var answer = answer
                answer.fault = .silence
                return answer
            }
        }
        let provider = "{format: openai, url: '\(vendor.server.url)/v1'}"
        try program.configure("config.yaml", "model: scripted/scripted\nproviders: {scripted: \(provider)}\n")
        let call = try program.start("new", ScriptedProject.description, "--into", "out", "--json")
        try await Patience.wait(for: "the first worker") {
            let events = try await program.run("watch", "latest", "--jsonl", "--no-follow").output
            return events.split(separator: "\n").contains {
                $0.contains("/developer/call-0") && $0.contains("step.ended")
            }
        }
        call.send(SIGINT)
        #expect(try await call.outcome().status == 130)
        for _ in 1...5 {
            let replayed = try await program.run("replay", "latest")
            #expect(replayed.status == 0, "\(replayed.output)")
        }
    }

    @Test("goes on in one of two processes that resume it; the other ends with 11")
    func twoResumers() async throws {
        try program.addGuide(build: "sleep 1")
        let call = try program.start(program.harbourCall())
        try await Patience.wait(for: "the build") { try call.errorsSoFar().contains("/check") }
        call.send(SIGKILL)
        _ = try await call.outcome()
        let calls = [try program.start("resume", "latest", "--json"), try program.start("resume", "latest", "--json")]
        let outcomes = [try await calls[0].outcome(), try await calls[1].outcome()]
        #expect(outcomes.map { $0.status }.sorted() == [0, 11], "\(outcomes.map { $0.errors })")
        let busy = try #require(outcomes.first { $0.status == 11 })
        #expect(try busy.error()["kind"] == "busy")
        try await Tool.checkRepository(program.path("out"))
    }

    @Test("is begun anew by retry, with what the first one began with")
    func retry() async throws {
        try program.addGuide(test: "exit 3")
        let failed = try await program.run(program.harbourCall())
        #expect(failed.status == 4, "\(failed.errors)")
        #expect(try failed.json()["state"] == "failed")
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
        // The run has recorded its guide: mending it afterwards changes nothing for a retry.
        try program.addGuide()
        #expect(try await program.run("retry", "latest", "--json").status == 4)
        #expect(try await program.run(program.harbourCall()).status == 0)
        let again = try await program.run("retry", "latest", "--into", "again", "--json")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await program.runNames().count == 4)
        #expect(try FolderContents(of: program.path("again")) == FolderContents(of: program.path("out")))
    }
}
