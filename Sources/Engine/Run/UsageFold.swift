internal import Core
internal import Journal
internal import Models

/// What a run's calls have used, as a fold over the events of its steps.
///
/// A call whose process died before it ended may have been answered, and billed: it counts with what was reserved for it
/// as soon as it is made once more.
struct UsageFold: Sendable {
    private(set) var usage = RunReport.Usage()
    private(set) var shares = UsageShares()
    /// Reservations of calls that have begun and not ended.
    private var open: [StepPath: Usage] = [:]
    /// When this stretch of driving began, and the last event of it, in milliseconds since 1970.
    private var stretch: (from: Int64, to: Int64)?
    private var drivenBefore: Int64 = 0

    /// What was reserved for calls that are under way.
    var reserved: Usage { open.values.reduce(.zero, +) }
    var callsUnderWay: Int { open.count }

    /// For how long the run has been driven until `now`, in milliseconds.
    func driven(at now: Int64) -> Int64 {
        drivenBefore + max(0, stretch.map { now - $0.from } ?? 0)
    }

    /// As ``driven(at:)``, until the last event.
    var drivenSoFar: Int64 { driven(at: stretch?.to ?? 0) }

    mutating func apply(_ event: Event) {
        measure(event)
        guard let path = event.step else { return }
        switch event.kind {
        case .stepBegan:
            guard let estimate = CallMark.reservation(in: event) else { return }
            if let lost = open[path] { count(lost, at: path, of: nil) }
            open[path] = estimate
        case .stepEnded:
            open[path] = nil
            guard let call = CallMark.call(in: event) else { return }
            count(call.usage, at: path, of: (call.role, call.model))
        case .stepFailed:
            let begun = open.removeValue(forKey: path) != nil
            if let call = CallMark.call(in: event) {
                count(call.usage, at: path, of: (call.role, call.model))
            } else if begun, !CallMark.wasUnsent(event) {
                count(.zero, at: path, of: nil)
            }
        default: break
        }
    }

    /// Counts the time in which the run is driven, and none in which it rests.
    private mutating func measure(_ event: Event) {
        switch event.kind {
        case .runResumed:
            drivenBefore = drivenSoFar
            stretch = (event.at, event.at)
        case .runParked, .runCompleted, .runFailed:
            stretch?.to = event.at
            drivenBefore = drivenSoFar
            stretch = nil
        case .runPaused, .runCancelled:
            // Anybody may write these down, long after the process that drove the run has gone.
            drivenBefore = drivenSoFar
            stretch = nil
        case .runBudget, .stepsRewound, .runPruned:
            // These come before the run goes on, however long after it stopped.
            break
        default:
            if Control(event.kind) == nil { stretch?.to = event.at }
        }
    }

    /// Takes the reservation of a call that a dead process has left, which is about to be made once more.
    mutating func lose(_ path: StepPath) -> Usage? {
        open.removeValue(forKey: path)
    }

    private mutating func count(_ call: Usage, at path: StepPath, of source: (role: String, model: String)?) {
        usage.add(call)
        let (role, model) = source ?? (UsageShares.lost, UsageShares.lost)
        shares.add(call, role: role, model: model, phase: path.phase)
    }
}

/// How a run's usage is spread over roles, models and phases.
package struct UsageShares: Codable, Equatable, Sendable {
    /// Stands for calls that gave no answer.
    static let lost = "unanswered"

    package private(set) var roles: [String: RunReport.Usage] = [:]
    package private(set) var models: [String: RunReport.Usage] = [:]
    /// By the name of the pipeline's phase.
    package private(set) var phases: [String: RunReport.Usage] = [:]

    package var isEmpty: Bool { roles.isEmpty }

    mutating func add(_ call: Usage, role: String, model: String, phase: String) {
        phases[phase, default: RunReport.Usage()].add(call)
        roles[role, default: RunReport.Usage()].add(call)
        models[model, default: RunReport.Usage()].add(call)
    }
}

extension StepPath {
    /// The phase of the pipeline that the step belongs to.
    fileprivate var phase: String { description.prefix { $0 != "/" }.description }
}
