internal import Core
internal import GroupChat
internal import Journal
internal import Models

/// What the phases and actions of a pipeline mean: the crew at work.
struct CrewStage: PipelineStage {
    let context: RunContext

    var journal: RunJournal { context.journal }
    var request: RunRequest { context.request }

    func ask(_ contract: ContractName, at path: StepPath, in scope: inout CrewScope) async throws {
        switch contract {
        case .plan: try await plan(at: path, in: &scope)
        case .staff: try await staff(at: path, in: &scope)
        case .review: try await review(at: path, in: &scope)
        case .verdict: try await verdict(at: path, in: &scope)
        }
    }

    func act(_ action: ActionName, at path: StepPath, in scope: inout CrewScope) async throws {
        switch action {
        case .target: try await checkTarget(at: path, of: scope)
        case .workspace: try await makeWorkspace(at: path, in: &scope)
        case .toolchain: try await enterToolchain(at: path, in: &scope)
        case .scaffold: try await scaffold(at: path, in: &scope)
        case .commands: try await runRequested(at: path, in: &scope)
        case .check: try await check(at: path, in: &scope)
        case .merge: try await merge(at: path, in: &scope)
        case .verify: try await verify(at: path, in: &scope)
        case .snapshot: try await snapshot(at: path, in: &scope)
        case .deliver: try await deliver(at: path, in: &scope)
        }
    }

    func items(of collection: CollectionName, in scope: CrewScope) -> [(name: String, scope: CrewScope)] {
        switch collection {
        case .components:
            scope.crews.map { crew in
                var branch = scope
                branch.crew = crew
                branch.crews = []
                return (crew.component.name, branch)
            }
        }
    }

    func join(_ branches: [CrewScope], into scope: inout CrewScope) {
        scope.crews = branches.compactMap { $0.crew }
    }

    func value(of fact: FactName, in scope: CrewScope) -> Bool {
        switch fact {
        case .checksPassed: scope.crew?.checksPassed ?? false
        case .reviewAccepted: scope.crew?.accepted ?? false
        case .allAccepted: !scope.crews.isEmpty && scope.crews.allSatisfy { $0.accepted }
        case .verifyPassed: scope.verification?.passed ?? false
        case .verdictApproved: scope.verdict?.approved ?? false
        case .gatePassed: scope.gatePassed ?? false
        }
    }

    func passGate(_ passed: Bool, in scope: inout CrewScope) {
        scope.gatePassed = passed && scope.gatePassed ?? true
    }

    /// A round of work that ends with the failures and the feedback of an earlier one has led nowhere.
    func fingerprint(of scope: CrewScope) -> String? {
        guard let crew = scope.crew, let review = crew.review else { return nil }
        let failures = crew.checks.filter { !$0.succeeded }.map { $0.fingerprint }
        return (failures + [review.feedback] + review.issues).joined(separator: "\n")
    }

    func note(_ moment: PipelineMoment, at path: StepPath) async throws {
        switch moment {
        case .phaseBegan: try await context.note(.phaseBegan, at: path, [String: String]())
        case .phaseEnded: try await context.note(.phaseEnded, at: path, [String: String]())
        case .phaseSkipped: try await context.note(.phaseSkipped, at: path, [String: String]())
        case .loopEnded(let rounds, let reason):
            try await context.note(.loopEnded, at: path, LoopMark(rounds: rounds, reason: reason))
        }
    }
}

/// How a loop of the pipeline ended.
private struct LoopMark: Codable {
    var rounds: Int
    var reason: LoopEnding
}
