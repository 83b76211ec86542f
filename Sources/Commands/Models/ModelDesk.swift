internal import Core
internal import Engine
internal import HTTPClientKit
internal import Models
internal import Settings

/// The models that can be had here: what is known of providers, what a person has configured, and what can be reached.
struct ModelDesk: Sendable {
    let directory: ProviderDirectory
    private let settings: Settings
    private let environment: [String: String]
    private let client: HTTPClient

    init(_ surroundings: Surroundings, _ settings: Settings) throws {
        environment = surroundings.environment
        directory = try ProviderDirectory(settings, environment: environment)
        self.settings = settings
        client = HTTPClient(
            HTTPClientConfiguration(
                proxies: HTTPProxies(environment: environment),
                authorities: environment["SSL_CERT_FILE"],
                loopbackOnly: settings[SettingKeys.offline] == .on
            )
        )
    }

    /// What a new run is to ask.
    func model() async throws -> any ModelProvider {
        let text = settings[SettingKeys.model]
        if ["auto", BuiltinModel.identity.name].contains(text) { return BuiltinModel() }
        let reference = try ModelReference(text, providers: Set(directory.names))
        return try model(ModelIdentity(provider: reference.provider ?? "", name: reference.model ?? ""))
    }

    func model(_ identity: ModelIdentity) throws -> any ModelProvider {
        if identity == BuiltinModel.identity { return BuiltinModel() }
        guard let provider = directory.named(identity.provider) else { return BuiltinModel() }
        let key = ProviderKey(provider.keySource, environment: environment)
        return HTTPModel(provider.profile, model: identity.name, client: client, key: key)
    }
}
