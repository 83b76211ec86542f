internal import Core
internal import Engine
internal import Models
internal import Settings
internal import YAMLKit

/// The agents that can be named here: the known ones, under what a person has configured.
struct AgentDirectory: Sendable {
    let profiles: [AgentProfile]
    let policy: AgentPolicy
    private let environment: [String: String]
    private let providers: [String]

    /// - Throws: ``SettingsError`` for an entry that is no profile.
    init(_ settings: Settings, environment: [String: String], providers: [String]) throws(SettingsError) {
        var profiles: [AgentProfile] = []
        for (name, node) in settings.sections.agents.sorted(by: { $0.key < $1.key }) {
            profiles.append(try Self.profile(name, node))
        }
        let known = AgentProfile.known.filter { known in !profiles.contains { $0.name == known.name } }
        self.profiles = known + profiles
        self.environment = environment
        self.providers = providers
        policy = AgentPolicy(allowsBilling: settings[SettingKeys.agentBilling] == .allow)
    }

    private static func profile(_ name: String, _ node: YAMLNode) throws(SettingsError) -> AgentProfile {
        var members = node.json.object ?? [:]
        members["name"] = .string(name)
        do {
            let profile: AgentProfile = try JSONValue.object(members).decoded()
            guard let problem = profile.problems.first else { return profile }
            throw SettingsError.notSettings("\(node.place): the agent '\(name.printable)': \(problem)", hint: nil)
        } catch let error as SettingsError {
            throw error
        } catch {
            throw .notSettings(
                "\(node.place): the agent '\(name.printable)': \(error)",
                hint: "docs/agents.md lists the members"
            )
        }
    }

    /// What a table of routes calls an agent: another of its names where a provider has the first one.
    func name(of profile: AgentProfile) -> String {
        ([profile.name] + profile.aliases).first { !providers.contains($0) } ?? profile.name + "-agent"
    }

    /// The agent of a name that no provider has.
    func named(_ name: String) -> AgentProfile? {
        guard !providers.contains(name) else { return nil }
        return profiles.first { self.name(of: $0) == name }
            ?? profiles.first { ([$0.name] + $0.aliases).contains(name) }
    }

    /// All names that mean an agent.
    var names: [String] {
        profiles.flatMap { [name(of: $0), $0.name] + $0.aliases }.filter { !providers.contains($0) }
    }

    func statuses() async -> [AgentStatus] { await probe.statuses(of: profiles) }

    func status(of profile: AgentProfile) async -> AgentStatus { await probe.status(of: profile) }

    private var probe: AgentProbe { AgentProbe(environment: environment, allowsBilling: policy.allowsBilling) }
}
