package import Core
package import Journal
package import Models

/// Asks the model of a run: each call is one durable step that reserves what it may cost and settles what it has cost.
///
/// An object, since every call that waits holds it.
package final class ModelCaller: Sendable {
    private let journal: RunJournal
    private let model: any ModelProvider
    private let ledger: BudgetLedger
    private let marks: MarkBook
    private let repeats = RepeatGuard()
    private let gate = CallGate.shared

    init(journal: RunJournal, model: any ModelProvider, ledger: BudgetLedger, marks: MarkBook) {
        self.journal = journal
        self.model = model
        self.ledger = ledger
        self.marks = marks
    }

    /// A caller for a new run, which has no events but the one that created it.
    package convenience init(ofNew journal: RunJournal, model: any ModelProvider, caps: BudgetCaps = .none) {
        let marks = MarkBook(of: journal, events: [])
        self.init(journal: journal, model: model, ledger: BudgetLedger(caps, events: []), marks: marks)
    }

    /// Asks a contract; each call to the model, the repair included, is a step of its own below `path`.
    ///
    /// - Parameters:
    ///   - contract: The contract.
    ///   - input: Its input.
    ///   - parameters: How the model is to choose its words.
    ///   - path: Where it is asked.
    ///   - isOver: Whether only what is recorded is passed, and nobody is asked.
    /// - Returns: The answer, and how it was come by.
    /// - Throws: ``ContractFailure``, `JournalError.effectForbidden` for a call that would have to be made though it is
    ///   over, and what ``call(_:at:)`` throws.
    package func ask<Asked: Contract>(
        _ contract: Asked,
        _ input: Asked.Input,
        parameters: ModelParameters = .deterministic,
        at path: StepPath,
        isOver: Bool = false
    ) async throws -> ContractOutcome<Asked.Answer> {
        let pass = try await gate.enter()
        defer { pass.leave() }
        return try await ContractClient(parameters: parameters).ask(contract, input: input) { request, attempt in
            let step = path.appending("call-\(attempt)")
            guard !isOver || journal.record(of: step)?.result != nil else {
                throw JournalError.effectForbidden(step: step)
            }
            return try await call(request, at: step, pass)
        }
    }

    /// Makes one call.
    ///
    /// The request is kept as a value: a recorded run answers again from its own journal.
    ///
    /// - Throws: ``BudgetExhausted`` and ``RepeatedRequest`` before anything is asked; what the model throws.
    package func call(_ request: ModelRequest, at step: StepPath) async throws -> ModelReply {
        let pass = try await gate.enter()
        defer { pass.leave() }
        return try await call(request, at: step, pass)
    }

    /// As ``call(_:at:)``, and leaves the gate when nothing is left to do but to ask.
    private func call(_ request: ModelRequest, at step: StepPath, _ pass: CallGate.Pass) async throws -> ModelReply {
        try repeats.check(request, isAnswered: journal.record(of: step)?.result != nil)
        // A step that could not begin has nothing to settle.
        defer { ledger.abandon(step) }
        let marks = StepMarks<ModelReply>(keepsInput: true) {
            let estimate = self.model.estimate(request)
            // Whoever waits for other calls of this run keeps none of another run from going on.
            try await self.reserve(estimate, at: step) { pass.leave() }
            return CallMark.reserve(estimate, of: self.model.firstChoice(for: request.contract), at: step)
        } closing: { reply in
            let usage = self.ledger.settle(reply.usage, at: step)
            return CallMark.call(role: request.contract, model: reply.model ?? self.model.identity, usage)
        } failing: { error in
            let usage = self.ledger.settleFailure(at: step, wasCut: error is CancellationError)
            return CallMark.lost(role: request.contract, usage)
        }
        return try await journal.step(step, input: request, marks: marks) {
            pass.leave()
            return try await model.complete(request, observer(of: request, at: step))
        }
    }

    /// Sets aside what an attempt may come to.
    private func reserve(
        _ estimate: Usage,
        at step: StepPath,
        onWait: @Sendable () -> Void = {}
    ) async throws {
        let notices = try await ledger.reserve(estimate, at: step, onWait: onWait) {
            // Someone may have asked the run to stop meanwhile.
            try await self.journal.checkControl()
        }
        for notice in notices { try await note(Notice("\(notice)"), at: step) }
    }

    /// Records what a call does besides asking, while it does.
    private func observer(of request: ModelRequest, at step: StepPath) -> CallObserver {
        CallObserver { notice in
            // Whoever watches may miss a line; the call goes on.
            try? await self.note(Notice("\(notice)"), at: step)
        } onSent: {
            self.ledger.send(at: step)
        } onSpent: {
            self.ledger.spend($0, at: step)
        } check: {
            try await self.reserve(self.model.estimate(request), at: step)
        }
    }

    private func note(_ notice: Notice, at step: StepPath) async throws {
        try await marks.note(.notice, at: step, JSONValue(encoding: notice))
    }
}
