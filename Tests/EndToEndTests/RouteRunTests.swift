import Core
import Foundation
import Models
import Synchronization
import TestSupport
import Testing

/// Runs of the real binary whose questions go to several models, by what the configuration says of each.
@Suite("A run with routes", .tags(.large), .temporaryDirectory)
struct RouteRunTests {
    private let program: Program

    init() throws { program = try Program(below: TemporaryDirectory.current) }

    private func run(_ configuration: String) async throws -> Program.Outcome {
        try program.configure("config.yaml", configuration)
        return try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
    }

    @Test("asks each model for its own kind of question")
    func roles() async throws {
        let (usual, planner) = (try ScriptedVendor(ScriptedProject.answer), try ScriptedVendor(ScriptedProject.answer))
        let outcome = try await run(
            """
            model: usual
            providers: {usual: {url: '\(usual.server.url)/v1'}, planner: {url: '\(planner.server.url)/v1'}}
            routes: {plan: planner, verdict: [planner, usual]}
            """
        )
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(Set(planner.questions.map(\.contract)) == ["capability", "plan", "verdict"])
        let others = Set(usual.questions.map(\.contract))
        #expect(others.isSuperset(of: ["staff", "generate", "review"]))
        #expect(others.isDisjoint(with: ["plan", "verdict"]))
    }

    @Test("leaves a model that cannot follow a schema for the next one, and says so")
    func incapable() async throws {
        let chatty = try ScriptedVendor { _ in VendorAnswer("Well, let me think about that.") }
        let able = try ScriptedVendor(ScriptedProject.answer)
        let outcome = try await run(
            """
            model: chatty
            providers: {chatty: {url: '\(chatty.server.url)/v1'}, able: {url: '\(able.server.url)/v1'}}
            routes: {fallback: [able]}
            """
        )
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(Set(chatty.questions.map(\.contract)) == ["capability"])
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("it cannot follow a schema"), "\(events)")
        let shown = try await program.run("show", "latest").output
        #expect(
            shown.contains(" calls in place of 'chatty/") || shown.contains(" calls in place of 'chatty'"),
            "\(shown)"
        )
    }

    @Test("keeps to a provider's calls at once, and says that members were dropped which nobody asked for")
    func limits() async throws {
        let calls = Mutex((now: 0, most: 0))
        let vendor = try ScriptedVendor { question in
            calls.withLock { calls in
                calls.now += 1
                calls.most = max(calls.most, calls.now)
            }
            Thread.sleep(forTimeInterval: 0.1)
            calls.withLock { $0.now -= 1 }
            guard question.contract == GenerateContract.name,
                let text = try? ScriptedProject.text(question.contract, question.input),
                var answer = (try? JSONValue(parsing: text))?.object
            else { return ScriptedProject.answer(question) }
            answer["mood"] = "good"
            return .json(.object(answer))
        }
        let provider = "url: '\(vendor.server.url)/v1'"
        let free = try await run("model: mine\nproviders: {mine: {\(provider)}}\n")
        #expect(free.status == 0, "\(free.errors)\(free.output)")
        #expect(calls.withLock { $0.most } == 2, "two workers write at once")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("fields that were not asked for were dropped: "), "\(events)")
        calls.withLock { $0.most = 0 }
        try FileManager.default.removeItem(at: program.path("out"))
        let held = try await run("model: mine\nproviders: {mine: {\(provider), concurrency: 1}}\n")
        #expect(held.status == 0, "\(held.errors)\(held.output)")
        #expect(calls.withLock { $0.most } == 1)
    }

    @Test(
        "waits when a provider's requests or tokens of a minute are used up, and says for how long and why",
        arguments: [
            // What it takes to find out what the model can do is a request, too; tokens count when they were used.
            ("requestsPerMinute: 2", ["capability", "plan"], "its limit is 2 requests a minute"),
            ("tokensPerMinute: 1", ["capability"], "its limit is 1 tokens a minute"),
        ]
    )
    func minute(limit: String, asked: [String], reason: String) async throws {
        let vendor = try ScriptedVendor(ScriptedProject.answer)
        let provider = "{url: '\(vendor.server.url)/v1', \(limit)}"
        try program.configure("config.yaml", "model: mine\nproviders: {mine: \(provider)}\n")
        let call = try program.start("new", ScriptedProject.description, "--into", "out", "--json")
        // The next request would be let through after half a minute or more, which nobody waits for here.
        try await Patience.wait(for: "the run to wait") {
            try await program.run("watch", "latest", "--no-follow").output.contains(reason)
        }
        #expect(vendor.questions.map(\.contract) == asked)
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("'mine/scripted' is asked in "), "\(events)")
        call.send(SIGTERM)
        #expect(try await call.outcome().status != 0)
        #expect(vendor.questions.map(\.contract) == asked)
    }

    @Test("without a choice takes no starter for an answer where a provider that was configured refuses")
    func refused() async throws {
        let vendor = try ScriptedVendor(key: "sk-another-key-0123456789") { ScriptedProject.answer($0) }
        let provider = "providers: {paid: {url: '\(vendor.server.url)/v1', key: {env: PAID_KEY}, model: scripted}}"
        try program.configure("config.yaml", provider)
        var program = program
        program.environment["PAID_KEY"] = "sk-expired-key-0123456789"
        let outcome = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(outcome.status == 3, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["state"] == "parked")
        let message = try outcome.json()["failure"]?["message"]?.string
        #expect(message?.contains("does not accept the key") == true, "\(outcome.output)")
    }

    @Test("without a choice passes a server by that nobody named and that wants a key")
    func strangers() async throws {
        let stranger = try ScriptedVendor(key: "sk-another-key-0123456789") { ScriptedProject.answer($0) }
        var program = program
        program.environment["OLLAMA_HOST"] = stranger.server.url
        let outcome = try await program.run("new", "a static web page about dogs", "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["model"] == ["provider": "builtin", "name": "builtin"])
    }

    @Test("without a choice says which configured provider could not be asked, also one of this machine")
    func unreachable() async throws {
        let outcome = try await run("providers: {gone: {url: 'http://127.0.0.1:9/v1', model: m}}")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(outcome.errors.contains("'gone' is not used: "), "\(outcome.errors)")
        let shown = try await program.run("show", "latest").output
        #expect(shown.contains("'gone' is not used: "), "\(shown)")
        #expect(!shown.contains("No model is configured"), "\(shown)")
    }
}
