import Core
package import HTTPClientKit

/// What a person does with a model on an Ollama server.
extension HTTPModel {
    /// The times of a fetch: a model has many gigabytes, and a server may check them at its end without a word.
    package static let fetchLimits = HTTPLimits(
        firstByte: .seconds(120),
        idle: .seconds(600),
        total: .seconds(86_400),
        bodyBytes: 1 << 30
    )

    /// Has the server fetch the model.
    ///
    /// - Parameter onProgress: Told of each step.
    /// - Throws: ``ProviderFault``; of reason ``ProviderFault/Reason/badRequest`` for a server that cannot, and of
    ///   ``ProviderFault/Reason/offline`` when nothing beyond this machine may be reached: the server would do that.
    package func pull(_ onProgress: (PullProgress) async -> Void) async throws {
        let library = try library()
        guard !client.configuration.loopbackOnly else {
            throw named(ProviderFault(.offline, "Ollama would fetch it from the internet"))
        }
        try await asking(library.pull(model)) { head, body in
            try await AnswerReader(head, format: library, streams: true).check(&body)
            var reader = PullReader()
            while let bytes = try await body.next() {
                for step in try reader.append(bytes) { await onProgress(step) }
            }
            for step in try reader.finish() { await onProgress(step) }
        }
    }

    /// Removes the model from its server.
    ///
    /// - Throws: ``ProviderFault``, as ``pull(_:)``.
    package func remove() async throws {
        try await answer(to: library().delete(model)) { _ in }
    }

    /// The models that the server holds in memory; those of a server that is no Ollama are nobody's business.
    ///
    /// - Throws: ``ProviderFault``.
    package func loadedModels() async throws -> [LoadedModel] {
        guard case .ollama(let settings) = profile.dialect else { return [] }
        let library = OllamaFormat(settings)
        let models = try await answer(to: library.loaded) { try library.loadedModels($0.body) }
        let redactor = Redactor.none.sharing(key.secrets)
        // Before a name is cut: a secret may lie across its end.
        return models.filter { redactor.redacting($0.name) == $0.name }.map { model in
            let name = SafeText.cut(SafeText.clean(model.name), limit: ModelReference.lengthLimit)
            return LoadedModel(name: name, bytes: model.bytes, videoBytes: model.videoBytes)
        }
    }

    private func library() throws -> OllamaFormat {
        guard case .ollama(let settings) = profile.dialect else {
            throw ProviderFault(.badRequest, "only Ollama fetches and removes models", provider: profile.name)
        }
        return OllamaFormat(settings)
    }
}
