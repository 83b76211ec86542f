internal import Core
package import Models

/// What a person allows agents; nothing of it by default.
package struct AgentPolicy: Codable, Sendable, Hashable {
    /// Whether an agent gets keys that are charged by use; without it, it works with a subscription or not at all.
    package var allowsBilling: Bool
    /// Whether an agent may work for a description that the person who started the run does not vouch for.
    ///
    /// What an agent runs can read the agent's own credentials and has the network. Whoever writes the description has a say in
    /// what is run.
    package var allowsUntrusted: Bool

    package init(allowsBilling: Bool = false, allowsUntrusted: Bool = false) {
        self.allowsBilling = allowsBilling
        self.allowsUntrusted = allowsUntrusted
    }

    /// Why no agent may be used for a run, or `nil` when one may.
    ///
    /// It holds for every contract, not only for the writing of files.
    package func refusal(of request: RunRequest) -> String? {
        guard request.isFromUntrusted == true, !allowsUntrusted else { return nil }
        return "the description comes from somebody whom nobody vouches for"
    }
}

extension AgentPolicy {
    /// The variables that an agent gets.
    ///
    /// - Parameters:
    ///   - profile: The agent.
    ///   - environment: All variables of the person who runs Drydock; of these only what the profile lists is taken.
    /// - Returns: The variables; without ``allowsBilling`` no key of any vendor is among them, whatever the profile says.
    package func variables(of profile: AgentProfile, from environment: [String: String]) -> [String: String] {
        let billing = Set(profile.billingVariables)
        func taken(_ names: [String]) -> [String: String] {
            environment.filter { names.contains($0.key) && !$0.value.isEmpty }
        }
        let own = profile.settings.merging(taken(profile.environment + profile.loginVariables)) { _, set in set }
        if allowsBilling {
            let keys = taken(profile.billingVariables)
            if !keys.isEmpty { return own.merging(keys) { _, key in key } }
        }
        let variables = own.merging(profile.subscriptionSettings) { _, setting in setting }
        return allowsBilling ? variables : variables.filter { !billing.union(Self.keys).contains($0.key) }
    }

    /// The variables that are known to hold keys charged by use.
    private static let keys = Set(
        ProviderProfile.known.flatMap(\.keyVariables) + AgentProfile.known.flatMap(\.billingVariables)
    )
}
