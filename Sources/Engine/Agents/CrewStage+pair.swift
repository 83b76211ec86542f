internal import Core
internal import GitKit
internal import HashKit
internal import Journal
internal import Models

/// The task that two agents get, as the input of the step that says whose result counts.
private struct PairTask: Codable {
    var agents: [ModelIdentity]
    var base: CommitID
    var input: GenerateInput
}

/// Whose result counts, as that step's result.
private struct PairChoice: Codable {
    /// `nil` when both have ended, and nothing of either can be taken.
    var chosen: ModelIdentity?
    var reason: String
    /// Why the others have no result, a sentence each.
    var lost: [String]
}

/// What came of one agent of a pair.
private struct PairAttempt {
    enum End {
        case outcome(AgentOutcome)
        case fault(ProviderFault)
        case absent(String)
    }

    let agent: ModelIdentity
    let end: End

    var outcome: AgentOutcome? {
        if case .outcome(let outcome) = end { outcome } else { nil }
    }

    /// Why there is no result that can be taken; `nil` when there is one.
    func loss(for input: GenerateInput) -> String? {
        switch end {
        case .absent(let reason): return "'\(agent)' is not used: \(reason)"
        case .fault(let fault): return "\(fault)"
        case .outcome(let outcome):
            let problems = outcome.problems(for: input)
            guard !problems.isEmpty else { return nil }
            return "'\(agent)': " + problems.prefix(3).joined(separator: "; ") + (problems.count > 3 ? " and more" : "")
        }
    }
}

/// Two agents side by side: each does the same task in a work tree of its own, and one result counts.
extension CrewStage {
    /// Has both agents of a pair write a worker's files of a round, and chooses; `nil` when the model is to be asked instead.
    ///
    /// Which result counts is decided by the contract `choose`, which does not learn who wrote what; with one result, or two
    /// that are the same, nobody is asked. The choice is a step, so a run that is gone on with keeps it.
    ///
    /// - Throws: ``ContractFailure`` when nothing that they left can be used, ``ProviderFault`` when none gave an answer and
    ///   nobody else is to be asked.
    func write(
        _ input: GenerateInput,
        with pair: [ModelIdentity],
        for crew: CrewState,
        at path: StepPath
    ) async throws -> Generation? {
        guard let base = await crew.keeper.commit else { throw RunError.treeLost(crew.component.name) }
        let task = PairTask(agents: pair, base: base, input: input.withoutFiles)
        let step = path.appending("choice")
        let isChosen = try journal.hasResult(step, from: task)
        let isOfModel = !isChosen && journal.record(of: path.modelCall)?.result != nil
        let isOver = isChosen || isOfModel
        let writers =
            isOver ? AgentWriters() : try await context.parts.agents.writers(for: request, role: input.worker.role)
        let attempts = try await attempt(task, by: writers, for: crew, at: path)
        guard !isOfModel else { return nil }
        let lost = attempts.compactMap { $0.loss(for: input) }
        let usable = attempts.filter { $0.loss(for: input) == nil }
        if !isChosen, usable.isEmpty, try isForModel(attempts, writers) {
            let notice = Notice("\(lost.joined(separator: "; ")); the model is asked instead")
            try await context.note(.fallback, at: path, notice)
            return nil
        }
        // A choice that is recorded counts; the question for it is only passed once more.
        let judged = try await judge(usable, of: input, at: path.appending("choose"), isOver: isChosen)
        let choice = try await journal.step(step, input: task) {
            PairChoice(chosen: judged?.attempt.agent, reason: judged?.reason ?? "", lost: lost)
        }
        guard let chosen = choice.chosen, let outcome = attempts.first(where: { $0.agent == chosen })?.outcome else {
            throw failure(of: attempts, choice.lost)
        }
        try await report(choice, chosen, of: pair, at: step)
        return try await take(outcome, of: chosen, for: input, at: path)
    }

    /// What became of each, in the pair's order; from the journal where it is there.
    ///
    /// Both come to their end before an error counts: what one has done is recorded, whatever stops the other.
    private func attempt(
        _ task: PairTask,
        by writers: AgentWriters,
        for crew: CrewState,
        at path: StepPath
    ) async throws -> [PairAttempt] {
        async let first = attempt(0, of: task, by: writers, for: crew, at: path)
        async let second = attempt(1, of: task, by: writers, for: crew, at: path)
        return try await [first, second].map { try $0.get() }
    }

    /// What became of one, or the error that is to stop the turn.
    private func attempt(
        _ index: Int,
        of task: PairTask,
        by writers: AgentWriters,
        for crew: CrewState,
        at path: StepPath
    ) async -> Result<PairAttempt, any Error> {
        let agent = task.agents[index]
        let step = path.appending("agent-\(index + 1)").appending("call-0")
        let own = AgentTask(agent: agent, base: task.base, input: task.input)
        do {
            let end = try await end(of: own, by: writers, for: crew, at: step)
            return .success(PairAttempt(agent: agent, end: end))
        } catch {
            return .failure(error)
        }
    }

