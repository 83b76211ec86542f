internal import Core
internal import Journal
internal import Models

extension CrewStage {
    /// Asks one contract; each call to the model, the repair included, is a step of its own.
    func answer<C: Contract>(
        _ contract: C,
        _ input: C.Input,
        at path: StepPath
    ) async throws -> C.Answer {
        let provider = context.parts.model
        let outcome = try await ContractClient().ask(contract, input: input) { request, attempt in
            let step = path.appending("call-\(attempt)")
            let reply = try await journal.step(step, input: request) { try await provider.complete(request) }
            try await count(reply, at: step)
            return reply
        }
        try await report(outcome, at: path)
        return outcome.answer
    }

    private func count(_ reply: ModelReply, at step: StepPath) async throws {
        let usage = await context.ledger.add(reply.usage)
        guard !journal.wasReplayed(step) else { return }
        try await context.note(.runUsage, usage)
    }

    /// What a person should know of how an answer came about.
    private func report(_ outcome: ContractOutcome<some Any>, at path: StepPath) async throws {
        if let reason = outcome.fallbackReason {
            try await context.note(.fallback, at: path, Notice("the answer was replaced: \(reason)"))
        }
        if !outcome.droppedFields.isEmpty {
            let fields = outcome.droppedFields.joined(separator: ", ")
            try await context.note(.notice, at: path, Notice("fields that were not asked for were dropped: \(fields)"))
        }
    }
}

/// A sentence for a person.
struct Notice: Codable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
