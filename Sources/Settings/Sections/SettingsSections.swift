internal import Core
package import YAMLKit

/// The parts of configuration files that are no single values.
package struct SettingsSections: Equatable, Sendable {
    /// In the order of their names.
    package private(set) var providers: [ProviderSettings] = []
    package private(set) var routes = RouteSettings.none
    /// Each agent's entry as it stands in its file, by name; whoever runs agents reads it.
    package private(set) var agents: [String: YAMLEntry] = [:]

    static let names = ["providers", "routes", "agents"]

    /// Says where keys go and what runs with a person's own credentials: no project may do that, trusted or not.
    private static let personal = ["providers", "agents"]

    init() {}

    /// Takes in a section of a file; what stronger files said goes in later and replaces it, name by name.
    mutating func take(_ entry: YAMLEntry, ofProject: Bool) throws(YAMLError) {
        guard !ofProject || !Self.personal.contains(entry.key) else {
            throw YAMLError(
                at: entry.keyPlace,
                "a project may not configure '\(entry.key)'",
                hint: "put it into your own configuration file; 'drydock config path' prints its name"
            )
        }
        guard !entry.value.isNull else { return }
        switch entry.key {
        case "providers":
            for part in try entry.value.entries() {
                let provider = try ProviderSettings(part)
                providers.removeAll { $0.name == provider.name }
                providers.append(provider)
            }
            providers.sort { $0.name < $1.name }
        case "routes": routes = try RouteSettings(entry.value, over: routes)
        default:
            for part in try entry.value.entries() { agents[part.key] = part }
        }
    }
}
