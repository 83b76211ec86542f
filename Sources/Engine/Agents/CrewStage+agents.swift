internal import Core
internal import GitKit
internal import HashKit
internal import Journal
internal import Models
internal import Sandbox
internal import Workspace

/// Workers that are programs of their own: what they say is a message, what they did is read from git.
extension CrewStage {
    /// Has an agent write a worker's files of a round; `nil` when the model is to be asked instead.
    ///
    /// The call is one step; what it left is held to the same rules as a model's answer.
    ///
    /// - Throws: ``ContractFailure`` when what the agent left cannot be used, ``ProviderFault`` when it gave no answer.
    func write(_ input: GenerateInput, for crew: CrewState, at path: StepPath) async throws -> Generation? {
        if let pair = request.routes?.pair, !pair.isEmpty {
            return try await write(input, with: pair, for: crew, at: path)
        }
        if let turn = try await recorded(input, for: crew, at: path) { return turn.generation }
        let writers = try await context.parts.agents.writers(for: request, role: input.worker.role)
        guard let writer = writers.present.first else { return nil }
        if let reason = writer.agent.policy.refusal(of: request) {
            let notice = Notice("'\(writer.agent.identity)' is not used: \(reason)")
            try await context.note(.fallback, at: path, notice)
            return nil
        }
        guard let base = await crew.keeper.commit else { throw RunError.treeLost(crew.component.name) }
        let task = AgentTask(agent: writer.agent.identity, base: base, input: input.withoutFiles)
        let outcome = try await carryOut(task, by: writer, for: crew, at: path.agentCall)
        return try await take(outcome, of: writer.agent.identity, for: input, at: path)
    }

    /// Has an agent do its task, as one step.
    ///
    /// - Throws: ``ProviderFault`` when it gives no answer and nobody else is to be asked.
    func carryOut(
        _ task: AgentTask,
        by writer: AgentWriter,
        for crew: CrewState,
        at step: StepPath
    ) async throws -> AgentOutcome {
        let context = context
        let prompt = PromptText.work(GenerateContract.workInstructions, input: try JSONFragment(encoding: task.input))
        let marks = context.marks(of: writer.agent, prompt: prompt, at: step)
        // A step that could not begin has nothing to settle.
        defer { context.ledger.abandon(step) }
        return try await journal.step(step, input: task, marks: marks) {
            try await context.work(task, prompt, by: writer, for: crew, at: step)
        }
    }

    /// What an agent's task came to, from the journal alone; `nil` when it has no result.
    func recordedOutcome(of task: AgentTask, at step: StepPath) async throws -> AgentOutcome? {
        guard try journal.hasResult(step, from: task) else { return nil }
        return try await journal.step(step, input: task) { throw JournalError.effectForbidden(step: step) }
    }

    /// A worker's turn that is recorded; without files where the model was asked for them.
    private struct Turn {
        let generation: Generation?
    }

    /// The turn as it was taken, whoever could take it on this machine now; `nil` when nobody has taken it.
    private func recorded(_ input: GenerateInput, for crew: CrewState, at path: StepPath) async throws -> Turn? {
        let step = path.agentCall
        guard journal.record(of: step)?.result != nil, let base = await crew.keeper.commit else {
            return journal.record(of: path.modelCall)?.result != nil ? Turn(generation: nil) : nil
        }
        for agent in request.routes?.chain(for: GenerateContract.name) ?? [] {
            let task = AgentTask(agent: agent, base: base, input: input.withoutFiles)
            guard let outcome = try await recordedOutcome(of: task, at: step) else { continue }
            return Turn(generation: try await take(outcome, of: agent, for: input, at: path))
        }
        return nil
    }

    /// Holds what an agent left to the rules of every answer; `nil` when the model is to be asked instead.
    func take(
        _ outcome: AgentOutcome,
        of agent: ModelIdentity,
        for input: GenerateInput,
        at path: StepPath
    ) async throws -> Generation? {
        if let fault = outcome.fault {
            try await context.note(.fallback, at: path, Notice("\(fault); the model is asked instead"))
            return nil
        }
        for remark in outcome.remarks {
            try await context.note(.notice, at: path, Notice("\(agent): \(remark)"))
        }
        let problems = outcome.problems(for: input)
        guard let generation = outcome.generation, problems.isEmpty else {
            throw ContractFailure(
                contract: GenerateContract.name,
                calls: 1,
                usage: outcome.usage,
                problems: problems
            )
        }
        return generation
    }
}

extension RunContext {
    /// What the budget is told of an agent's call.
    fileprivate func marks(of agent: AgentModel, prompt: String, at step: StepPath) -> StepMarks<AgentOutcome> {
        let estimate = AgentModel.estimate(of: prompt)
        return StepMarks(keepsInput: true) {
            let notices = try await ledger.reserve(estimate, at: step) { try await journal.checkControl() }
            for notice in notices {
                try await note(.notice, at: step, Notice("\(notice)"))
            }
            return CallMark.reserve(estimate, of: agent.identity, at: step)
        } closing: { outcome in
            // One that counts nothing has still read its task.
            let isUncounted = outcome.usage == .zero && outcome.fault?.hasBegun ?? true
            let usage = isUncounted ? estimate : outcome.usage
            let sum = ledger.settle(usage, at: step)
            return CallMark.call(role: GenerateContract.name, model: agent.identity, sum)
        } failing: { error in
            // Once it has begun, its work may have been done, and billed, whatever became of it.
            let usage = ledger.settleFailure(at: step, wasCut: (error as? ProviderFault)?.hasBegun ?? true)
            return CallMark.lost(role: GenerateContract.name, usage)
        }
    }

