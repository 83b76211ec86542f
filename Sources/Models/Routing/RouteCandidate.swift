package import HTTPClientKit

/// A model that can be asked, with what a router has to know of it.
package struct RouteCandidate: Sendable {
    package let identity: ModelIdentity
    package let provider: any ModelProvider
    /// Whether it answers on this machine, and so without a network.
    package let isLocal: Bool
    /// Where it answers; `nil` for what is not asked over HTTP, and then it needs no check of what it can do.
    package let baseURL: String?
    /// The roles that it has another way to answer, and is not asked for here.
    package let notFor: Set<String>

    /// - Parameters:
    ///   - provider: What answers, one attempt for each call.
    ///   - identity: As route tables name it; the provider's own when left out.
    ///   - isLocal: Whether it answers on this machine.
    ///   - baseURL: Where it answers, if over HTTP.
    ///   - notFor: The roles that it is not asked for, such as `generate` for an agent that writes files itself: whoever
    ///     asks a router then has had no answer from it.
    package init(
        _ provider: any ModelProvider,
        identity: ModelIdentity? = nil,
        isLocal: Bool,
        baseURL: String? = nil,
        notFor: Set<String> = []
    ) {
        self.provider = provider
        self.identity = identity ?? provider.identity
        self.isLocal = isLocal
        self.baseURL = baseURL
        self.notFor = notFor
    }

    /// A model over HTTP.
    ///
    /// - Parameters:
    ///   - profile: Its provider.
    ///   - model: Its name there.
    ///   - client: Shared by all models of a process.
    ///   - key: Shared by all models of a provider.
    package init(_ profile: ProviderProfile, model: String, client: HTTPClient, key: ProviderKey) {
        self.init(
            HTTPModel(profile, model: model, client: client, key: key),
            isLocal: profile.isLocal,
            baseURL: profile.baseURL
        )
    }
}
