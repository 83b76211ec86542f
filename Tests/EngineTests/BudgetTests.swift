import Core
import Engine
import Foundation
import Journal
import Models
import TestSupport
import Testing

@Suite("A run's budget", .tags(.large), .temporaryDirectory)
struct BudgetTests {
    /// Each call costs a quarter of a dollar and 15 tokens.
    private func yard() async throws -> Yard {
        let files = ["count_words/__init__.py", "tests/__init__.py"].map { FileText(path: $0, content: "") }
        let test = FileText(
            path: "tests/test_it.py",
            content: "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n"
        )
        return try await Yard(model: Script(kind: .library, files: files + [test]).provider())
    }

    private func run(_ budget: BudgetCaps) async throws -> (yard: Yard, outcome: RunOutcome) {
        let yard = try await yard()
        var request = yard.request("a library that counts words")
        request.budget = budget
        return (yard, try await yard.run(request))
    }

    @Test(
        "stops the run before it is exceeded, with all that was made",
        arguments: [
            (BudgetCaps(usd: 0.6), "the budget of 0.6000 USD is used up: 0.7500 so far", 3),
            (BudgetCaps(tokens: 20), "the budget of 20 tokens is used up: 30 so far", 2),
            (BudgetCaps(calls: 2), "the budget of 2 calls of models is used up: 2 so far", 2),
            (BudgetCaps(agents: 0), "more workers than the 0 of the budget are needed: 1", 2),
        ]
    )
    func caps(budget: BudgetCaps, message: String, calls: Int) async throws {
        let (yard, stopped) = try await run(budget)
        #expect(stopped.report.state == .parked && stopped.exitStatus == FaultKind.limit.exitStatus)
        #expect(stopped.report.failure?.message.hasPrefix(message) == true, "\(stopped.report)")
        #expect(stopped.report.usage.calls == calls)
        #expect(stopped.hint?.contains("drydock resume") == true)
        let more = BudgetCaps(usd: 9, tokens: 9_000, calls: 90, agents: 9)
        let ended = try await yard.service.drive(stopped.report.run, budget: more)
        #expect(ended.exitStatus == 0, "\(ended.report)")
        #expect(ended.report.usage.calls > calls)
        #expect(ended.report.usage.sum.costUSD == Double(ended.report.usage.calls) * 0.25)
        #expect(try await yard.service.reports(limit: nil).first?.usage == ended.report.usage)
        #expect(try await yard.service.replay(ended.report.run).isEqual)
    }

    @Test("is told of once when two thirds of it are used")
    func notice() async throws {
        let (yard, outcome) = try await run(BudgetCaps(calls: 6))
        #expect(outcome.exitStatus == 0 && outcome.report.usage.calls >= 5, "\(outcome.report)")
        let events = try await yard.store.events(of: outcome.report.run)
        let notices = events.filter { $0.kind == .notice }.compactMap { $0.body["message"]?.string }
        let told = notices.filter { $0.hasPrefix("two thirds of the budget are used: ") }
        #expect(told == ["two thirds of the budget are used: 4 of 6 calls"], "\(notices)")
    }

    @Test("of time stops a run that is at work")
    func time() async throws {
        let yard = try await Yard(model: Sleeper())
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(seconds: 1)
        let outcome = try await yard.run(request)
        #expect(outcome.report.state == .parked && outcome.exitStatus == FaultKind.limit.exitStatus)
        #expect(outcome.report.failure?.message.hasPrefix("the time of 1.0 seconds is used up") == true)
        let again = try await yard.service.drive(outcome.report.run)
        #expect(again.report.state == .parked && again.exitStatus == FaultKind.limit.exitStatus)
    }

    /// Never answers.
    private struct Sleeper: ModelProvider {
        let identity = ModelIdentity(provider: "sleeper", name: "sleeper")