    /// Runs an agent in a work tree of its own and reads what it changed; the tree is gone afterwards.
    fileprivate func work(
        _ task: AgentTask,
        _ prompt: String,
        by writer: AgentWriter,
        for crew: CrewState,
        at step: StepPath
    ) async throws -> AgentOutcome {
        do {
            return try await withAgentTree(at: task.base, for: step) { tree, home in
                let order = AgentOrder(
                    prompt: prompt,
                    arguments: writer.agent.profile.workArguments,
                    site: AgentSite(
                        tree: tree.path,
                        protectedPaths: tree.gitPaths,
                        home: home,
                        toolchain: crew.toolchain?.toolchain
                    ),
                    limits: request.limits.forCommands
                )
                let call = try await writer.agent.call(order) {
                    ledger.send(at: step)
                } onLine: {
                    parts.onLine(step, $0)
                }
                return try await outcome(of: call, task, by: writer.agent, in: tree, at: step)
            }
        } catch let fault as ProviderFault where writer.fallsBack && fault.fallsBack {
            return AgentOutcome(fault: fault)
        }
    }

    private func outcome(
        of call: AgentCall,
        _ task: AgentTask,
        by agent: AgentModel,
        in tree: WorkTree,
        at step: StepPath
    ) async throws -> AgentOutcome {
        let owned = OwnedPaths(folder: task.input.component.path, entries: task.input.worker.owns)
        let redactor = parts.redactor.adding(call.secrets)
        let harvest = try await AgentHarvest.take(from: tree, since: task.base, owned: owned) {
            try await tree.commitAll(
                message: "Write \(task.input.component.name) with \(agent.profile.name)",
                trailers: trailers(of: step),
                refusing: redactor
            )
        }
        try await note(.agentEnded, at: step, AgentMark(call, of: agent, harvest, from: task.base, redactor))
        guard harvest.problems.isEmpty else {
            return AgentOutcome(problems: harvest.problems, usage: call.answer.usage, tree: harvest.tree)
        }
        let count = harvest.files.count + harvest.deletions.count
        guard count > 0 || !call.answer.text.isEmpty else {
            throw agent.fault(.malformed, "it ended well, printed no answer and changed no file")
        }
        let text = call.answer.text.isEmpty ? "Changed \(count) files." : call.answer.text
        return AgentOutcome(
            generation: Generation(
                message: SafeText.cut(SafeText.clean(text), limit: Self.messageLimit),
                files: harvest.files,
                deletions: harvest.deletions
            ),
            remarks: harvest.remarks,
            usage: call.answer.usage,
            tree: harvest.tree
        )
    }

    /// What the other workers get to read, in characters; as long as a model's message may be.
    private static let messageLimit = 4_000

    /// Makes a work tree at a commit, lends it with a fresh home, and removes both.
    ///
    /// One that a process left which died is removed first: nobody knows how far it was.
    private func withAgentTree(
        at base: CommitID,
        for step: StepPath,
        _ body: (WorkTree, String) async throws -> AgentOutcome
    ) async throws -> AgentOutcome {
        let name = "agent-" + Digest.sha256(of: step.description).hex.prefix(24)
        // Not in a folder of branches of its own: git removes that with the last of them, under the feet of the next.
        let branch = name
        let place = folder.agent(name)
        let workspace = try await openWorkspace()
        let folders = RepositorySetup()
        try await workspace.removeWorktree(named: name, andBranch: branch)
        try await folders.removeFolder(place)
        try FileSystem.makeFolder(place)
        let tree = try await workspace.addWorktree(named: name, branch: branch, from: base, at: place + "/tree")
        do {
            let outcome = try await body(tree, place + "/home")
            try await workspace.removeWorktree(named: name, andBranch: branch)
            try await folders.removeFolder(place)
            return outcome
        } catch {
            // Cancelled or not, nothing of it may reach the project; what cannot be removed now is removed next time.
            await Task {
                try? await workspace.removeWorktree(named: name, andBranch: branch)
                try? await folders.removeFolder(place)
            }.value
            throw error
        }
    }
}

extension StepPath {
    /// The step of an agent's call for a worker's turn.
    fileprivate var agentCall: StepPath { appending("agent").appending("call-0") }

    /// The step of the first question to a model for the same turn.
    var modelCall: StepPath { appending("call-0") }
}

extension ProviderFault {
    /// Whether there was an agent that could begin.
    fileprivate var hasBegun: Bool { ![.notInstalled, .notLoggedIn].contains(reason) }
}

extension AgentOutcome {
    /// Everything that is wrong with what an agent left.
    func problems(for input: GenerateInput) -> [String] {
        problems + (generation.map { GenerateContract().problems(in: $0, for: input) } ?? [])
    }
}

extension GenerateInput {
    /// The same for somebody who has the files before them.
    var withoutFiles: GenerateInput {
        GenerateInput(
            title: title,
            description: description,
            component: component,
            worker: worker,
            guide: guide,
            skills: skills,
            round: round,
            files: [],
            peers: peers,
            feedback: feedback
        )
    }
}
