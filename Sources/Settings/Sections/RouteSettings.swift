internal import Core
internal import YAMLKit

/// Which models a person wants for which role, the first choice first; each as `provider/model`, a provider or a model.
package struct RouteSettings: Equatable, Sendable {
    /// By the names of roles.
    package let roles: [String: [String]]
    /// What is asked, for every role, when its own choices give no answer.
    package let fallback: [String]

    package static let none = RouteSettings(roles: [:], fallback: [])

    /// The roles, which are the questions that a run asks.
    package static let roleNames = ["plan", "staff", "generate", "fix", "review", "choose", "verdict"]

    private init(roles: [String: [String]], fallback: [String]) {
        self.roles = roles
        self.fallback = fallback
    }

    /// What a file says, over what weaker files said: role by role, and the fallback as a whole.
    init(_ node: YAMLNode, over weaker: RouteSettings) throws(YAMLError) {
        let fields = try YAMLFields(node, of: "'routes'", known: Self.roleNames + ["fallback"])
        var roles: [String: [String]] = [:]
        for entry in fields.entries where !entry.value.isNull {
            let names: [String]
            if case .sequence = entry.value.content {
                names = try entry.value.strings()
            } else {
                names = [try entry.value.string()]
            }
            guard !names.isEmpty, names.allSatisfy({ !$0.isEmpty }) else {
                throw entry.value.error("'\(entry.key)' needs at least one model")
            }
            roles[entry.key] = names
        }
        fallback = roles.removeValue(forKey: "fallback") ?? weaker.fallback
        self.roles = weaker.roles.merging(roles) { $1 }
    }
}
