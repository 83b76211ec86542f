/// What a participant is given when it is its turn.
package struct ChatTurn: Sendable, Hashable, Codable {
    package let participant: String
    /// 1 for the first round.
    package let round: Int
    /// What the participant has not seen yet, oldest first; its own messages are never among it.
    package let news: [ChatMessage]
    /// The conflicts that nobody has settled so far.
    package let conflicts: [ChatConflict]
}

/// What a participant says.
package struct ChatAnswer: Sendable, Hashable, Codable {
    package let text: String
    /// Of two edits for one path the later one counts.
    package let files: [ChatFile]

    package init(text: String, files: [ChatFile] = []) {
        self.text = text
        self.files = files
    }
}

/// One who takes part in a chat.
///
/// `answer` is called at most once at a time, and side by side with those of others; it heeds
/// cancellation. It must not depend on anything that others do in the same round.
package protocol Participant: Sendable {
    /// Unique in its chat.
    var name: String { get }

    /// Answers on the strength of what the turn tells.
    ///
    /// An error of class contract or quality costs this turn only; any other ends the chat.
    func answer(_ turn: ChatTurn) async throws -> ChatAnswer
}

/// A participant made of a closure.
package struct ClosureParticipant: Participant {
    package let name: String
    private let body: @Sendable (ChatTurn) async throws -> ChatAnswer

    package init(_ name: String, _ body: @escaping @Sendable (ChatTurn) async throws -> ChatAnswer) {
        self.name = name
        self.body = body
    }

    package func answer(_ turn: ChatTurn) async throws -> ChatAnswer {
        try await body(turn)
    }
}
