import Core
import Engine
import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

@Suite("What a run has spent", .tags(.large), .temporaryDirectory, .timeLimit(.minutes(3)))
struct SpendingTests {
    private static let attempt = Usage(inputTokens: 1_000, outputTokens: 0, costUSD: 0.5)

    @Test("holds the attempts that gave no answer, in this process and the next")
    func failedAttempts() async throws {
        let yard = try await Yard(model: Stubborn(attempt: Self.attempt))
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(usd: 1.8)
        let first = try await yard.run(request)
        #expect(first.report.state == .parked && first.report.failure?.message.contains("scripted") == true)
        #expect(first.report.usage.calls == 1 && first.report.usage.sum.costUSD == 1)
        let shown = try await yard.service.reportWithSteps(first.report.run)
        #expect(shown.shares?.phases["plan"]?.sum.costUSD == 1 && shown.shares?.roles["plan"]?.calls == 1)
        let step = try #require(shown.steps?.first { $0.step.description == "plan/call-0" })
        #expect(step.usage?.inputTokens == 2_000 && step.model == nil)
        // 1.0 are spent, 0.5 reserved: the second attempt of the next call would be too much.
        let second = try await yard.service.drive(first.report.run)
        #expect(second.exitStatus == FaultKind.limit.exitStatus, "\(second.report)")
        #expect(second.report.failure?.message.hasPrefix("the budget of 1.8000 USD is used up: 1.5000 so far") == true)
        #expect(second.report.usage.sum.costUSD == 1.5 && second.report.usage.calls == 2)
    }

    @Test(
        "holds what a call may have come to that was cut, unless it was cut before it was sent",
        arguments: [true, false]
    )
    func cut(isSent: Bool) async throws {
        let model = Endless(estimate: Self.attempt, isSent: isSent)
        let yard = try await Yard(model: model)
        let run = try await yard.service.create(yard.request("a library that counts words"))
        let driving = Task { [yard] in try await yard.service.drive(run) }
        for await _ in model.asked.stream { break }
        driving.cancel()
        _ = await driving.result
        let usage = try await yard.service.report(run).usage
        #expect(usage.calls == (isSent ? 1 : 0) && usage.sum == (isSent ? Self.attempt : .zero))
    }

    @Test("of its time is told of when two thirds are used")
    func timeNotice() async throws {
        let time = ScriptedTime(Int64(Date().timeIntervalSince1970) * 1_000)
        let yard = try await Yard(model: Slow(model: try script(), time: time, seconds: 500), clock: time)
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(calls: 1, seconds: 600)
        let run = try await yard.run(request).report.run
        let ended = try await yard.service.drive(run, budget: BudgetCaps(calls: 90))
        #expect(ended.exitStatus == 0, "\(ended.report)")
        let notices = try await yard.notices(of: run)
        let notice = "two thirds of the budget are used: 500.0 seconds of 600.0 seconds of time"
        #expect(notices.contains(notice), "\(notices)")
    }

    @Test("of its time is none while it rests")
    func rest() async throws {
        let time = ScriptedTime(Int64(Date().timeIntervalSince1970) * 1_000)
        let yard = try await Yard(model: try script(), clock: time)
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(calls: 1, seconds: 600)
        let parked = try await yard.run(request)
        #expect(parked.report.state == .parked, "\(parked.report)")
        time.advance(by: 3_600_000)
        #expect(try await yard.service.report(parked.report.run).durationMilliseconds == 0)
        let ended = try await yard.service.drive(parked.report.run, budget: BudgetCaps(calls: 90))
        #expect(ended.exitStatus == 0, "\(ended.report)")
        #expect(ended.report.durationMilliseconds == 0)
        #expect(try await yard.service.reports(limit: nil) == [ended.report])
    }

    @Test("of its time is said as it is, and not as it may be")
    func overTime() async throws {
        let time = ScriptedTime(Int64(Date().timeIntervalSince1970) * 1_000)
        let yard = try await Yard(model: Slow(model: try script(), time: time, seconds: 700), clock: time)
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(calls: 1, seconds: 600)
        let parked = try await yard.run(request)
        #expect(parked.report.failure?.message.contains("calls of models") == true, "\(parked.report)")
        let again = try await yard.service.drive(parked.report.run, budget: BudgetCaps(calls: 90))
        let message = "the time of 600.0 seconds is used up: the run was driven for 700.0 seconds"
        #expect(again.report.failure?.message == message)
        #expect(again.report.durationMilliseconds == 700_000)
        time.advance(by: 3_600_000)
        try await yard.service.cancel(again.report.run)
        let cancelled = try await yard.service.report(again.report.run)
        #expect(cancelled.durationMilliseconds == 700_000)
        #expect(try await yard.service.reports(limit: nil) == [cancelled])
    }

