/// What a choice of speakers may depend on.
package struct SelectorInput: Sendable {
    /// The round that is about to begin; 1 for the first.
    package let round: Int
    /// All names, in the order of the chat.
    package let participants: [String]
    package let conversation: Conversation
}

/// Who speaks in a round.
package protocol SpeakerSelector: Sendable {
    /// The names of those who speak, in any order; none ends the chat, an unknown one is an error.
    func speakers(_ input: SelectorInput) async throws -> Set<String>
}

/// Everybody, at once.
package struct AllAtOnce: SpeakerSelector {
    package init() {}

    package func speakers(_ input: SelectorInput) async throws -> Set<String> {
        Set(input.participants)
    }
}

/// One after the other, in the order of the chat.
package struct RoundRobin: SpeakerSelector {
    package init() {}

    package func speakers(_ input: SelectorInput) async throws -> Set<String> {
        [input.participants[(input.round - 1) % input.participants.count]]
    }
}

/// Whomever a function names.
package struct FunctionSelector: SpeakerSelector {
    private let body: @Sendable (SelectorInput) async throws -> Set<String>

    package init(_ body: @escaping @Sendable (SelectorInput) async throws -> Set<String>) {
        self.body = body
    }

    package func speakers(_ input: SelectorInput) async throws -> Set<String> {
        try await body(input)
    }
}
