package import Core

/// No model gave an answer: what each of them said, and when it may be tried again.
package struct ModelsExhausted: ReportableError, Codable, Hashable {
    /// A model that gave no answer.
    package struct Candidate: Codable, Sendable, Hashable {
        package let model: ModelIdentity
        /// What the provider said; `nil` when it was not asked.
        package let fault: ProviderFault?
        /// Why it gave no answer, as a part of a sentence that the model begins.
        package let reason: String
        /// When it may be asked again, in milliseconds since 1970; `nil` when no waiting helps.
        package let retryAt: Int64?

        package init(_ model: ModelIdentity, fault: ProviderFault? = nil, reason: String, retryAt: Int64? = nil) {
            self.model = model
            self.fault = fault
            self.reason = reason
            self.retryAt = retryAt
        }
    }

    /// The contract that was asked.
    package let role: String
    /// In the order in which they were tried; empty when none is configured.
    package let candidates: [Candidate]

    package init(role: String, candidates: [Candidate]) {
        self.role = role
        self.candidates = candidates
    }

    /// The first time at which one of them may answer, in milliseconds since 1970; `nil` when no waiting helps.
    package var retryAt: Int64? { candidates.compactMap(\.retryAt).min() }

    package var kind: FaultKind {
        guard retryAt == nil else { return .failed }
        return candidates.lazy.compactMap(\.fault).first?.kind ?? .configuration
    }

    /// Whoever can do something about it: nobody, while waiting helps.
    package var failureClass: FailureClass {
        guard retryAt == nil else { return .infrastructure }
        return candidates.lazy.compactMap(\.fault).first?.failureClass ?? .user
    }

    package var description: String {
        guard !candidates.isEmpty else { return "no model is configured for '\(role.printable)'" }
        let list = candidates.map { "'\($0.model.description.printable)' \($0.reason)" }.joined(separator: "; ")
        return "no model answered '\(role.printable)': \(list)"
    }

    package var hint: String? {
        if let retryAt {
            return "resume the run at \(TimeOfDay.text(retryAt)) or later, or configure another model"
        }
        return candidates.lazy.compactMap(\.fault?.hint).first ?? "configure a model that can be asked"
    }
}
