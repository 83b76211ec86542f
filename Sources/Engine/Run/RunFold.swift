package import Core
package import Journal

/// A run's report as a fold over its events.
///
/// It takes the whole log, or only the newest event of each of ``EventKind/reportKinds``; both give the same
/// report, but for `steps` and for what the notes say of models.
package struct RunFold {
    package private(set) var report: RunReport
    /// What the run began with; `nil` before the first event.
    package private(set) var inputs: RunInputs?
    /// The kind of the failure, from which the exit status follows.
    package private(set) var kind: FaultKind?
    /// The caps that hold.
    private(set) var budget = BudgetCaps.none
    private var steps: [StepPath: StepReport] = [:]
    private var order: [StepPath] = []
    /// Sentences for the reader by the kind of the event that said them; a later event replaces an earlier one's.
    private var notes: [EventKind: [String]] = [:]
    /// What became of the models that were asked for, a sentence each.
    var modelNotices: [String] { notes[.notice] ?? [] }
    private var usage = UsageFold()
    /// For how long the run had been driven when its state was recorded; `nil` while it goes on.
    private(set) var statedDuration: Int64?
    private var standIns = StandIns()
    /// Whether a process has begun to drive the run.
    private var isDriven = false

    package init(run: RunID) {
        report = RunReport(run: run, state: .running, pipeline: "")
    }

    /// The report with its steps in the order in which they began.
    package var reportWithSteps: RunReport {
        var report = report
        report.steps = order.compactMap { steps[$0] }
        report.shares = usage.shares.isEmpty ? nil : usage.shares
        return report
    }

    /// Takes in the next event.
    ///
    /// `payload` is what the event carries: its body, or the value that its result names.
    package mutating func apply(_ event: Event, payload: JSONValue) throws {
        switch event.kind {
        case .runCreated: try applyCreation(payload)
        case .runPlanned, .runModel, .runToolchain, .runScaffolded: try applyChoice(event.kind, payload)
        case .runVerified, .runVerdict, .runSnapshot, .runDelivered: try applyResult(event.kind, payload)
        case .runBudget: budget = budget.replaced(by: try payload.decoded())
        case .notice: applyNotice(event, payload)
        default:
            if let state = EventKind.stateKinds[event.kind] {
                try applyState(state, payload)
            } else {
                applyStep(event)
                applyCommand(event, payload)
                applyCall(event)
            }
        }
        usage.apply(event)
        report.durationMilliseconds = Int(statedDuration ?? usage.drivenSoFar)
        if usage.usage.calls > 0 { report.usage = usage.usage }
    }

    private mutating func applyCreation(_ payload: JSONValue) throws {
        let inputs = try payload.decoded(as: RunInputs.self)
        self.inputs = inputs
        report.pipeline = inputs.request.pipeline
        report.isolation = inputs.request.isolation
        budget = inputs.request.budget ?? .none
    }

    private mutating func applyState(_ state: RunState, _ payload: JSONValue) throws {
        let mark = try payload.decoded(as: StateMark.self)
        isDriven = true
        report.state = state
        report.failure = mark.failure
        report.retryAt = mark.retryAt
        report.resumeOption = mark.resumeOption
        report.usage = mark.usage ?? report.usage
        statedDuration = mark.drivenMilliseconds
        report.hint = mark.hint
        kind = mark.kind
    }

    private mutating func applyChoice(_ eventKind: EventKind, _ payload: JSONValue) throws {
        switch eventKind {
        case .runPlanned:
            let mark = try payload.decoded(as: PlanMark.self)
            report.title = mark.title
            report.stack = mark.stack
            note(mark.notes, of: eventKind)
        case .runModel:
            report.model = try payload.decoded()
        case .runScaffolded:
            note(try payload.decoded(as: ScaffoldMark.self).notes, of: eventKind)
        default:
            let mark = try payload.decoded(as: ToolchainMark.self)
            report.toolchain = mark.level
            report.isolation = mark.isolation
            note(mark.notes, of: eventKind)
        }
    }

    private mutating func note(_ sentences: [String], of kind: EventKind) {
        notes[kind] = sentences
        let order: [EventKind] = [
            .notice, .fallback, .runPlanned, .runToolchain, .runScaffolded, .runVerified, .runVerdict,
        ]
        report.notes = order.flatMap { notes[$0] ?? [] }
    }

    private mutating func applyResult(_ eventKind: EventKind, _ payload: JSONValue) throws {
        switch eventKind {
        case .runVerified:
            let mark = try payload.decoded(as: VerifyMark.self)
            report.verified = mark.passed
            report.commit = mark.commit
            report.checks = mark.checks
            note(mark.unproven, of: eventKind)
        case .runVerdict:
            let mark = try payload.decoded(as: VerdictMark.self)
            report.scope = mark.scope
            note(mark.missing, of: eventKind)
        case .runSnapshot: report.snapshot = try payload.decoded()
        default: report.delivered = try payload.decoded()
        }
    }

    /// Before a run is driven, its notices say what became of the models that were asked for.
    private mutating func applyNotice(_ event: Event, _ payload: JSONValue) {
        guard !isDriven, event.step == nil, let text = payload["message"]?.string else { return }
        note((notes[.notice] ?? []) + [text], of: .notice)
    }

    private mutating func applyCall(_ event: Event) {
        guard event.kind == .stepEnded, let routes = inputs?.request.routes, let call = CallMark.call(in: event)
        else { return }
        standIns.count(role: call.role, answeredBy: call.model, of: routes)
        note(standIns.notes(of: report.run), of: .fallback)
    }

    private mutating func applyCommand(_ event: Event, _ payload: JSONValue) {
        guard event.kind == .commandEnded, let path = event.step,
            let mark = try? payload.decoded(as: CommandMark.self)
        else { return }
        steps[path]?.command = CommandReport(mark)
    }

    private mutating func applyStep(_ event: Event) {
        guard let path = event.step, [.stepBegan, .stepEnded, .stepFailed].contains(event.kind) else { return }
        if steps[path] == nil {
            order.append(path)
        }
        var step = steps[path] ?? StepReport(step: path, state: .running, beganAt: event.at)
        step.input = event.input ?? step.input
        switch event.kind {
        case .stepEnded:
            step.state = .completed
            step.result = event.result
            step.message = nil
        case .stepFailed:
            step.state = .failed
            step.message = event.body["message"]?.string
        default:
            step.state = .running
            step.beganAt = event.at
            step.command = nil
        }
        let call = CallMark.call(in: event)
        step.usage = call?.usage
        step.model = call.flatMap { $0.model == UsageShares.lost ? nil : $0.model }
        step.durationMilliseconds = step.state == .running ? nil : Int(event.at - step.beganAt)
        steps[path] = step
    }
}
