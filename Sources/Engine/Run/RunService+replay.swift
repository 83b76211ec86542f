package import Core
internal import Journal
internal import Warehouse

/// What a replay came to.
package struct ReplayOutcome: Codable, Equatable, Sendable {
    package let run: RunID
    package let isEqual: Bool
    /// Steps that the replay found in the journal.
    package let steps: Int
    /// What differs, in words; empty when nothing does.
    package let differences: [String]
}

extension RunService {
    /// Runs an ended run's pipeline again with every effect forbidden: all answers have to come from the journal.
    ///
    /// - Throws: ``RunError/stillRunning(_:)``; ``RunError/notEnded(_:_:)``; ``RunError/valuesDropped(_:)``; a damaged journal's fault.
    package func replay(_ run: RunID) async throws -> ReplayOutcome {
        let recorded = try await fold(run)
        try await checkEnded(recorded.report)
        let journal = try await RunJournal(
            store: parts.store,
            run: run,
            lease: nil,
            clock: parts.clock,
            redactor: parts.redactor,
            mode: .replay
        )
        let context = try await context(for: run, journal)
        let pipeline = try Self.pipeline(of: context)
        var scope = CrewScope()
        var differences: [String] = []
        do {
            try await Interpreter(stage: CrewStage(context: context)).run(pipeline, in: &scope) { _ in true }
        } catch let error as JournalError where error.isRetention {
            throw RunError.valuesDropped(run)
        } catch let error as any ReportableError where error.kind == .damaged {
            throw error
        } catch {
            if !recorded.report.hasEnded(with: error, redactor: parts.redactor) {
                differences.append("the replay ended with: \(error)")
            }
        }
        let difference = JournalDifference(journal.recordedOutcomes, journal.passedOutcomes)
        differences += difference.lines
        return ReplayOutcome(
            run: run,
            isEqual: differences.isEmpty,
            steps: journal.passedOutcomes.count,
            differences: differences
        )
    }
}

extension RunReport {
    /// Whether what ended a replay is what ended the run: its failure, or the place up to which it came.
    fileprivate func hasEnded(with error: any Error, redactor: Redactor) -> Bool {
        switch (state, error) {
        case (.cancelled, JournalError.effectForbidden), (.cancelled, JournalError.recordedFailure): true
        case (.failed, JournalError.recordedFailure(_, let failureClass, let message)):
            // Of steps side by side, one that was cut may be passed before the one that failed.
            message == StepFailure.cut || failure?.failureClass == failureClass && isRecorded(message)
        default: redactor.redacting("\(error)") == failure?.message
        }
    }

    /// Whether a step's message is that of the failure; the journal may have cut it.
    private func isRecorded(_ message: String) -> Bool {
        !message.isEmpty && failure?.message.printable.hasPrefix(message) == true
    }
}
