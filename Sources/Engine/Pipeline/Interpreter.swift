package import Core

/// What the interpreter needs of the engine to carry out a pipeline.
///
/// A scope is everything that the phases of one branch have found out so far; branches of a fan-out
/// have scopes of their own, which come back in the order of the items.
package protocol PipelineStage: Sendable {
    associatedtype Scope: Sendable

    func ask(_ contract: ContractName, at path: StepPath, in scope: inout Scope) async throws
    func act(_ action: ActionName, at path: StepPath, in scope: inout Scope) async throws
    func chat(_ plan: ChatPlan, at path: StepPath, in scope: inout Scope) async throws
    /// The items of a collection, each with the scope in which its phases begin.
    func items(of collection: CollectionName, in scope: Scope) -> [(name: String, scope: Scope)]
    /// Takes the ends of a fan-out's branches, in the order of the items, back into the scope they came from.
    func join(_ branches: [Scope], into scope: inout Scope)
    func value(of fact: FactName, in scope: Scope) -> Bool
    /// Passes or refuses a gate; what it remembers is the fact `gate.passed`.
    func passGate(_ passed: Bool, in scope: inout Scope)
    /// What a round of a loop came to: the same text twice is stagnation.
    func fingerprint(of scope: Scope) -> String?
    func note(_ moment: PipelineMoment, at path: StepPath) async throws
}

/// What happens in a pipeline, for those who watch.
package enum PipelineMoment: Sendable, Equatable {
    case phaseBegan
    case phaseEnded
    case phaseSkipped
    case loopEnded(rounds: Int, reason: LoopEnding)
}

/// Why a loop ended.
package enum LoopEnding: String, Sendable, Codable {
    case satisfied
    case limitReached = "limit-reached"
    case stagnation
}

/// A gate that was not passed.
package struct GateFailure: ReportableError, Equatable {
    package let step: StepPath
    package let description: String
    package var kind: FaultKind { .unverified }
}

/// Carries out a pipeline, phase by phase.
///
/// It decides only what the pipeline says: order, repetition, conditions. What a phase means is the stage's.
package struct Interpreter<Stage: PipelineStage>: Sendable {
    private let stage: Stage

    package init(stage: Stage) {
        self.stage = stage
    }

    /// Runs the phases and then the closing phases, however the phases ended, unless the run was interrupted.
    ///
    /// - Throws: What the phases threw; else what the closing phases threw.
    package func run(
        _ pipeline: Pipeline,
        in scope: inout Stage.Scope,
        closingAfter mayClose: (any Error) -> Bool
    ) async throws {
        var failure: (any Error)?
        do {
            try await run(pipeline.phases, at: StepPath(""), in: &scope)
        } catch  where mayClose(error) {
            failure = error
        }
        do {
            try await run(pipeline.closing, at: StepPath(""), in: &scope)
        } catch {
            throw failure ?? error
        }
        if let failure {
            throw failure
        }
    }

    private func run(_ phases: [Phase], at path: StepPath, in scope: inout Stage.Scope) async throws {
        for phase in phases {
            try await run(phase, at: path.appending(phase.name), in: &scope)
        }
    }

    private func run(_ phase: Phase, at path: StepPath, in scope: inout Stage.Scope) async throws {
        guard holds(phase.condition, in: scope) else {
            return try await stage.note(.phaseSkipped, at: path)
        }
        try await stage.note(.phaseBegan, at: path)
        for action in phase.before {
            try await stage.act(action, at: path.appending("before-" + action.rawValue), in: &scope)
        }
        try await carryOut(phase.work, at: path, in: &scope)
        for action in phase.after {
            try await stage.act(action, at: path.appending("after-" + action.rawValue), in: &scope)
        }
        try await stage.note(.phaseEnded, at: path)
    }

    private func carryOut(_ work: PhaseWork, at path: StepPath, in scope: inout Stage.Scope) async throws {
        switch work {
        case .ask(let contract): try await stage.ask(contract, at: path, in: &scope)
        case .act(let action): try await stage.act(action, at: path, in: &scope)
        case .chat(let plan): try await stage.chat(plan, at: path, in: &scope)
        case .each(let collection, let width, let phases):
            try await fanOut(over: stage.items(of: collection, in: scope), width, phases, at: path, in: &scope)
        case .loop(let limit, let until, let phases):
            try await loop(limit, until, phases, at: path, in: &scope)
        case .gate(let condition, let otherwise):
            let passed = holds(condition, in: scope)
            stage.passGate(passed, in: &scope)
            guard passed else { throw GateFailure(step: path, description: otherwise) }
        }
    }

    private func holds(_ condition: Condition?, in scope: Stage.Scope) -> Bool {
        guard let condition else { return true }
        return condition.holds { stage.value(of: $0, in: scope) }
    }

    /// Repeats the phases; a loop that does not reach its condition ends all the same, and a gate decides what that means.
    private func loop(
        _ limit: Int,
        _ until: Condition,
        _ phases: [Phase],
        at path: StepPath,
        in scope: inout Stage.Scope
    ) async throws {
        var seen: Set<String> = []
        for round in 1...limit {
            try await run(phases, at: path.appending("\(round)"), in: &scope)
            if holds(until, in: scope) {
                return try await stage.note(.loopEnded(rounds: round, reason: .satisfied), at: path)
            }
            if let fingerprint = stage.fingerprint(of: scope), !seen.insert(fingerprint).inserted {
                return try await stage.note(.loopEnded(rounds: round, reason: .stagnation), at: path)
            }
        }
        try await stage.note(.loopEnded(rounds: limit, reason: .limitReached), at: path)
    }

    /// Runs the branches side by side; one that fails does not end the others, and the first failure is thrown at the end.
    private func fanOut(
        over items: [(name: String, scope: Stage.Scope)],
        _ width: Int,
        _ phases: [Phase],
        at path: StepPath,
        in scope: inout Stage.Scope
    ) async throws {
        let ends = await withTaskGroup(of: (Int, Stage.Scope, (any Error)?).self) { group in
            var ends = items.map { (scope: $0.scope, failure: (any Error)?.none) }
            var pending = items.indices.makeIterator()
            func startNext() {
                guard let index = pending.next() else { return }
                group.addTask {
                    var branch = items[index].scope
                    do {
                        try await run(phases, at: path.appending(items[index].name), in: &branch)
                        return (index, branch, nil)
                    } catch {
                        return (index, branch, error)
                    }
                }
            }
            for _ in 0..<width {
                startNext()
            }
            for await (index, branch, failure) in group {
                ends[index] = (branch, failure)
                startNext()
            }
            return ends
        }
        stage.join(ends.map { $0.scope }, into: &scope)
        if let failure = ends.lazy.compactMap({ $0.failure }).first {
            throw failure
        }
    }
}
