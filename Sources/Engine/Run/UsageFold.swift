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
        if event.kind == .runResumed {
            drivenBefore = drivenSoFar
            stretch = (event.at, event.at)
        }
        stretch?.to = event.at
        guard let path = event.step else { return }
        switch event.kind {
        case .stepBegan:
            guard let estimate = CallMark.reservation(in: event) else { return }
            if let lost = open[path] { count(lost, of: nil) }
            open[path] = estimate
        case .stepEnded:
            open[path] = nil
            guard let call = CallMark.call(in: event) else { return }
            count(call.usage, of: (call.role, call.model))
        case .stepFailed:
            if open.removeValue(forKey: path) != nil { count(.zero, of: nil) }
        default: break
        }
    }

    /// Takes the reservation of a call that a dead process has left, which is about to be made once more.
    mutating func lose(_ path: StepPath) -> Usage? {
        open.removeValue(forKey: path)
    }

    private mutating func count(_ call: Usage, of source: (role: String, model: String)?) {
        usage.add(call)
        shares.add(call, role: source?.role ?? UsageShares.lost, model: source?.model ?? UsageShares.lost)
    }
}

/// How a run's usage is spread over roles and models.
package struct UsageShares: Codable, Equatable, Sendable {
    /// Stands for calls that gave no answer.
    static let lost = "unanswered"

    package private(set) var roles: [String: RunReport.Usage] = [:]
    package private(set) var models: [String: RunReport.Usage] = [:]

    package var isEmpty: Bool { roles.isEmpty }

    mutating func add(_ call: Usage, role: String, model: String) {
        roles[role, default: RunReport.Usage()].add(call)
        models[model, default: RunReport.Usage()].add(call)
    }
}
