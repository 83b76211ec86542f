package import Core

/// Why a provider gave no reply: told from its status and the typed fields of its answer, never from words alone.
package struct ProviderFault: ReportableError, Codable, Hashable {
    /// What happened, as far as a caller has to know to go on.
    package enum Reason: String, CaseIterable, Codable, Sendable {
        case keyMissing
        case unauthorized
        case forbidden
        case creditExhausted
        case modelNotFound
        /// The provider does not accept the request; ``ProviderFault/parameter`` says which part, if it said so.
        case badRequest
        case contextTooLong
        case rateLimited
        case overloaded
        case server
        case timeout
        /// No connection, or one that broke before the answer began.
        case connection
        /// The answer broke off before its end mark.
        case cutOff
        case tls
        /// What came is not in the provider's format.
        case malformed
        case tooLarge
        /// Drydock is offline and the provider is not on this machine.
        case offline
        /// The provider's own rules forbid the request or the answer.
        case refusedByPolicy
        /// The program that would answer is not on this machine.
        case notInstalled
        /// Nobody is logged in with the program that would answer.
        case notLoggedIn
        /// Drydock's own policy keeps this request from it.
        case notAllowed
    }

    package let reason: Reason
    package var provider: String
    package var model: String?
    package let status: Int?
    /// The provider's own words, or Drydock's where it had none: one line, bounded.
    package var message: String {
        didSet { uncut = nil }
    }
    /// What the message was cut from, until secrets are taken out of it: one may lie across the cut.
    private var uncut: String?
    package let retryTime: RetryTime?
    /// The member of the request that the provider names.
    package let parameter: String?
    /// What the provider had done for the call until then, as far as that is known; `nil` when nothing is.
    package var usage: Usage?

    /// - Parameters:
    ///   - reason: What happened.
    ///   - message: Cut to 400 characters; control characters are escaped.
    ///   - status: The HTTP status, if there was one.
    ///   - retryTime: When the provider allows another try.
    ///   - parameter: The member of the request that it names.
    ///   - provider: Empty until the caller knows.
    package init(
        _ reason: Reason,
        _ message: String,
        status: Int? = nil,
        retryTime: RetryTime? = nil,
        parameter: String? = nil,
        provider: String = ""
    ) {
        self.reason = reason
        self.provider = provider
        self.status = status
        self.message = Self.line(message)
        uncut = message.utf8.count > Self.messageLimit ? String(message.prefix(Self.uncutLimit)) : nil
        self.retryTime = retryTime
        self.parameter = parameter
    }

    private static let messageLimit = 400
    /// With room for the longest key behind the cut.
    private static let uncutLimit = messageLimit + (16 << 10)

    private enum CodingKeys: String, CodingKey {
        case reason, provider, model, status, message, retryTime, parameter
    }

    private static func line(_ message: String) -> String {
        let line = message.prefix(messageLimit).printable
        return message.dropFirst(messageLimit).isEmpty ? line : line + "…"
    }

    /// Takes secrets out of the message, also those that its end has cut off.
    package mutating func redact(with redactor: Redactor) {
        message = uncut.map { Self.line(redactor.redacting($0)) } ?? redactor.redacting(message)
    }
}

extension ProviderFault {
    /// Whether the same request to the same model may succeed after a while.
    package var isTransient: Bool {
        switch reason {
        case .rateLimited, .overloaded, .server, .timeout, .connection, .cutOff, .malformed: true
        case .keyMissing, .unauthorized, .forbidden, .creditExhausted, .modelNotFound, .badRequest, .contextTooLong,
            .tls, .tooLarge, .offline, .refusedByPolicy, .notInstalled, .notLoggedIn, .notAllowed:
            false
        }
    }

    /// Whether trying other models would hide from a person what only a person can mend.
    package var stopsRun: Bool {
        switch reason {
        case .keyMissing, .unauthorized, .creditExhausted, .notLoggedIn: true
        default: false
        }
    }

    /// Whether another model may be tried in place of this one.
    package var fallsBack: Bool { !stopsRun }

    package var kind: FaultKind {
        switch reason {
        case .keyMissing, .unauthorized, .forbidden, .modelNotFound, .tls, .notInstalled, .notLoggedIn:
            .configuration
        case .creditExhausted: .limit
        case .offline, .notAllowed: .policy
        case .badRequest, .contextTooLong, .rateLimited, .overloaded, .server, .timeout, .connection, .cutOff,
            .malformed, .tooLarge, .refusedByPolicy:
            .failed
        }
    }

    package var failureClass: FailureClass {
        switch reason {
        case .keyMissing, .unauthorized, .forbidden, .creditExhausted, .modelNotFound, .notInstalled, .notLoggedIn:
            .user
        case .offline, .refusedByPolicy, .notAllowed: .policy
        case .badRequest, .contextTooLong, .rateLimited, .overloaded, .server, .timeout, .connection, .cutOff, .tls,
            .malformed, .tooLarge:
            .infrastructure
        }
    }

    package var description: String {
        let name = [provider, model ?? ""].filter { !$0.isEmpty }.joined(separator: "/").printable
        return "\(name.isEmpty ? "the model" : "'\(name)'") \(summary)"
    }

    /// What happened, as the rest of a sentence that the model begins.
    package var summary: String {
        let code = status.map { " (HTTP \($0))" } ?? ""
        let words = message.isEmpty ? "" : ": " + message
        return reason.sentence + code + words
    }

    package var hint: String? {
        switch reason {
        case .keyMissing, .unauthorized: "check the provider's key"
        case .forbidden: "check what the key is allowed to use"
        case .creditExhausted: "add credit with the provider, or choose another model, and resume the run"
        case .modelNotFound: "choose a model that the provider lists"
        case .contextTooLong: "choose a model with a larger context"
        case .tls: "check the base URL and the machine's certificates"
        case .connection: "check the base URL and the network"
        case .offline: "choose a local model, or allow the network"
        case .notInstalled: "install it, or choose another model"
        case .notLoggedIn: "log in with the program itself, and resume the run"
        case .notAllowed: "choose another one; a model that answers with text alone is always allowed"
        default: nil
        }
    }
}

extension ProviderFault.Reason {
    fileprivate var sentence: String {
        switch self {
        case .keyMissing: "has no key"
        case .unauthorized: "does not accept the key"
        case .forbidden: "does not allow this to the key"
        case .creditExhausted: "has no credit left"
        case .modelNotFound: "is not known to the provider"
        case .badRequest: "did not accept the request"
        case .contextTooLong: "cannot take so long a prompt"
        case .rateLimited: "is asked too often"
        case .overloaded: "is overloaded"
        case .server: "failed"
        case .timeout: "took too long"
        case .connection: "could not be reached"
        case .cutOff: "broke its answer off"
        case .tls: "cannot be trusted"
        case .malformed: "answered with something else than its format"
        case .tooLarge: "sent too large an answer"
        case .offline: "is not on this machine, and Drydock is offline"
        case .refusedByPolicy: "refused by its own rules"
        case .notInstalled: "is not on this machine"
        case .notLoggedIn: "is not logged in"
        case .notAllowed: "is not allowed for this run"
        }
    }
}
