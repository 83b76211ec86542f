package import Core
package import Journal
package import Models

extension JournalStore {
    /// The run that a person means: a whole name, an unambiguous beginning of one, or `latest`.
    ///
    /// - Throws: ``RunError/notFound(_:)`` or ``RunError/ambiguous(_:candidates:)``.
    package func run(named text: String) async throws -> RunID {
        let runs = try await runs(limit: nil, before: nil)
        if text == "latest" {
            guard let newest = runs.first else { throw RunError.notFound(text) }
            return newest
        }
        let wanted = text.lowercased()
        let matches = wanted.isEmpty ? [] : runs.filter { $0.description.hasPrefix(wanted) }
        guard let match = matches.first else { throw RunError.notFound(text) }
        guard matches.count == 1 else {
            throw RunError.ambiguous(text, candidates: matches.prefix(5).map { $0.description })
        }
        return match
    }
}

extension RunService {
    /// The run that a person means, as ``JournalStore/run(named:)`` finds it.
    package func run(named text: String) async throws -> RunID {
        try await parts.store.run(named: text)
    }

    /// A run's report without its steps.
    package func report(_ run: RunID) async throws -> RunReport {
        try await outcome(run).report
    }

    /// A run's report and the exit status that follows from it.
    package func outcome(_ run: RunID) async throws -> RunOutcome {
        RunOutcome(try await fold(run))
    }

    /// A run's report with its steps and the shares of its usage, folded over the whole log.
    package func reportWithSteps(_ run: RunID) async throws -> RunReport {
        try await fold(run, over: parts.store.events(of: run), withCommands: true).reportWithSteps
    }

    /// How long after its creation a run that nobody has driven yet counts as driven, in milliseconds.
    private static let startingTime: Int64 = 10_000

    /// Whether a process drives the run at this moment, or is just about to.
    package func isDriven(_ run: RunID) async throws -> Bool {
        let now = parts.clock.milliseconds
        if try await parts.store.holder(of: run, at: now) != nil { return true }
        // Between the creation of a run and its owner's lease lies the search for a sandbox. What a run is created with are
        // a few events, and the next one says that it is driven.
        let events = try await parts.store.events(of: run, after: 0, limit: 16)
        guard let first = events.first, !events.contains(where: { $0.kind == .runResumed }) else { return false }
        return now - first.at < Self.startingTime
    }

    /// - Throws: ``RunError/stillRunning(_:)`` or ``RunError/notEnded(_:_:)`` unless the run has ended.
    func checkEnded(_ report: RunReport) async throws {
        guard !report.state.isFinal else { return }
        throw try await isDriven(report.run) ? RunError.stillRunning(report.run) : .notEnded(report.run, report.state)
    }

    /// The caps that a run has.
    package func caps(of run: RunID) async throws -> BudgetCaps {
        try await fold(run).budget
    }

    /// The lists of models from which those of a run were chosen; `nil` when no provider was asked for one.
    package func catalogue(of run: RunID) async throws -> ModelCatalogue? {
        let kept = try await parts.store.events(of: run).first { $0.kind == .runCatalogue }
        guard let value = kept?.result else { return nil }
        return try JSON.decode(from: await parts.store.blob(value))
    }

    /// The newest runs' reports, newest first.
    package func reports(limit: Int?) async throws -> [RunReport] {
        var reports: [RunReport] = []
        for marks in try await parts.store.latest(kinds: EventKind.reportKinds, limit: limit, before: nil) {
            let newest = try await fold(marks.run, over: marks.events)
            var report = newest.report
            // A state that was recorded says what was used until then; while the run goes on, only its steps do.
            if newest.statedDuration == nil {
                let whole = try await fold(marks.run).report
                (report.usage, report.durationMilliseconds) = (whole.usage, whole.durationMilliseconds)
            }
            reports.append(report)
        }
        return reports
    }

    func fold(_ run: RunID) async throws -> RunFold {
        try await fold(run, over: parts.store.events(of: run))
    }

    /// What commands came to is read only for a report with steps: their outputs may be large.
    func fold(_ run: RunID, over events: [Event], withCommands: Bool = false) async throws -> RunFold {
        var fold = RunFold(run: run)
        for event in events {
            let isMark = EventKind.reportKinds.contains(event.kind)
            let isRead = withCommands && event.kind == .commandEnded || event.kind == .notice && event.step == nil
            var payload = event.body
            if isMark {
                payload = try await parts.store.body(of: event)
            } else if isRead, let body = try? await parts.store.body(of: event) {
                // Retention may have dropped it.
                payload = body
            }
            try fold.apply(event, payload: payload)
        }
        guard fold.inputs != nil else { throw RunError.notFound(run.description) }
        return fold
    }
}

/// What a run came to, and what the process that drove it should exit with.
package struct RunOutcome: Sendable {
    package let report: RunReport
    package let exitStatus: Int32
    package let hint: String?

    init(_ fold: RunFold) {
        report = fold.report
        hint = fold.report.hint
        exitStatus =
            switch fold.report.state {
            case .completed where fold.report.verified: 0
            case .completed: FaultKind.unverified.exitStatus
            case .cancelled, .paused: FaultKind.cancelled.exitStatus
            case .failed, .parked, .running: (fold.kind ?? .failed).exitStatus
            }
    }
}
