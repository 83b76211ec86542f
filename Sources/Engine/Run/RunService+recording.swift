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
        let fold = try await fold(run, over: events)
        guard let inputs = fold.inputs else { throw RunError.notFound(run.description) }
        var begun: [StepPath: Event] = [:]
        var calls: [Recording.Call] = []
        for event in events {
            guard let step = event.step else { continue }
            if event.kind == .agentEnded { throw RecordingError.agentAtWork }
            if event.kind == .stepBegan, CallMark.reservation(in: event) != nil { begun[step] = event }
            guard event.kind == .stepEnded, CallMark.call(in: event) != nil, let key = begun[step]?.input else {
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
}
