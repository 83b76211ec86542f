package import Core
internal import Journal
internal import Models
internal import Warehouse

/// Everything that a run began with; what changes on disk afterwards does not change the run.
package struct RunInputs: Codable, Equatable, Sendable {
    package var request: RunRequest
    /// The value that holds all knowledge files; runs that began with the same ones share it.
    package var knowledge: Digest
}

extension RunInputs {
    /// The first events of a run and the values that they name.
    static func drafts(
        _ request: RunRequest,
        _ files: [KnowledgeFile],
        _ model: RunReport.Model,
        _ catalogue: ModelCatalogue?,
        _ notices: [String] = []
    ) throws -> (drafts: [EventDraft], blobs: [NamedValue]) {
        let knowledge = NamedValue(Array(try JSON.encode(files)))
        let inputs = RunInputs(request: request, knowledge: knowledge.digest)
        let payload = NamedValue(Array(try JSON.encode(inputs)))
        var drafts = [
            EventDraft(.runCreated, result: payload.digest),
            EventDraft(.runKnowledge, result: inputs.knowledge),
        ]
        var blobs = [payload, knowledge]
        let marks =
            try [EventDraft(.runModel, body: JSONValue(encoding: model))]
            + notices.map { EventDraft(.notice, body: try JSONValue(encoding: Notice($0))) }
        for (draft, value) in marks.map(\.fitting) {
            drafts.append(draft)
            blobs += value.map { [$0] } ?? []
        }
        if let catalogue {
            let models = NamedValue(Array(try JSON.encode(catalogue)))
            drafts.append(EventDraft(.runCatalogue, result: models.digest))
            blobs.append(models)
        }
        return (drafts, blobs)
    }

    /// The knowledge files as they were when the run began.
    func files(in store: some JournalStore) async throws -> [KnowledgeFile] {
        try JSON.decode(from: await store.blob(knowledge))
    }
}