    private func end(
        of task: AgentTask,
        by writers: AgentWriters,
        for crew: CrewState,
        at step: StepPath
    ) async throws -> PairAttempt.End {
        if let outcome = try await recordedOutcome(of: task, at: step) { return .outcome(outcome) }
        guard let writer = writers.present.first(where: { $0.agent.identity == task.agent }) else {
            return .absent(writers.absent[task.agent] ?? "it is not here")
        }
        if let reason = writer.agent.policy.refusal(of: request) { return .absent(reason) }
        do {
            // A fault is no result: the other one may have written, and who goes on with the run may ask this one again.
            let alone = AgentWriter(writer.agent)
            return .outcome(try await carryOut(task, by: alone, for: crew, at: step))
        } catch let fault as ProviderFault {
            return .fault(fault)
        }
    }

    /// Whose result is taken, and why; `nil` when there is none.
    ///
    /// Where it is over, the question is only passed once more as far as it was asked.
    private func judge(
        _ usable: [PairAttempt],
        of input: GenerateInput,
        at path: StepPath,
        isOver: Bool
    ) async throws -> (attempt: PairAttempt, reason: String)? {
        guard let first = usable.first else { return nil }
        guard usable.count == 2 else { return (first, "it is the only result") }
        // In an order that says nothing of the authors: one of them may be asked.
        let results = usable.compactMap(PairResult.init).sorted { $0.digest.hex < $1.digest.hex }
        guard results[0].digest != results[1].digest else { return (first, "both wrote the same") }
        let question = ChooseInput(
            title: input.title,
            description: input.description,
            component: input.component,
            worker: input.worker,
            candidates: zip(Choice.Name.allCases, results).map { $1.candidate(named: $0) }
        )
        do {
            let answer = try await answer(ChooseContract(), question, at: path, isOver: isOver)
            return (results[answer.choice == .first ? 0 : 1].attempt, answer.reason)
        } catch  where isOver || error.meansNobodyCanChoose {
            return (first, "no model could choose: \(error)")
        }
    }

    private func report(
        _ choice: PairChoice,
        _ chosen: ModelIdentity,
        of pair: [ModelIdentity],
        at step: StepPath
    ) async throws {
        if !choice.lost.isEmpty {
            let reasons = choice.lost.joined(separator: "; ")
            try await context.note(.fallback, at: step, Notice("\(reasons); what '\(chosen)' wrote is taken"))
        }
        let names = pair.map { "'\($0)'" }.joined(separator: " and ")
        let reason = SafeText.line(choice.reason, limit: 1_000)
        try await context.note(.notice, at: step, Notice("of \(names), '\(chosen)' is taken: \(reason)"))
    }

    /// Whether a turn in which nobody left a result is the model's; false when both have ended and left nothing usable.
    ///
    /// - Throws: The fault of one that gave no answer, where no model is to be asked: another time it may give one.
    private func isForModel(_ attempts: [PairAttempt], _ writers: AgentWriters) throws -> Bool {
        for case .fault(let fault) in attempts.map(\.end) {
            guard fault.fallsBack, writers.present.contains(where: \.fallsBack) else { throw fault }
        }
        return attempts.contains { attempt in
            if case .fault = attempt.end { return true }
            return false
        } || attempts.allSatisfy { $0.outcome == nil }
    }

    private func failure(of attempts: [PairAttempt], _ problems: [String]) -> ContractFailure {
        let outcomes = attempts.compactMap(\.outcome)
        return ContractFailure(
            contract: GenerateContract.name,
            calls: outcomes.count,
            usage: outcomes.reduce(.zero) { $0 + $1.usage },
            problems: problems
        )
    }
}

/// One of two results that can be taken.
private struct PairResult {
    let attempt: PairAttempt
    let generation: Generation
    /// Of what was written, not of what is said of it.
    let digest: Digest

    init?(_ attempt: PairAttempt) {
        guard let generation = attempt.outcome?.generation else { return nil }
        self.attempt = attempt
        self.generation = generation
        let files = generation.files.flatMap { [$0.path, $0.content, "\($0.executable ?? false)"] }
        let parts = ["\(generation.files.count)"] + files + generation.deletions
        digest = .sha256(of: parts.joined(separator: "\0"))
    }

    func candidate(named name: Choice.Name) -> ChooseInput.Candidate {
        ChooseInput.Candidate(
            name: name,
            message: generation.message,
            files: generation.files,
            deletions: generation.deletions
        )
    }
}

extension Error {
    /// Whether neither time nor a person would bring an answer, such as where both results are too long for every model.
    fileprivate var meansNobodyCanChoose: Bool {
        if let fault = self as? ProviderFault { return fault.reason == .contextTooLong }
        guard let exhausted = self as? ModelsExhausted, exhausted.retryAt == nil else { return false }
        let faults = exhausted.candidates.compactMap(\.fault)
        return !faults.isEmpty && !faults.contains(where: \.stopsRun)
    }
}