        func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
            try await Task.sleep(for: .seconds(600))
            return ModelReply(text: "")
        }
    }

    @Test("is not spent on the very same request over and over")
    func repeats() async throws {
        let journal = try await newRun().journal()
        let model = ScriptedProvider(["review": [.text("{}")]], repeatsLast: true)
        let caller = ModelCaller(ofNew: journal, model: model)
        var request = ModelRequest(contract: "review", instructions: "", input: ["round": 1], schema: [:])
        for call in 1...3 { _ = try await caller.call(request, at: StepPath("call-\(call)")) }
        let error = await #expect(throws: (any Error).self) { try await caller.call(request, at: StepPath("call-4")) }
        #expect("\(error as Any)".contains("the very same 'review' 3 times in a row"))
        request = ModelRequest(contract: "review", instructions: "", input: ["round": 2], schema: [:])
        _ = try await caller.call(request, at: StepPath("call-5"))
        #expect(model.requests.count == 4)
        // Workers of a round ask side by side: neither hides the other's repetition.
        var number = 5
        func ask(_ worker: String) async throws {
            number += 1
            let input: JSONValue = ["component": ["name": "api"], "worker": ["role": .string(worker)]]
            let request = ModelRequest(contract: "review", instructions: "", input: input, schema: [:])
            _ = try await caller.call(request, at: StepPath("call-\(number)"))
        }
        for worker in ["a", "b", "a", "b", "a", "b"] { try await ask(worker) }
        await #expect(throws: (any Error).self) { try await ask("a") }
    }

    @Test("is not spent on it either when the run is taken up again in between")
    func repeatsResumed() async throws {
        let run = try await newRun()
        let model = ScriptedProvider(["review": [.text("{}")]], repeatsLast: true)
        let request = ModelRequest(contract: "review", instructions: "", input: ["round": 1], schema: [:])
        /// A process that takes the run up, finds what is recorded, and asks what is not.
        func process(_ calls: Int, mode: RunJournal.Mode = .live) async throws {
            let caller = ModelCaller(ofNew: try await run.journal(mode), model: model)
            for call in 1...calls { _ = try await caller.call(request, at: StepPath("call-\(call)")) }
        }
        for calls in 1...3 { try await process(calls) }
        #expect(model.requests.count == 3)
        for mode in [RunJournal.Mode.live, .replay] {
            let error = await #expect(throws: (any Error).self) { try await process(4, mode: mode) }
            #expect("\(error as Any)".contains("the very same 'review' 3 times in a row"))
        }
        #expect(model.requests.count == 3)
    }

    @Test("is spent on a request again whose earlier attempts came to nothing, however often")
    func failedRequests() async throws {
        let run = try await newRun()
        let fault = ProviderFault(.connection, "gone")
        let failures = [ScriptedProvider.Answer](repeating: .failure(fault), count: 5)
        let model = ScriptedProvider(["review": failures + [.text("{}")]])
        let request = ModelRequest(contract: "review", instructions: "", input: ["round": 1], schema: [:])
        for _ in 1...5 {
            let caller = ModelCaller(ofNew: try await run.journal(), model: model)
            await #expect(throws: fault) { try await caller.call(request, at: StepPath("call-1")) }
        }
        let caller = ModelCaller(ofNew: try await run.journal(), model: model)
        #expect(try await caller.call(request, at: StepPath("call-1")).text == "{}")
    }

    /// A run of which nothing but the journal is there.
    private struct BareRun {
        let store: SQLiteJournal
        let run: RunID
        let lease: Lease

        func journal(_ mode: RunJournal.Mode = .live) async throws -> RunJournal {
            try await RunJournal(store: store, run: run, lease: mode == .live ? lease : nil, mode: mode)
        }
    }

    private func newRun() async throws -> BareRun {
        let store = try await SQLiteJournal(path: TemporaryDirectory.current.path + "/journal.sqlite")
        let now = SystemClock().milliseconds
        let run = RandomIdentifiers().nextRun(at: now)
        try await store.createRun(run, at: now, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(30), at: now)
        return BareRun(store: store, run: run, lease: lease)
    }
}
