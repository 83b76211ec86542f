internal import Core
internal import Journal
internal import Models

extension CrewStage {
    /// Asks one contract; each call to the model, the repair included, is a step of its own.
    ///
    /// Where it is over, only what is recorded is passed; a call that is not ends it with an error.
    func answer<C: Contract>(
        _ contract: C,
        _ input: C.Input,
        at path: StepPath,
        isOver: Bool = false
    ) async throws -> C.Answer {
        let parameters = request.routes?.parameters ?? .deterministic
        let outcome = try await context.caller.ask(contract, input, parameters: parameters, at: path, isOver: isOver)
        try await report(outcome, at: path)
        return outcome.answer
    }

    /// What a person should know of how an answer came about.
    private func report(_ outcome: ContractOutcome<some Any>, at path: StepPath) async throws {
        if let reason = outcome.fallbackReason {
            try await context.note(.fallback, at: path, Notice("the answer was replaced: \(reason)"))
        }
        var remarks: [String] = []
        if outcome.repaired {
            let problem = outcome.rejections.first?.first.map { ": " + $0 } ?? ""
            remarks.append("an answer could not be used and was asked for again" + problem)
        }
        if !outcome.droppedFields.isEmpty {
            let fields = outcome.droppedFields.joined(separator: ", ")
            remarks.append("fields that were not asked for were dropped: \(fields)")
        }
        guard !remarks.isEmpty else { return }
        // One notice: a run that is gone on with compares it with the newest one of the step.
        try await context.note(.notice, at: path, Notice(remarks.joined(separator: "; ")))
    }
}

/// A sentence for a person.
struct Notice: Codable {
    var message: String

    init(_ message: String) {
        self.message = message
    }
}
