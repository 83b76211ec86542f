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
        var profiles = AgentProfile.known
        for (name, entry) in settings.sections.agents.sorted(by: { $0.key < $1.key }) {
            let place = profiles.firstIndex { ([$0.name] + $0.aliases).contains(name) }
            if place == nil { try Self.refuseMisspelt(entry) }
            let profile = try Self.profile(name, entry.value, over: place.map { profiles[$0] })
            if let place { profiles[place] = profile } else { profiles.append(profile) }
        }
        self.profiles = profiles
        self.environment = environment
        self.providers = providers
        policy = AgentPolicy(allowsBilling: settings[SettingKeys.agentBilling] == .allow)
    }

    /// An agent as it is configured, over what is known of it.
    private static func profile(
        _ name: String,
        _ node: YAMLNode,
        over known: AgentProfile?
    ) throws(SettingsError) -> AgentProfile {
        do {
            try check(node)
            let base = try known.map { try JSONValue(encoding: $0).object ?? [:] } ?? ["name": .string(name)]
            let members = base.merging(node.json.object ?? [:]) { $1 }
            let profile: AgentProfile = try JSONValue.object(members).decoded()
            guard let problem = profile.problems.first else { return profile }
            throw SettingsError.notSettings(
                "\(node.place): the agent '\(name.printable)': \(problem)",
                hint: memberHint
            )
        } catch let error as SettingsError {
            throw error
        } catch let error as YAMLError {
            throw .notSettings(error.description, hint: error.hint ?? memberHint)
        } catch {
            throw .notSettings(
                "\(node.place): the agent '\(name.printable)': \(error)",
                hint: memberHint
            )
        }
    }

    private static let memberHint = "docs/agents.md lists the members"

    /// Refuses a name that is nearly a known one, unless its entry says which program is meant.
    private static func refuseMisspelt(_ entry: YAMLEntry) throws(SettingsError) {
        if case .mapping(let members) = entry.value.content, members.contains(where: { $0.key == "command" }) { return }
        let name = entry.key
        let known = AgentProfile.known.map(\.name)
        let meant = Suggestions.near(name, in: AgentProfile.known.flatMap { [$0.name] + $0.aliases })
        guard meant.contains(where: { Suggestions.distance(from: name, to: $0) <= 2 }) else { return }
        let question = Suggestions.question(for: name, in: known).map { $0 + " " } ?? ""
        throw .notSettings(
            "\(entry.keyPlace): there is no agent '\(name.printable)'",
            hint: question + "known are \(known.joined(separator: ", ")); one of your own by this name needs 'command'"
        )
    }

    /// Refuses members that no agent has: one that was misspelt would be left out without a word.
    private static func check(_ node: YAMLNode) throws(YAMLError) {
        let fields = try YAMLFields(node, of: "an agent", known: AgentProfile.memberNames)
        _ = try fields["prompt"]?.choice(AgentProfile.Prompt.self)
        if let answer = fields["answer"] {
            _ = try YAMLFields(answer, of: "'answer'", known: AgentAnswerForm.memberNames)
        }
        guard let credentials = fields["credentials"], case .sequence(let items) = credentials.content else { return }
        for item in items {
            _ = try YAMLFields(item, of: "a credential", known: AgentProfile.Credential.memberNames)
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

    /// All agents, by the names that can be asked for.
    func statuses() async -> [AgentStatus] {
        await probe.statuses(
            of: profiles.map { profile in
                var profile = profile
                profile.name = name(of: profile)
                return profile
            }
        )
    }

    func status(of profile: AgentProfile) async -> AgentStatus { await probe.status(of: profile) }

    private var probe: AgentProbe { AgentProbe(environment: environment, allowsBilling: policy.allowsBilling) }
}
