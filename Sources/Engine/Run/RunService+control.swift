package import Core
internal import Journal

extension RunService {
    /// Asks a run to stop before its next step.
    ///
    /// A run that no process drives is marked at once; else its owner notices within 100 ms and stops when the
    /// step under way has ended.
    package func pause(_ run: RunID) async throws {
        try await request(.pause, .paused, of: run)
    }

    /// Ends a run and whatever it is doing; nothing goes on with it afterwards.
    package func cancel(_ run: RunID) async throws {
        try await request(.cancel, .cancelled, of: run)
    }

    private func request(_ control: Control, _ state: RunState, of run: RunID) async throws {
        let report = try await report(run)
        guard report.state.canGoOn else { throw RunError.alreadyEnded(run, report.state) }
        guard report.state != state else { throw RunError.alreadyPaused(run) }
        try await parts.store.request(control, of: run, at: parts.clock.milliseconds)
        try await markIfUnowned(run, state)
    }

    /// Writes the state of a run that no process drives, in the place of the owner that it does not have.
    private func markIfUnowned(_ run: RunID, _ state: RunState) async throws {
        let lease: Lease
        do {
            lease = try await parts.store.acquireLease(
                on: run,
                owner: .current,
                duration: Self.leaseDuration,
                at: parts.clock.milliseconds
            )
        } catch let error as any ReportableError where error.kind == .busy {
            return
        }
        try await withCleanup {
            // Asked under the lease: a process that had it until now may have ended the run.
            let report = try await report(run)
            if report.state == state { return }
            guard report.state.canGoOn else { throw RunError.alreadyEnded(run, report.state) }
            let mark = StateMark(usage: report.usage, drivenMilliseconds: Int64(report.durationMilliseconds))
            let draft = EventDraft(state.eventKind, body: try JSONValue(encoding: mark))
            try await parts.store.append([draft], blobs: [], to: run, at: parts.clock.milliseconds, under: lease)
        } cleanup: { [store = parts.store] in
            try? await store.release(lease)
        }
    }
}
