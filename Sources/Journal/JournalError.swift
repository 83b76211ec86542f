package import Core

/// Why the journal did not do what it was asked.
package enum JournalError: ReportableError, Equatable {
    case runUnknown(RunID)
    case runExists(RunID)
    /// A living process owns the run; `holder` says which.
    case busy(run: RunID, holder: String)
    /// Another process took the run over: this one may not write to it any more.
    case leaseLost(RunID)
    case leaseNeeded(EventKind)
    case eventTooLarge(EventKind, bytes: Int)
    case blobWithoutEvent(Digest)
    case blobMissing(Digest)
    case blobDropped(Digest)
    case blobAltered(Digest)
    case damaged(run: RunID?, sequence: Int?, problem: String)
    case newerSchema(path: String, found: Int, known: Int)
    case notAJournal(path: String)
    /// A step's input is not the recorded one; `what` names the parts that differ.
    case inputChanged(step: StepPath, what: String)
    case effectForbidden(step: StepPath)
    /// The step failed when it was recorded, and a replay must not try it again.
    case recordedFailure(step: StepPath, class: FailureClass, message: String)
    case resultUnreadable(step: StepPath, problem: String)
    case stepInFlight(StepPath)
    case stepUnknown(StepPath)
    case stopRequested(RunID, Control)

    package var kind: FaultKind {
        switch self {
        case .runUnknown, .stepUnknown: .notFound
        case .busy, .leaseLost: .busy
        case .blobMissing, .blobDropped, .blobAltered, .damaged, .newerSchema, .notAJournal: .damaged
        case .effectForbidden: .unverified
        case .inputChanged, .recordedFailure, .resultUnreadable: .failed
        case .stopRequested: .cancelled
        case .runExists, .leaseNeeded, .eventTooLarge, .blobWithoutEvent, .stepInFlight: .internalFault
        }
    }

    package var failureClass: FailureClass {
        switch self {
        case .recordedFailure(_, let failureClass, _): failureClass
        case .runUnknown, .stepUnknown, .inputChanged: .user
        default: .infrastructure
        }
    }
}

extension JournalError {
    /// Whether a value is missing because retention dropped it, which is no damage.
    package var isRetention: Bool {
        if case .blobDropped = self { true } else { false }
    }
}

extension JournalError {
    package var description: String {
        switch self {
        case .runUnknown(let run): "there is no run '\(run)'"
        case .runExists(let run): "there is a run '\(run)' already"
        case .busy(let run, let holder): "the run '\(run)' is owned by \(holder)"
        case .leaseLost(let run): "another process has taken over the run '\(run)'"
        case .leaseNeeded(let kind): "an event of the kind '\(kind.rawValue.printable)' needs a lease on its run"
        case .eventTooLarge(let kind, let bytes):
            "an event of the kind '\(kind.rawValue.printable)' has \(bytes) bytes, more than \(Event.sizeLimit)"
        case .blobWithoutEvent(let digest): "no event names the value \(digest)"
        case .blobMissing(let digest): "the value \(digest) is not in the journal"
        case .blobDropped(let digest): "the value \(digest) was dropped by retention"
        case .blobAltered(let digest): "the value \(digest) is not what was recorded"
        case .damaged(let run, let sequence, let problem): Self.damage(run, sequence, problem)
        case .newerSchema(let path, let found, let known):
            "the journal '\(path.printable)' has version \(found); this program knows versions up to \(known)"
        case .notAJournal(let path): "'\(path.printable)' is a database, but not a journal"
        default: stepDescription
        }
    }

    private var stepDescription: String {
        switch self {
        case .inputChanged(let step, let what):
            "the step '\(step.description.printable)' was recorded with another input: \(what)"
        case .effectForbidden(let step):
            "the journal has no result of the step '\(step.description.printable)', and a replay may not make one"
        case .recordedFailure(let step, let failureClass, let message):
            "the step '\(step.description.printable)' failed (\(failureClass.rawValue)): \(message)"
        case .resultUnreadable(let step, let problem):
            "the recorded result of the step '\(step.description.printable)' cannot be read: \(problem)"
        case .stepInFlight(let step): "the step '\(step.description.printable)' is under way already"
        case .stepUnknown(let step): "the run has no step '\(step.description.printable)'"
        case .stopRequested(let run, .pause): "the run '\(run)' was asked to pause"
        case .stopRequested(let run, .cancel): "the run '\(run)' was cancelled"
        default: "the journal failed"
        }
    }

    private static func damage(_ run: RunID?, _ sequence: Int?, _ problem: String) -> String {
        let place = sequence.map { "event \($0)" }
        let owner = run.map { "the run '\($0)'" }
        let subject = [place, owner].compactMap(\.self).joined(separator: " of ")
        return "the journal is damaged: " + (subject.isEmpty ? problem : "\(subject): \(problem)")
    }

    package var hint: String? {
        switch self {
        case .runUnknown: "list the runs with 'drydock runs'"
        case .busy: "wait for it, or stop it with 'drydock pause' or 'drydock cancel'"
        case .leaseLost: "follow the run with 'drydock watch'"
        case .newerSchema: "use the newer Drydock that made it, or set DRYDOCK_HOME to another folder"
        case .notAJournal: "set DRYDOCK_HOME to another folder, or move the file away"
        case .damaged(nil, nil, _): "move the file away, or restore it from a backup"
        case .damaged, .blobAltered, .blobMissing: "see what is hit with 'drydock verify'"
        case .stepUnknown: "'drydock show RUN' lists its steps"
        case .inputChanged: "start a new run with the new input, or have this one continue from that step"
        case .resultUnreadable: "continue the run with the version of Drydock that began it"
        default: nil
        }
    }
}
