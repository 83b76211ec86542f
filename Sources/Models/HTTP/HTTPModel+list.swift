import Core
package import HTTPClientKit

/// Lists.
extension HTTPModel {
    /// The pages of a list of models that are read at most.
    private static let pageLimit = 20
    /// The models of a list that are kept at most.
    package static let listLimit = 10_000

    /// The models that a provider offers.
    ///
    /// Whatever cannot be the name of a model is left out, and whatever holds a secret: lists are stored with runs and
    /// shown on terminals.
    ///
    /// - Parameters:
    ///   - profile: The provider.
    ///   - client: What to ask with.
    ///   - key: The provider's key.
    ///   - limits: Of each page.
    /// - Returns: The models in the provider's order, no more than ``listLimit``.
    /// - Throws: ``ProviderFault`` or `CancellationError`.
    package static func list(
        _ profile: ProviderProfile,
        client: HTTPClient,
        key: ProviderKey,
        limits: HTTPLimits = HTTPLimits(firstByte: .seconds(10), idle: .seconds(10), total: .seconds(10))
    ) async throws -> [ListedModel] {
        let asker = HTTPModel(profile, model: "", client: client, key: key, limits: limits)
        var models: [ListedModel] = []
        var page: String?
        for _ in 0..<pageLimit where models.count < listLimit {
            let found = try await asker.answer(to: profile.format.listing(page: page)) { answer in
                try profile.format.models(answer.body)
            }
            let redactor = Redactor.none.sharing(key.secrets)
            models += found.models.lazy.filter { !$0.holdsSecret(redactor) }.compactMap(\.bounded)
                .prefix(listLimit - models.count)
            page = found.next
            if page == nil { break }
        }
        return models
    }
}

extension ListedModel {
    fileprivate func holdsSecret(_ redactor: Redactor) -> Bool {
        [name, title, parameterSize].contains { text in text.map { redactor.redacting($0) != $0 } ?? false }
    }

    /// The same with no text that is longer than a name, or `nil` when its own name is none.
    fileprivate var bounded: ListedModel? {
        let isName = (try? ModelReference(name, providers: []))?.model == name
        guard isName else { return nil }
        var model = self
        model.title = title.map { SafeText.cut(SafeText.clean($0), limit: ModelReference.lengthLimit) }
        model.parameterSize = parameterSize.map { SafeText.cut(SafeText.clean($0), limit: 20) }
        model.bytes = bytes.flatMap { $0 >= 0 ? $0 : nil }
        return model
    }
}
