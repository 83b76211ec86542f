internal import Core
internal import Journal
internal import Models
internal import Sandbox
internal import Warehouse
internal import Workspace

/// Commands that have to end with 0, and the loop that tries to make them.
extension CrewStage {
    /// Runs the commands that the workers of the last round asked for.
    func runRequested(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let crew = scope.crew else { return }
        for (number, argv) in crew.requested.enumerated() {
            let order = crew.order(argv, .run)
            _ = try await runFixing(order, of: crew, at: path.appending("\(number + 1)"), in: scope)
        }
        scope.crew?.requested = []
    }

    /// Runs the guide's commands in the crew's own tree.
    ///
    /// After a command that stays broken the rest would only repeat its failure, so they are not run.
    func check(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let crew = scope.crew else { return }
        var outcomes: [CommandOutcome] = []
        var failed: StepPath?
        for command in crew.guide.checks(for: crew.component.kind) {
            let order = crew.order(command)
            let step = path.appending(command.purpose.rawValue)
            let (outcome, run) = try await runFixing(order, of: crew, at: step, in: scope)
            outcomes.append(outcome)
            guard outcome.succeeded else {
                failed = run
                break
            }
        }
        scope.crew?.checks = outcomes
        scope.crew?.failedCheck = failed
    }

    /// Runs a command and, while it fails in a new way and attempts are left, asks for a fix and runs it again.
    ///
    /// - Returns: What the last run came to, and its step.
    private func runFixing(
        _ order: CommandOrder,
        of crew: CrewState,
        at path: StepPath,
        in scope: CrewScope
    ) async throws -> (outcome: CommandOutcome, step: StepPath) {
        var step = path.appending("run-1")
        var outcome = try await run(order, at: step, for: crew)
        var seen: Set<String> = []
        var attempt = 0
        while outcome.isRepairable(missing: crew.toolchain?.missing ?? []), attempt < request.fixAttempts {
            guard seen.insert(outcome.fingerprint).inserted else {
                try await context.note(.fixEnded, at: path, FixMark(ending: .stagnation, attempts: attempt))
                return (outcome, step)
            }
            attempt += 1
            guard try await fix(outcome, attempt, of: crew, at: path.appending("fix-\(attempt)"), in: scope) else {
                try await context.note(.fixEnded, at: path, FixMark(ending: .noFix, attempts: attempt))
                return (outcome, step)
            }
            step = path.appending("run-\(attempt + 1)")
            outcome = try await run(order, at: step, for: crew)
        }
        if attempt > 0 {
            let ending: FixMark.Ending = outcome.succeeded ? .fixed : .unfixed
            try await context.note(.fixEnded, at: path, FixMark(ending: ending, attempts: attempt))
        }
        return (outcome, step)
    }

    private func run(_ order: CommandOrder, at path: StepPath, for crew: CrewState) async throws -> CommandOutcome {
        try await run(order, at: path, in: crew.keeper, crew.toolchain, preparing: crew.preparation)
    }

    /// Asks for a patch and applies it; `false` when the model knows none.
    private func fix(
        _ failure: CommandOutcome,
        _ attempt: Int,
        of crew: CrewState,
        at path: StepPath,
        in scope: CrewScope
    ) async throws -> Bool {
        let input = FixInput(
            title: scope.plan?.title ?? crew.component.name,
            description: request.description,
            component: crew.component,
            command: failure.argv,
            exitCode: Int(failure.exitCode),
            output: failure.output,
            files: try await files(of: crew, at: path.appending("files")).files,
            guide: crew.sheet,
            attempt: attempt
        )
        let fix = try await answer(FixContract(), input, at: path)
        guard fix.fixed else { return false }
        let patch = Patch(files: fix.files, deletions: fix.deletions)
        let message = "Fix \(failure.argv.joined(separator: " "))"
        if let refusal = try await apply(patch, message, at: path.appending("patch"), in: crew.keeper) {
            try await context.note(.notice, at: path, Notice("the patch was refused: \(refusal)"))
            return false
        }
        for (number, argv) in fix.commands.enumerated() {
            let order = crew.order(argv, .run)
            _ = try await run(order, at: path.appending("command-\(number + 1)"), for: crew)
        }
        return true
    }
}

extension CommandOutcome {
    /// Whether a model could mend this: not success, and not something that the machine lacks.
    func isRepairable(missing: [String]) -> Bool {
        !succeeded && !missing.contains(argv[0])
    }
}

/// How a fix loop ended.
struct FixMark: Codable {
    enum Ending: String, Codable {
        case fixed, unfixed, stagnation
        case noFix = "no-fix"
    }

    var ending: Ending
    var attempts: Int
}
