/// Why a chat has ended, as it is recorded.
package struct StopReason: RawRepresentable, Sendable, Hashable, Codable {
    package static let maxRounds = StopReason(rawValue: "max_rounds")
    /// A round changed no file, met no conflict, and nothing was noted about it.
    package static let noChange = StopReason(rawValue: "no_change")
    /// The selector named nobody.
    package static let noSpeaker = StopReason(rawValue: "no_speaker")
    /// Who is alone answers once and needs no chat.
    package static let singleParticipant = StopReason(rawValue: "single_participant")
    /// Nobody could answer in a round.
    package static let allFailed = StopReason(rawValue: "all_failed")

    package let rawValue: String

    package init(rawValue: String) {
        self.rawValue = rawValue
    }
}

/// What a condition may look at: after the first messages, with no round, and after each round.
package struct ChatState: Sendable {
    /// Rounds that are over.
    package let round: Int
    package let conversation: Conversation
    package let lastRound: RoundRecord?
    /// What the closure of the chat's owner made of the last round.
    package let lastFeedback: RoundFeedback?
    package let conflicts: [ChatConflict]
}

/// When a chat ends before its last round.
package protocol TerminationCondition: Sendable {
    /// The reason to end here, or `nil` to go on.
    func reason(_ state: ChatState) async throws -> StopReason?
}

/// Ends when a round has changed nothing and left nothing to do.
package struct NoChange: TerminationCondition {
    package init() {}

    package func reason(_ state: ChatState) async throws -> StopReason? {
        guard let round = state.lastRound, let feedback = state.lastFeedback else { return nil }
        let isQuiet =
            round.changes.isEmpty && round.conflicts.isEmpty && round.failures.isEmpty && feedback.notes.isEmpty
        return isQuiet ? .noChange : nil
    }
}

/// Ends after this many rounds; the chat's own limit holds besides.
package struct MaxRounds: TerminationCondition {
    private let limit: Int

    package init(_ limit: Int) {
        self.limit = limit
    }

    package func reason(_ state: ChatState) async throws -> StopReason? {
        state.round >= limit ? .maxRounds : nil
    }
}

/// Ends when a function says so; the name is what is recorded.
package struct WhenTrue: TerminationCondition {
    private let name: String
    private let body: @Sendable (ChatState) async throws -> Bool

    package init(_ name: String, _ body: @escaping @Sendable (ChatState) async throws -> Bool) {
        self.name = name
        self.body = body
    }

    package func reason(_ state: ChatState) async throws -> StopReason? {
        try await body(state) ? StopReason(rawValue: name) : nil
    }
}

/// Ends when one of several conditions does; the first in the list gives the reason.
package struct AnyOf: TerminationCondition {
    private let conditions: [any TerminationCondition]

    package init(_ conditions: [any TerminationCondition]) {
        self.conditions = conditions
    }

    package func reason(_ state: ChatState) async throws -> StopReason? {
        for condition in conditions {
            if let reason = try await condition.reason(state) { return reason }
        }
        return nil
    }
}

/// Ends when all of several conditions hold after the same round; the reason names each.
package struct AllOf: TerminationCondition {
    private let conditions: [any TerminationCondition]

    package init(_ conditions: [any TerminationCondition]) {
        self.conditions = conditions
    }

    package func reason(_ state: ChatState) async throws -> StopReason? {
        var reasons: [String] = []
        for condition in conditions {
            guard let reason = try await condition.reason(state) else { return nil }
            reasons.append(reason.rawValue)
        }
        return reasons.isEmpty ? nil : StopReason(rawValue: reasons.joined(separator: "+"))
    }
}
