internal import CommandLineKit
internal import Core
internal import Engine
internal import FoundationEssentials
internal import Journal
internal import Models
internal import Settings

/// Drives a run in this process: shows its progress, listens to signals, and reports how it ended.
struct RunDriver: Sendable {
    let dock: Dock
    let output: Output
    /// The step that is done again, with all that began after it.
    var from: StepPath?
    /// Caps in place of those that the run has.
    var budget = BudgetCaps.none
    /// The absolute path of the file that gets all calls and answers when the run has stopped.
    var recordingFile: String?

    /// Returns when the run is done and verified.
    ///
    /// - Throws: ``ExitStatus`` for any other ending, after it was reported; ``RunStopped`` when this process was told to end.
    func drive(_ run: RunID) async throws {
        let dock = try await dock.prepared(for: run, budget: budget)
        let driver = RunDriver(dock: dock, output: output, from: from, budget: budget)
        if let recordingFile {
            try Recording.checkFile(recordingFile)
            try await dock.service.checkRecordable(run)
        }
        let outcome = try await driver.watched(run)
        try report(outcome)
        if let recordingFile {
            try await dock.service.recording(of: run, program: Drydock.version).write(to: recordingFile)
        }
        guard outcome.exitStatus == 0 else { throw ExitStatus(code: outcome.exitStatus) }
    }

    private func report(_ outcome: RunOutcome) throws {
        if output.isJSON {
            try output.json(outcome.report)
        } else {
            try output.result(RunSummary(report: outcome.report, style: output.style).lines)
        }
    }

    private enum Step {
        case ended(Result<RunOutcome, any Error>)
        case terminated
        case other
    }

    /// Drives the run until it ends or the process is told to.
    private func watched(_ run: RunID) async throws -> RunOutcome {
        let feed = ProgressFeed(store: dock.service.parts.store, run: run, lines: dock.lines, view: view)
        await feed.catchUp()
        let signals = Signals.stream()
        let (terminations, terminator) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        let result = await withTaskGroup(of: Result<RunOutcome, any Error>?.self) { group in
            group.addTask { await race(run, feed, terminations) }
            group.addTask {
                await listen(to: signals, run, feed, terminator)
                return nil
            }
            var result: Result<RunOutcome, any Error>?
            for await next in group where next != nil {
                result = next
                group.cancelAll()
            }
            return result ?? .failure(CancellationError())
        }
        await feed.finish()
        return try result.get()
    }

    /// The run, its progress, and the wish to end: whichever of the first and the last comes first decides.
    private func race(
        _ run: RunID,
        _ feed: ProgressFeed,
        _ terminations: AsyncStream<Void>
    ) async -> Result<RunOutcome, any Error> {
        await withTaskGroup(of: Step.self) { group in
            group.addTask {
                do {
                    return .ended(.success(try await dock.service.drive(run, from: from, budget: budget)))
                } catch {
                    return .ended(.failure(error))
                }
            }
            group.addTask {
                await feed.follow()
                return .other
            }
            group.addTask {
                for await _ in terminations { return .terminated }
                return .other
            }
            var wasTerminated = false
            var result = Result<RunOutcome, any Error>.failure(CancellationError())
            for await step in group {
                switch step {
                case .ended(let ending): result = ending
                case .terminated: wasTerminated = true
                case .other: continue
                }
                group.cancelAll()
            }
            if wasTerminated, case .failure(is CancellationError) = result { return .failure(RunStopped(run: run)) }
            return result
        }
    }

    /// An interrupt cancels the run, a second one ends the process at once; a termination leaves the run as it is.
    private func listen(
        to signals: AsyncStream<EndingSignal>,
        _ run: RunID,
        _ feed: ProgressFeed,
        _ terminator: AsyncStream<Void>.Continuation
    ) async {
        var wasInterrupted = false
        for await signal in signals {
            guard signal == .interrupt else {
                terminator.yield()
                continue
            }
            if wasInterrupted { CommandLineKit.Process.endNow(FaultKind.cancelled.exitStatus) }
            wasInterrupted = true
            await feed.say("cancelling \(run); interrupt again to stop at once")
            do {
                try await dock.service.cancel(run)
            } catch {
                await feed.say(ErrorReport(error).text(asJSON: false, style: output.noteStyle))
            }
        }
    }

    private var view: ProgressView {
        let environment = dock.surroundings.environment
        return ProgressView(
            isLive: StandardStream.error.isTerminal && environment["TERM"] != "dumb" && !output.isQuiet,
            style: output.noteStyle,
            clock: SystemClock(),
            width: { StandardStream.error.width ?? 80 },
            write: { [output] text in if !output.isQuiet { try? StandardStream.error.write(text) } }
        )
    }
}

/// This process was told to end; the run can go on in another.
struct RunStopped: ReportableError {
    let run: RunID

    var kind: FaultKind { .cancelled }
    var description: String { "stopped before the run \(run) had ended" }
    var hint: String? { "go on with: drydock resume \(run)" }
}
