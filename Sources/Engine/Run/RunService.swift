package import Core
internal import Journal
package import Models
internal import Sandbox
internal import Snapshots
package import Warehouse
internal import YAMLKit

/// Begins runs, drives them, and answers questions about them: the one door for every interface.
package struct RunService: Sendable {
    package let parts: EngineParts

    package init(parts: EngineParts) {
        self.parts = parts
    }

    /// Records a new run; nothing has happened yet when this returns.
    ///
    /// - Parameters:
    ///   - request: What to make.
    ///   - catalogue: The lists of models that the request's were chosen from.
    ///   - notices: What a person should know of the choice, a sentence each.
    /// - Returns: The run.
    /// - Throws: A fault of kind usage or configuration for a request that cannot be carried out, before
    ///   anything is recorded.
    package func create(
        _ request: RunRequest,
        catalogue: ModelCatalogue? = nil,
        notices: [String] = []
    ) async throws -> RunID {
        try Self.check(request, in: parts.warehouse, for: request.routes?.first ?? parts.model.identity)
        let entry = try parts.warehouse.pipelines.entry(named: request.pipeline)
        let files = entry.files + parts.warehouse.knowledgeFiles
        return try await record(redacted(request), files, catalogue, notices: notices.map(parts.redactor.redacting))
    }

    /// What a run was asked for.
    package func request(of run: RunID) async throws -> RunRequest {
        guard let inputs = try await fold(run).inputs else { throw RunError.notFound(run.description) }
        return inputs.request
    }

    /// Refuses a request that cannot be carried out, as far as that is known before a run exists; writes nothing.
    ///
    /// - Throws: A fault of kind usage, configuration or not found.
    package static func check(_ request: RunRequest, in warehouse: Warehouse, for model: ModelIdentity) throws {
        try request.validate()
        if let into = request.into {
            try DeliveryTarget(into).check()
        }
        _ = try pipeline(warehouse.pipelines.named(request.pipeline))
        if let fault = warehouse.guideFault(for: request.description, defaultGuide: Guide.defaultName) {
            throw fault
        }
        guard model == BuiltinModel.identity else { return }
        // The built-in model plans by rule, so that what it would refuse is known; another reads better than that.
        let input = PlanInput(request.description, warehouse.guides.usable())
        if let refusal = BuiltinModel.refusal(of: input) {
            throw RunError.unknownStack(refusal)
        }
    }

    private func redacted(_ request: RunRequest) -> RunRequest {
        var request = request
        request.description = parts.redactor.redacting(request.description)
        return request
    }

    /// Begins a run anew with what an ended one began with: same request, same guides, same pipeline, same lists of models.
    package func retry(_ run: RunID, into folder: String?) async throws -> RunID {
        let fold = try await fold(run)
        guard let inputs = fold.inputs else { throw RunError.notFound(run.description) }
        try await checkEnded(fold.report)
        var again = inputs.request
        again.retryOf = run
        again.into = folder ?? again.into
        if let into = again.into {
            try DeliveryTarget(into).check()
        }
        return try await record(
            again,
            inputs.files(in: parts.store),
            catalogue(of: run),
            notices: fold.modelNotices,
            model: fold.report.model.map { ModelIdentity($0) }
        )
    }

    private func record(
        _ request: RunRequest,
        _ files: [KnowledgeFile],
        _ catalogue: ModelCatalogue?,
        notices: [String] = [],
        model: ModelIdentity? = nil
    ) async throws -> RunID {
        let now = parts.clock.milliseconds
        let run = parts.identifiers.nextRun(at: now)
        let model = model ?? request.routes?.first ?? parts.model.identity
        let (drafts, blobs) = try RunInputs.drafts(request, files, RunReport.Model(model), catalogue, notices)
        try await parts.store.createRun(run, at: now, first: drafts, blobs: blobs)
        return run
    }

    /// The pipeline that the run began with, no wider and no longer than its request allows.
    static func pipeline(of context: RunContext) throws -> Pipeline {
        let request = context.request
        return try pipeline(context.warehouse.pipelines.named(request.pipeline))
            .capped(width: request.width, rounds: request.chatRounds)
    }

    static func pipeline(_ text: PipelineText) throws -> Pipeline {
        try PipelineParser.parse(YAMLNode(parsing: text.file.text, file: text.file.location))
    }
}

extension Warehouse {
    /// The guides, skills and flakes that a run may need; broken ones are left out, since they are not needed.
    fileprivate var knowledgeFiles: [KnowledgeFile] {
        files(of: guides) + files(of: skills) + files(of: flakes)
    }

    private func files<Item: Knowledge>(of shelf: Shelf<Item>) -> [KnowledgeFile] {
        shelf.list().filter { (try? $0.item.get()) != nil }.flatMap { $0.files }
    }
}
