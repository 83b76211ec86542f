import Core
import Engine
import Foundation
import Journal
import Models
import Synchronization
import TestSupport
import Testing

/// Calls side by side, each of which may come to more than the budget has left beside what the others set aside.
@Suite("A budget that calls share", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct SharedBudgetTests {
    private let run: RunID
    private let store: SQLiteJournal
    private let journal: RunJournal

    init() async throws {
        store = try await SQLiteJournal(path: TemporaryDirectory.current.path + "/journal.sqlite")
        let now = SystemClock().milliseconds
        run = RandomIdentifiers().nextRun(at: now)
        try await store.createRun(run, at: now, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(on: run, owner: .current, duration: .seconds(300), at: now)
        journal = try await RunJournal(store: store, run: run, lease: lease)
    }

    private func caller(_ model: any ModelProvider, usd: Double, calls: Int? = nil) -> ModelCaller {
        ModelCaller(ofNew: journal, model: model, caps: BudgetCaps(usd: usd, calls: calls))
    }

    private static func call(_ number: Int, of caller: ModelCaller) async throws -> ModelReply {
        let input: JSONValue = ["number": .integer(Int64(number))]
        let request = ModelRequest(contract: "review", instructions: "", input: input, schema: [:])
        return try await caller.call(request, at: StepPath("call-\(number)"))
    }

    @Test("is enough for as many as are paid with it: one waits until another has settled", arguments: [0, 1])
    func settling(failures: Int) async throws {
        let model = Dear(failures: failures)
        let caller = caller(model, usd: 1.5)
        try await withThrowingTaskGroup { group in
            for number in 0..<4 { group.addTask { _ = try await Self.call(number, of: caller) } }
            try await group.waitForAll()
        }
        #expect(model.asked == 4 * (1 + failures))
        let error = await #expect(throws: BudgetExhausted.self) {
            for number in 4..<40 { _ = try await Self.call(number, of: caller) }
        }
        #expect(error?.used.hasSuffix(" so far, and the next call may take 0.9000") == true, "\(error?.used ?? "")")
    }

    @Test("leaves a call that asks once more its place among the calls", arguments: [1.5, 90])
    func places(usd: Double) async throws {
        let model = Dear(failures: 1)
        let caller = caller(model, usd: usd, calls: 4)
        let answers = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<7 { group.addTask { (try? await Self.call(number, of: caller)) != nil } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(answers == 4 && model.asked == 8)
    }

    @Test("keeps nobody waiting who was cancelled, and a call that was not begun is in no book")
    func cancelled() async throws {
        let model = Endless(isSent: true)
        let caller = caller(model, usd: 1)
        let first = Task { try await Self.call(1, of: caller) }
        for await _ in model.asked.stream { break }
        let second = Task { try await Self.call(2, of: caller) }
        try await Task.sleep(for: .milliseconds(50))
        second.cancel()
        await #expect(throws: CancellationError.self) { try await second.value }
        first.cancel()
        await #expect(throws: CancellationError.self) { try await first.value }
        let events = try await store.events(of: run)
        #expect(events.filter { $0.kind == .stepBegan }.map(\.step) == [StepPath("call-1")])
    }

    @Test("is not used by a run that was asked to pause while its call waited")
    func paused() async throws {
        let model = Endless(isSent: true)
        let caller = caller(model, usd: 1)
        let first = Task { try await Self.call(1, of: caller) }
        for await _ in model.asked.stream { break }
        let second = Task { try await Self.call(2, of: caller) }
        try await Task.sleep(for: .milliseconds(50))
        try await store.request(.pause, of: run, at: SystemClock().milliseconds)
        try await Task.sleep(for: RunJournal.controlInterval * 2)
        first.cancel()
        let error = await #expect(throws: JournalError.self) { try await second.value }
        #expect(error == .stopRequested(run, .pause))
    }
}

/// Costs a tenth of a dollar and may cost nine; each call fails so often, and spends as much, before it answers.
private final class Dear: ModelProvider {
    let identity = ModelIdentity(provider: "dear", name: "dear")
    private let failures: Int
    private let count = Atomic(0)

    init(failures: Int) { self.failures = failures }

    var asked: Int { count.load(ordering: .relaxed) }

    func estimate(_ request: ModelRequest) -> Usage { Usage(inputTokens: 0, outputTokens: 0, costUSD: 0.9) }

    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        let cost = Usage(inputTokens: 0, outputTokens: 0, costUSD: 0.05)
        for _ in 0..<failures {
            count.add(1, ordering: .relaxed)
            observer.onSent()
            observer.onSpent(cost)
            try await observer.check()
        }
        count.add(1, ordering: .relaxed)
        observer.onSent()
        try await Task.sleep(for: .milliseconds(5))
        return ModelReply(text: "{}", usage: cost)
    }
}
