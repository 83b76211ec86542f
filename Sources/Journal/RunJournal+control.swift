internal import Core
internal import Synchronization

extension RunJournal {
    /// How often other processes' requests are looked for.
    package static let controlInterval = Duration.milliseconds(50)

    /// Stops here when someone has asked the run to pause or end.
    ///
    /// Looks at the store at most once per ``controlInterval``.
    ///
    /// - Throws: ``JournalError/stopRequested(_:_:)``.
    package func checkControl() async throws {
        guard mode == .live else { return }
        let now = ContinuousClock.now
        let isDue = situation.withLock { situation in
            if let next = situation.nextControlCheck, now < next { return false }
            situation.nextControlCheck = now + Self.controlInterval
            return true
        }
        if isDue {
            try await readForeignEvents()
        }
        if let control = situation.withLock(\.state.control) {
            throw JournalError.stopRequested(run, control)
        }
    }

    /// The requests of other processes from now on, each once, those not yet answered first.
    ///
    /// Ends when the reading task is cancelled. A store that fails is asked again at the next interval: the steps
    /// will say so.
    package func controlRequests() -> AsyncStream<Control> {
        let last = LastControl()
        return AsyncStream {
            await self.nextControl(after: last)
        }
    }

    private func nextControl(after last: LastControl) async -> Control? {
        while !Task.isCancelled {
            try? await readForeignEvents()
            if let control = situation.withLock(\.state.control), await last.replace(with: control) {
                return control
            }
            try? await Task.sleep(for: Self.controlInterval)
        }
        return nil
    }

    /// Takes in what other processes have appended; a look at a counter when nothing has changed.
    private func readForeignEvents() async throws {
        // The runs of a process share the look.
        let mark = try await store.controlMark(notOlderThan: Self.controlInterval / 2)
        let (known, start) = situation.withLock { ($0.controlMark, $0.controlSequence) }
        guard mark != known else { return }
        let events = try await store.controlEvents(of: run, after: start)
        situation.withLock { situation in
            for event in events where event.sequence > situation.controlSequence {
                situation.controlSequence = event.sequence
                situation.state.apply(event)
            }
            situation.controlMark = mark
        }
    }

    /// Renews the lease until the task is cancelled: the owner runs it beside its work.
    ///
    /// A store that fails is asked again as long as the lease holds.
    ///
    /// - Throws: ``JournalError/leaseLost(_:)`` when another process has taken the run over, or what the store said
    ///   when the lease has expired meanwhile; the work must stop.
    package func keepLease() async throws {
        while let held = situation.withLock(\.lease), !Task.isCancelled {
            do {
                try await Task.sleep(for: .milliseconds(max(1, held.duration / 3)))
            } catch {
                return
            }
            do {
                let renewed = try await store.renew(held, at: clock.milliseconds)
                situation.withLock { situation in
                    // Given back meanwhile: it stays so.
                    if situation.lease != nil {
                        situation.lease = renewed
                    }
                }
            } catch let error as JournalError {
                guard situation.withLock(\.lease) != nil else { return }
                throw error
            } catch {
                guard clock.milliseconds < held.expires else { throw error }
            }
        }
    }

    /// Gives the run back, so that another process can take it at once.
    package func release() async throws {
        let held = situation.withLock { situation in
            defer { situation.lease = nil }
            return situation.lease
        }
        guard let held else { return }
        try await store.release(held)
    }
}

/// The last request that a stream has given out.
private actor LastControl {
    private var control: Control?

    /// False when it is the same request again.
    func replace(with new: Control) -> Bool {
        defer { control = new }
        return control != new
    }
}
