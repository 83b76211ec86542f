/// What was done on the way to an answer besides asking for it: what a person wants to know of a call that takes long
/// or that another model answers.
package struct RouteNotice: Codable, Sendable, Hashable, CustomStringConvertible {
    package enum Kind: String, CaseIterable, Codable, Sendable {
        /// The same model is asked again after a while.
        case retry
        /// Another model is asked in its place.
        case fallback
        /// The model is left alone for a while, since it failed too often.
        case breakerOpened
        case breakerClosed
        /// How models have done lately could not be read or kept.
        case breakerUnsaved
        /// A limit of requests or tokens makes the call wait.
        case limited
        /// The model is not used, and why.
        case excluded
        /// Whether the model can follow a schema was found out.
        case checked
    }

    package let kind: Kind
    /// Whom it is about.
    package let model: ModelIdentity
    /// Who is asked instead, if anybody.
    package let next: ModelIdentity?
    /// How long the call waits; `nil` when it does not.
    package let waitMilliseconds: Int?
    /// Why, as a part of a sentence.
    package let reason: String

    package init(
        _ kind: Kind,
        _ model: ModelIdentity,
        next: ModelIdentity? = nil,
        waitMilliseconds: Int? = nil,
        reason: String
    ) {
        self.kind = kind
        self.model = model
        self.next = next
        self.waitMilliseconds = waitMilliseconds
        self.reason = reason
    }

    package var description: String {
        let wait = waitMilliseconds.map { " in \(($0 + 999) / 1_000) s" } ?? ""
        let next = next.map { "; asking '\($0)' instead" } ?? ""
        return switch kind {
        case .retry: "asking '\(model)' again\(wait): \(reason)"
        case .fallback: "'\(model)' gave no answer: \(reason)\(next)"
        case .breakerOpened: "'\(model)' is left alone for a while: \(reason)"
        case .breakerClosed: "'\(model)' answers again"
        case .breakerUnsaved: "what is known of '\(model)' could not be kept: \(reason)"
        case .limited: "'\(model)' is asked\(wait): \(reason)"
        case .excluded: "'\(model)' is not used: \(reason)\(next)"
        case .checked: "'\(model)' was asked whether it can follow a schema: \(reason)"
        }
    }
}

/// Who is told of a call while it is under way.
package struct CallObserver: Sendable {
    /// Nobody.
    package static let none = CallObserver(onNotice: { _ in })

    package let onNotice: @Sendable (RouteNotice) async -> Void
    /// Called each time when the question goes out; who costs nothing need not call it.
    ///
    /// From then on, until ``onSpent`` or the answer, a call that is cut may be billed.
    package let onSent: @Sendable () -> Void
    /// Gets what the call has used besides its answer, as soon as it is known: an attempt that failed, a check.
    package let onSpent: @Sendable (Usage) -> Void
    /// Asked before a call that has spent something asks once more; may wait, and the call ends with what this throws.
    package let check: @Sendable () async throws -> Void

    package init(
        onNotice: @escaping @Sendable (RouteNotice) async -> Void,
        onSent: @escaping @Sendable () -> Void = {},
        onSpent: @escaping @Sendable (Usage) -> Void = { _ in },
        check: @escaping @Sendable () async throws -> Void = {}
    ) {
        self.onNotice = onNotice
        self.onSent = onSent
        self.onSpent = onSpent
        self.check = check
    }
}
