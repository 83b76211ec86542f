internal import Core
internal import Journal
internal import Models

extension RunContext {
    /// Asks the run's model, as one durable step that reserves what it may cost and settles what it has cost.
    ///
    /// The request is kept as a value: a recorded run answers again from its own journal.
    ///
    /// - Throws: ``BudgetExhausted`` and ``RepeatedRequest`` before anything is asked; what the model throws.
    func call(_ request: ModelRequest, at step: StepPath) async throws -> ModelReply {
        let model = parts.model
        let marks = StepMarks<ModelReply>(keepsInput: true) {
            try repeats.check(request)
            let estimate = model.estimate(request)
            for notice in try ledger.reserve(estimate, at: step) {
                try await note(.notice, at: step, Notice("\(notice)"))
            }
            return CallMark.reserve(estimate)
        } closing: { reply in
            ledger.settle(reply.usage, at: step)
            return CallMark.call(role: request.contract, model: reply.model ?? model.identity, reply.usage)
        } failing: { _ in
            ledger.settle(.zero, at: step)
            return [:]
        }
        return try await journal.step(step, input: request, marks: marks) {
            try await model.complete(request, observer(at: step))
        }
    }

    /// Records what a call does besides asking, while it does.
    private func observer(at step: StepPath) -> CallObserver {
        CallObserver { notice in
            // Whoever watches may miss a line; the call goes on.
            try? await note(.notice, at: step, Notice("\(notice)"))
        }
    }
}