    @Test("has no limit any more once that is taken away")
    func lifted() async throws {
        let yard = try await Yard(model: try script())
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(usd: 0.3, agents: 1)
        let parked = try await yard.run(request)
        #expect(parked.exitStatus == FaultKind.limit.exitStatus, "\(parked.report)")
        let ended = try await yard.service.drive(parked.report.run, budget: BudgetCaps(lifted: [.usd]))
        #expect(ended.exitStatus == 0, "\(ended.report)")
        #expect(try await yard.service.caps(of: parked.report.run) == BudgetCaps(agents: 1))
        let notices = try await yard.notices(of: parked.report.run)
        #expect(notices.contains("two thirds of the budget are used: 1 of 1 workers"), "\(notices)")
    }

    @Test("waits until a model may answer again, and says when that is")
    func retryTime() async throws {
        let identity = ModelIdentity(provider: "scripted", name: "scripted")
        let why = ModelsExhausted.Candidate(identity, reason: "is asked too often", retryAt: 1_900_000_000_000)
        let error = ModelsExhausted(role: "plan", candidates: [why])
        let yard = try await Yard(model: ScriptedProvider(["plan": [.failure(error)]]))
        let parked = try await yard.run(yard.request("a library that counts words"))
        #expect(parked.report.state == .parked && parked.report.retryAt == 1_900_000_000_000)
        #expect(try await yard.service.reports(limit: nil).first?.retryAt == 1_900_000_000_000)
    }

    @Test("says that an answer had to be asked for again, and why")
    func repaired() async throws {
        let component = PlannedComponent(name: "a", guide: "python", kind: .library, path: "", description: "A.")
        let plan = Plan(title: "A", summary: "A.", stack: ["python"], components: [component])
        let yard = try await Yard(model: ScriptedProvider(["plan": [.text("{}"), .answer(plan)]]))
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(calls: 2)
        let notices = try await yard.notices(of: yard.run(request).report.run)
        let start = "an answer could not be used and was asked for again: "
        #expect(notices.contains { $0.hasPrefix(start) && $0.contains("title") }, "\(notices)")
    }

    @Test("is recorded once for each step, however often it was made")
    func rewound() async throws {
        let yard = try await Yard(model: try script())
        var request = yard.request("a library that counts words")
        request.budget = BudgetCaps(calls: 2)
        let run = try await yard.run(request).report.run
        let ended = try await yard.service.drive(run, from: StepPath("plan/call-0"), budget: BudgetCaps(calls: 90))
        #expect(ended.exitStatus == 0, "\(ended.report)")
        let steps = try await yard.service.recording(of: run, program: "test").calls.map(\.step)
        #expect(Set(steps).count == steps.count && steps.first == "plan/call-0", "\(steps)")
    }

    /// A project that passes, in 5 calls or so.
    private func script() throws -> ScriptedProvider {
        let files = ["count_words/__init__.py", "tests/__init__.py"].map { FileText(path: $0, content: "") }
        let test = FileText(
            path: "tests/test_it.py",
            content: "import unittest\n\n\nclass T(unittest.TestCase):\n    def test_it(self):\n        pass\n"
        )
        return Script(kind: .library, files: files + [test]).provider()
    }
}

extension Yard {
    func notices(of run: RunID) async throws -> [String] {
        try await store.events(of: run).filter { $0.kind == .notice }.compactMap { $0.body["message"]?.string }
    }
}

/// Is asked twice in each call, and never answers.
private struct Stubborn: ModelProvider {
    let attempt: Usage
    let identity = ModelIdentity(provider: "scripted", name: "scripted")

    func estimate(_ request: ModelRequest) -> Usage { attempt }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        observer.onSent()
        observer.onSpent(attempt)
        try await observer.check()
        observer.onSpent(attempt)
        throw ProviderFault(.cutOff, "gone", provider: "scripted")
    }
}

/// Never ends, and says when it is asked.
struct Endless: ModelProvider {
    var estimate = Usage(inputTokens: 0, outputTokens: 0, costUSD: 0.9)
    /// Whether the question goes out.
    let isSent: Bool
    let asked = AsyncStream.makeStream(of: Void.self)
    let identity = ModelIdentity(provider: "scripted", name: "scripted")

    func estimate(_ request: ModelRequest) -> Usage { estimate }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        if isSent { observer.onSent() }
        asked.continuation.yield()
        try await Task.sleep(for: .seconds(600))
        return ModelReply(text: "")
    }
}

/// Takes so long for each answer.
private struct Slow: ModelProvider {
    let model: ScriptedProvider
    let time: ScriptedTime
    let seconds: Int64

    var identity: ModelIdentity { model.identity }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        time.advance(by: seconds * 1_000)
        return try await model.complete(request, observer)
    }
}
