package import Core
internal import GitKit
internal import Journal
internal import Models
internal import Warehouse

extension RunService {
    /// How long a lease holds without being renewed.
    static let leaseDuration = Duration.seconds(30)

    /// Carries a run on until it ends, is paused, or cannot go on; returns what it came to.
    ///
    /// Steps that are recorded are not done again, but for `step`, when one is named, and those that began after it. When the calling task is cancelled, the run is left as a
    /// process that died would leave it: the next `drive` goes on from there.
    ///
    /// - Throws: A fault of kind busy when another process owns the run, of kind usage when it has ended,
    ///   and `CancellationError` when the calling task is cancelled.
    package func drive(
        _ run: RunID,
        from step: StepPath? = nil,
        budget: BudgetCaps = .none
    ) async throws -> RunOutcome {
        let lease = try await parts.store.acquireLease(
            on: run,
            owner: .current,
            duration: Self.leaseDuration,
            at: parts.clock.milliseconds
        )
        return try await withCleanup {
            // Asked under the lease: until then another process may have ended the run.
            let before = try await fold(run).report
            guard before.state.canGoOn else { throw RunError.alreadyEnded(run, before.state) }
            try checkModel(of: before)
            return try await drive(run, from: step, budget: budget, under: lease)
        } cleanup: { [store = parts.store] in
            try? await store.release(lease)
        }
    }

    /// Refuses to go on with another model than the one that the run began with.
    private func checkModel(of report: RunReport) throws {
        let here = RunReport.Model(parts.model.identity)
        guard let begun = report.model, begun != here else { return }
        throw RunError.modelUnavailable(begun, here: here)
    }

    private func drive(
        _ run: RunID,
        from step: StepPath?,
        budget: BudgetCaps,
        under lease: Lease
    ) async throws -> RunOutcome {
        let journal = try await RunJournal(
            store: parts.store,
            run: run,
            lease: lease,
            clock: parts.clock,
            redactor: parts.redactor
        )
        // First, so that a run whose step nobody knows stays as it is: paused, say.
        if let step {
            try await journal.rewind(to: step)
        }
        if budget != .none {
            try await journal.record(.runBudget, body: JSONValue(encoding: budget))
        }
        try await journal.record(.runResumed)
        let context = try await context(for: run, journal)
        try await context.note(.runModel, RunReport.Model(context.model))
        let ending = await ending(of: context)
        guard let state = ending.state else { throw ending.error }
        var mark = ending.mark
        mark.usage = context.ledger.usage
        mark.drivenMilliseconds = context.ledger.driven(at: parts.clock.milliseconds)
        try await journal.record(state.eventKind, body: JSONValue(encoding: mark))
        let outcome = try await outcome(run)
        if state.isFinal, outcome.report.snapshot != nil {
            // Commands may have left folders that are too deep, or closed, for an ordinary removal.
            try? await RepositorySetup().removeFolder(context.folder.path)
        }
        return outcome
    }

    func context(for run: RunID, _ journal: RunJournal) async throws -> RunContext {
        let events = try await parts.store.events(of: run)
        let fold = try await fold(run, over: events)
        guard let inputs = fold.inputs else { throw RunError.notFound(run.description) }
        let ledger = BudgetLedger(inputs.request.isPlayed ? fold.budget.unbilled : fold.budget, events: events)
        let marks = MarkBook(of: journal, events: events)
        var parts = parts
        parts.onLine = { [redactor = parts.redactor, onLine = parts.onLine] in onLine($0, redactor.redacting($1)) }
        return RunContext(
            run: run,
            inputs: inputs,
            model: fold.report.model.map { ModelIdentity($0) } ?? parts.model.identity,
            journal: journal,
            parts: parts,
            warehouse: Warehouse(layers: [.recorded(try await inputs.files(in: parts.store))]),
            folder: RunFolder(runs: parts.runs, run: run),
            ledger: ledger,
            marks: marks,
            caller: ModelCaller(journal: journal, model: parts.model, ledger: ledger, marks: marks)
        )
    }

    /// Interprets the pipeline while the lease is renewed and other processes are listened to.
    private func ending(of context: RunContext) async -> RunEnding {
        await withTaskGroup(of: RunEnding?.self) { group in
            group.addTask { await Self.interpret(context) }
            group.addTask { await Self.keepLease(of: context.journal) }
            group.addTask { await Self.awaitCancellation(context.journal) }
            group.addTask { await Self.awaitTimeLimit(of: context) }
            var ending: RunEnding?
            for await next in group {
                ending = ending ?? next
                if ending != nil { group.cancelAll() }
            }
            return ending ?? RunEnding(error: CancellationError(), state: nil)
        }
    }

    private static func interpret(_ context: RunContext) async -> RunEnding? {
        var scope = CrewScope()
        do {
            try await Interpreter(stage: CrewStage(context: context))
                .run(pipeline(of: context), in: &scope) { isFinal($0) && !Task.isCancelled }
            return RunEnding(error: CancellationError(), state: .completed)
        } catch {
            // When the task was cancelled, whoever cancelled it knows why.
            guard !Task.isCancelled else { return nil }
            var ending = RunEnding(failed: error)
            if let failure = ending.mark.failure {
                ending.mark.failure = await context.located(failure, of: error, in: scope)
            }
            return ending
        }
    }

