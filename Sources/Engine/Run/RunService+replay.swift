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
    /// - Throws: ``RunError/stillRunning(_:)``; ``RunError/valuesDropped(_:)``; a damaged journal's fault.
    package func replay(_ run: RunID) async throws -> ReplayOutcome {
        let recorded = try await fold(run)
        guard recorded.report.state.isFinal else { throw RunError.stillRunning(run) }
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
            if "\(error)" != recorded.report.failure?.message {
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
