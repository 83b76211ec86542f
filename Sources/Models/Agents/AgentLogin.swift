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

extension AgentProfile {
    /// A shorter text of a credential file is taken for no secret: it may be a word.
    private static let shortestSecret = 16

    /// The secrets in the agent's credential files as they are now, by names that say where they stand.
    ///
    /// - Parameter environment: All variables of the person who runs Drydock.
    /// - Returns: What a redactor needs to find them again.
    package func secrets(environment: [String: String]) -> [String: String] {
        guard let home = environment["HOME"] else { return [:] }
        var secrets: [String: String] = [:]
        for credential in credentials {
            let value = SmallFile.bytes(home + "/" + credential.path).flatMap { try? JSONValue(parsing: $0) }
            value?.collectSecrets(
                at: "~/" + credential.path,
                isSecret: false,
                longerThan: Self.shortestSecret,
                &secrets
            )
        }
        return secrets
    }
}

extension JSONValue {
    private static let secretWords = ["token", "key", "secret", "password", "oauth"]

    /// Collects the texts below members whose names say that they are secret.
    fileprivate func collectSecrets(
        at place: String,
        isSecret: Bool,
        longerThan length: Int,
        _ secrets: inout [String: String]
    ) {
        switch self {
        case .string(let text):
            if isSecret, text.utf8.count >= length { secrets[place] = text }
        case .array(let values):
            for (index, value) in values.enumerated() {
                value.collectSecrets(at: "\(place)[\(index)]", isSecret: isSecret, longerThan: length, &secrets)
            }
        case .object(let members):
            for (name, value) in members {
                let lower = name.lowercased()
                let named = Self.secretWords.contains { lower.contains($0) }
                value.collectSecrets(
                    at: "\(place):\(name.printable)",
                    isSecret: isSecret || named,
                    longerThan: length,
                    &secrets
                )
            }
        case .null, .bool, .integer, .number: break
        }
    }
}