    /// Whether the run has failed for good: one that can go on later keeps its work tree and is not wound up.
    private static func isFinal(_ error: any Error) -> Bool {
        RunEnding(failed: error).state == .failed
    }

    /// Renews the lease until the task is cancelled; ends, with the reason, when it is lost.
    private static func keepLease(of journal: RunJournal) async -> RunEnding? {
        do {
            try await journal.keepLease()
            return nil
        } catch {
            return RunEnding(error: error, state: nil)
        }
    }

    /// Ends when the run's time is used up; the run is parked, and goes on with more.
    private static func awaitTimeLimit(of context: RunContext) async -> RunEnding? {
        guard let seconds = context.ledger.caps.seconds,
            let left = context.ledger.timeLeft(at: context.parts.clock.milliseconds)
        else { return nil }
        let limit = Duration.seconds(seconds)
        do {
            if left > 0 {
                let rest = min(left, Int64(seconds) * 1_000 / 3)
                try await Task.sleep(for: .milliseconds(left - rest))
                let used = limit - .milliseconds(rest)
                let notice = BudgetNotice(cap: .wallClock, used: "\(used)", limit: "\(limit)")
                // Whoever watches may miss a line; the run goes on.
                try? await context.note(.notice, Notice("\(notice)"))
                try await Task.sleep(for: .milliseconds(rest))
            }
        } catch {
            return nil
        }
        let used = limit + .milliseconds(max(0, -left))
        return RunEnding(failed: BudgetExhausted(cap: .wallClock, used: "\(used)", limit: "\(limit)"))
    }

    private static func awaitCancellation(_ journal: RunJournal) async -> RunEnding? {
        for await control in journal.controlRequests() where control == .cancel {
            return RunEnding(error: CancellationError(), state: .cancelled)
        }
        return nil
    }
}

extension RunContext {
    /// The failure with the step at which it came about, and the command, if it was one.
    fileprivate func located(
        _ failure: RunReport.Failure,
        of error: any Error,
        in scope: CrewScope
    ) async -> RunReport.Failure {
        var failure = failure
        if let gate = error as? GateFailure {
            failure.step = scope.failedCommand ?? gate.step
        } else {
            failure.step = try? await failedStep(with: failure.message)
        }
        if let step = failure.step, let mark = try? await noted(.commandEnded, at: step, as: CommandMark.self) {
            failure.command = CommandReport(mark)
        }
        return failure
    }

    /// The last step that failed with this message; the journal may have cut it.
    private func failedStep(with message: String) async throws -> StepPath? {
        try await parts.store.events(of: run).last { event in
            guard event.kind == .stepFailed, let recorded = event.body["message"]?.string else { return false }
            return !recorded.isEmpty && message.printable.hasPrefix(recorded)
        }?.step
    }
}

/// Why this process stopped driving a run.
private struct RunEnding: Sendable {
    let error: any Error
    /// What is recorded; `nil` when the run is left as it is.
    let state: RunState?
    var mark = StateMark()

    init(error: any Error, state: RunState?) {
        self.error = error
        self.state = state
    }

    init(failed error: any Error) {
        self.error = error
        switch error {
        case JournalError.stopRequested(_, .pause): state = .paused
        case JournalError.stopRequested(_, .cancel): state = .cancelled
        default:
            let report = error as? any ReportableError
            let failureClass = report?.failureClass ?? .infrastructure
            // What is damaged would be found damaged again.
            let mayPass = failureClass == .infrastructure && report?.kind != .damaged
            let waits = mayPass || report?.kind == .limit || Self.isForPersonToDecide(error)
            state = waits ? .parked : .failed
            mark.kind = report?.kind ?? .internalFault
            mark.failure = RunReport.Failure(failureClass: failureClass, message: "\(error)")
            mark.hint = report?.hint
            mark.retryAt = (error as? ModelsExhausted)?.retryAt
            mark.resumeOption = (error as? BudgetExhausted)?.cap.option
        }
    }

    /// A step whose input is not the recorded one, or a key or login that a person has to mend: the run waits for that.
    private static func isForPersonToDecide(_ error: any Error) -> Bool {
        if case JournalError.inputChanged = error { return true }
        return (error as? ProviderFault)?.stopsRun == true
    }
}

extension RunState {
    /// Whether `drive` may carry the run on.
    package var canGoOn: Bool { [.running, .paused, .parked].contains(self) }

    /// Whether nothing more can happen to the run.
    package var isFinal: Bool { !canGoOn }
}

extension RunReport.Model {
    init(_ identity: ModelIdentity) {
        self.init(provider: identity.provider, name: identity.name)
    }
}

extension ModelIdentity {
    init(_ model: RunReport.Model) {
        self.init(provider: model.provider, name: model.name)
    }
}
