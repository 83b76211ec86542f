internal import Core
internal import GitKit
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
    var chosen: ModelIdentity
    var reason: String
    /// Why the other one has no result, a sentence each.
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
            return problems.isEmpty ? nil : "'\(agent)': " + problems.joined(separator: "; ")
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
        if !isChosen, journal.record(of: path.modelCall)?.result != nil { return nil }
        let writers =
            isChosen ? AgentWriters() : try await context.parts.agents.writers(for: request, role: input.worker.role)
        let attempts = try await attempt(task, by: writers, for: crew, at: path)
        let usable = attempts.filter { $0.loss(for: input) == nil }
        guard !usable.isEmpty else { return try await giveUp(attempts, writers, input, at: path) }
        let judged = try await judge(usable, of: input, at: path)
        let choice = try await journal.step(step, input: task) {
            PairChoice(
                chosen: judged.attempt.agent,
                reason: judged.reason,
                lost: attempts.compactMap { $0.loss(for: input) }
            )
        }
        try await report(choice, of: pair, at: step)
        guard let outcome = attempts.first(where: { $0.agent == choice.chosen })?.outcome else { return nil }
        return try await take(outcome, of: choice.chosen, for: input, at: path)
    }

    /// What became of each, in the pair's order; from the journal where it is there.
    private func attempt(
        _ task: PairTask,
        by writers: AgentWriters,
        for crew: CrewState,
        at path: StepPath
    ) async throws -> [PairAttempt] {
        try await withThrowingTaskGroup(of: (Int, PairAttempt).self) { group in
            for (index, agent) in task.agents.enumerated() {
                let step = path.appending("agent-\(index + 1)").appending("call-0")
                let own = AgentTask(agent: agent, base: task.base, input: task.input)
                group.addTask {
                    (index, PairAttempt(agent: agent, end: try await end(of: own, by: writers, for: crew, at: step)))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }.sorted { $0.0 < $1.0 }.map(\.1)
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

    /// Whose result is taken, and why.
    private func judge(
        _ usable: [PairAttempt],
        of input: GenerateInput,
        at path: StepPath
    ) async throws -> (attempt: PairAttempt, reason: String) {
        let results = usable.compactMap { $0.outcome?.generation }
        guard results.count == 2 else { return (usable[0], "it is the only result") }
        guard results[0].files != results[1].files || results[0].deletions != results[1].deletions else {
            return (usable[0], "both wrote the same")
        }
        let candidates = zip(Choice.Name.allCases, results).map { name, result in
            ChooseInput.Candidate(
                name: name,
                message: result.message,
                files: result.files,
                deletions: result.deletions
            )
        }
        let question = ChooseInput(
            title: input.title,
            description: input.description,
            component: input.component,
            worker: input.worker,
            candidates: candidates
        )
        let answer = try await answer(ChooseContract(), question, at: path.appending("choose"))
        return (usable[answer.choice == .first ? 0 : 1], answer.reason)
    }

    private func report(_ choice: PairChoice, of pair: [ModelIdentity], at step: StepPath) async throws {
        if !choice.lost.isEmpty {
            let reasons = choice.lost.joined(separator: "; ")
            try await context.note(.fallback, at: step, Notice("\(reasons); what '\(choice.chosen)' wrote is taken"))
        }
        let names = pair.map { "'\($0)'" }.joined(separator: " and ")
        let reason = SafeText.line(choice.reason, limit: 1_000)
        try await context.note(.notice, at: step, Notice("of \(names), '\(choice.chosen)' is taken: \(reason)"))
    }

    /// Neither has a result.
    private func giveUp(
        _ attempts: [PairAttempt],
        _ writers: AgentWriters,
        _ input: GenerateInput,
        at path: StepPath
    ) async throws -> Generation? {
        let outcomes = attempts.compactMap(\.outcome)
        guard outcomes.isEmpty else {
            throw ContractFailure(
                contract: GenerateContract.name,
                calls: outcomes.count,
                usage: outcomes.reduce(.zero) { $0 + $1.usage },
                problems: attempts.compactMap { $0.loss(for: input) }
            )
        }
        for case .fault(let fault) in attempts.map(\.end) {
            guard fault.fallsBack, writers.present.contains(where: \.fallsBack) else { throw fault }
        }
        let reasons = attempts.compactMap { $0.loss(for: input) }.joined(separator: "; ")
        try await context.note(.fallback, at: path, Notice("\(reasons); the model is asked instead"))
        return nil
    }
}
