package import Core
internal import Journal
package import Models

extension RunService {
    /// The calls that a run has made, with their answers.
    ///
    /// - Parameters:
    ///   - run: Any run, ended or not.
    ///   - program: The version of this program.
    /// - Returns: The answered calls, in the order in which they were answered.
    /// - Throws: ``RunError/valuesDropped(_:)`` when retention has dropped the answers.
    package func recording(of run: RunID, program: String) async throws -> Recording {
        let events = try await parts.store.events(of: run)
        try checkRecordable(events)
        let fold = try await fold(run, over: events)
        guard let inputs = fold.inputs else { throw RunError.notFound(run.description) }
        var begun: [StepPath: Event] = [:]
        var calls: [Recording.Call] = []
        let last = lastEndings(in: events)
        for event in events {
            guard let step = event.step else { continue }
            if event.kind == .stepBegan, CallMark.reservation(in: event) != nil { begun[step] = event }
            // What was rewound and asked again counts as it was answered at last.
            guard last[step] == event.sequence, CallMark.call(in: event) != nil, let key = begun[step]?.input else {
                continue
            }
            do {
                guard let value = try await parts.store.result(of: event) else { continue }
                let request = try? JSONValue(parsing: await parts.store.blob(key))
                calls.append(
                    Recording.Call(step: step.description, key: key, request: request, reply: try value.decoded())
                )
            } catch JournalError.blobMissing where events.contains(where: { $0.kind == .runPruned }) {
                throw RunError.valuesDropped(run)
            }
        }
        let model = fold.report.model.map { ModelIdentity($0) } ?? parts.model.identity
        let header = Recording.Header(
            drydock: program,
            model: model,
            description: inputs.request.description,
            pipeline: inputs.request.pipeline,
            parameters: inputs.request.routes?.parameters
        )
        return Recording(header: header, calls: calls)
    }

    /// Refuses to make a recording of a run whose files an agent writes, as far as that is known before it goes on.
    ///
    /// - Throws: ``RecordingError/agentAtWork``.
    package func checkRecordable(_ run: RunID) async throws {
        guard !parts.agents.canWrite else { throw RecordingError.agentAtWork }
        try checkRecordable(try await parts.store.events(of: run))
    }

    private func checkRecordable(_ events: [Event]) throws(RecordingError) {
        if events.contains(where: { $0.kind == .agentEnded }) { throw .agentAtWork }
    }

    /// The sequence number of the event with which each step ended for the last time.
    private func lastEndings(in events: [Event]) -> [StepPath: Int] {
        events.reduce(into: [:]) { last, event in
            if let step = event.step, event.kind == .stepEnded { last[step] = event.sequence }
        }
    }
}
