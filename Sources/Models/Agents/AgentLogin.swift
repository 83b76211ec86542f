import Core
import ProcessKit

/// How an agent is logged in, as far as that can be seen without asking anybody.
package enum AgentLogin: Sendable, Hashable {
    /// By its own files below the home.
    case credentials
    /// By a variable that holds a token of a subscription.
    case variable(String)
    /// By a key that is charged by use.
    case billingKey(String)
    /// It needs none that is known of.
    case notNeeded
    /// Not at all; the text says what is missing.
    case missing(String)

    /// Looks whether an agent is logged in; no network.
    ///
    /// - Parameters:
    ///   - profile: The agent.
    ///   - environment: All variables of the person who runs Drydock, `HOME` among them.
    ///   - allowsBilling: Whether a key that is charged by use counts.
    package init(of profile: AgentProfile, environment: [String: String], allowsBilling: Bool) {
        func isSet(_ name: String) -> Bool { environment[name]?.isEmpty == false }
        if allowsBilling, let name = profile.billingVariables.first(where: isSet) {
            self = .billingKey(name)
        } else if let name = profile.loginVariables.first(where: isSet) {
            self = .variable(name)
        } else if profile.credentials.isEmpty, profile.loginVariables.isEmpty, profile.billingVariables.isEmpty {
            self = .notNeeded
        } else if let reason = Self.missingCredential(of: profile, home: environment["HOME"]) {
            self = .missing(reason)
        } else {
            self = .credentials
        }
    }

    /// Why the first credential, which the login is in, is not enough; `nil` when it is.
    private static func missingCredential(of profile: AgentProfile, home: String?) -> String? {
        guard let credential = profile.credentials.first else { return "no key that it may use is set" }
        let shown = "'~/\(credential.path.printable)'"
        guard let home, let bytes = SmallFile.bytes(home + "/" + credential.path) else {
            return "\(shown) is not there"
        }
        guard let member = credential.member else { return nil }
        guard let value = try? JSONValue(parsing: bytes) else { return "\(shown) cannot be read" }
        let found = value[member]
        return found == nil || found == .null ? "\(shown) holds no login with a subscription" : nil
    }
}
