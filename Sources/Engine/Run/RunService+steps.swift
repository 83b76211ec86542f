package import Core
internal import Journal

/// All that is recorded of one step.
package struct StepDetail: Equatable, Sendable {
    package let report: StepReport
    /// Everything that is kept of what the step's command printed, as it was printed; `nil` for a step without a command.
    package let output: String?
    /// The step's result; `nil` when there is none.
    package let value: JSONValue?
}

extension RunService {
    /// What a step did, with the whole output of its command.
    ///
    /// - Throws: ``JournalError/stepUnknown(_:)``; ``RunError/valuesDropped(_:)`` when retention has dropped it.
    package func step(_ path: StepPath, of run: RunID) async throws -> StepDetail {
        let events = try await parts.store.events(of: run)
        let report = try await fold(run, over: events, withCommands: true).reportWithSteps
        guard let step = report.steps?.first(where: { $0.step == path }) else { throw JournalError.stepUnknown(path) }
        do {
            return StepDetail(
                report: step,
                output: try await output(of: path, in: events),
                value: try await value(of: path, in: events)
            )
        } catch JournalError.blobMissing where events.contains(where: { $0.kind == .runPruned }) {
            throw RunError.valuesDropped(run)
        }
    }

    private func output(of path: StepPath, in events: [Event]) async throws -> String? {
        guard let event = events.last(where: { $0.step == path && $0.kind == .commandEnded }) else { return nil }
        return try await parts.store.body(of: event)["output"]?.string
    }

    private func value(of path: StepPath, in events: [Event]) async throws -> JSONValue? {
        guard let event = events.last(where: { $0.step == path && $0.kind == .stepEnded }) else { return nil }
        return try await parts.store.result(of: event)
    }
}
