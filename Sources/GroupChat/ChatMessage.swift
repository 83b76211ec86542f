package import Core

/// What a participant wants to have at one path.
package enum FileEdit: Sendable, Hashable, Codable {
    /// The whole text; `executable` is `nil` to leave that as it is.
    case write(content: String, executable: Bool?)
    case delete
}

/// One file of a message.
package struct ChatFile: Sendable, Hashable, Codable {
    package let path: ProjectPath
    package let edit: FileEdit

    package init(path: ProjectPath, edit: FileEdit) {
        self.path = path
        self.edit = edit
    }
}

/// Two or more participants want different things at one path, and no merge fits both.
///
/// The project holds what the first author wants; what the others want stays in their messages.
package struct ChatConflict: Sendable, Hashable, Codable {
    package let path: ProjectPath
    /// In the order of the participants; the first one's version is in the project.
    package internal(set) var authors: [String]
    /// The text with both versions between markers, if the merger gives one.
    package internal(set) var marked: String?

    package init(path: ProjectPath, authors: [String], marked: String? = nil) {
        self.path = path
        self.authors = authors
        self.marked = marked
    }
}

extension ChatConflict: CustomStringConvertible {
    /// What everybody is told.
    package var description: String {
        let first = authors.first ?? ""
        let others = authors.dropFirst().joined(separator: ", ")
        guard !others.isEmpty else { return "\(first) cannot have a file '\(path)' beside its other files." }
        return "'\(path)' is in conflict: \(first) and \(others) want different things there. "
            + "The project holds what \(first) wants; agree on one version and write the whole file."
    }
}

/// One message of the conversation.
package struct ChatMessage: Sendable, Hashable, Codable {
    package enum Kind: String, Sendable, Codable {
        /// What everybody is told before the first round.
        case context
        case response
        /// A participant could not answer; the text says why.
        case failure
        case conflict
        /// What came of a round: commands that failed, guidance by a person.
        case note
        /// The chat has ended; the text is the reason.
        case terminate
    }

    /// The author of everything that no participant says.
    package static let chair = "chat"

    /// 1 for the first message, without gaps.
    package let number: Int
    package let author: String
    /// 0 before the first round.
    package let round: Int
    package let kind: Kind
    package let text: String
    package let files: [ChatFile]
}

/// The one canonical list of messages.
package struct Conversation: Sendable, Hashable, Codable {
    package private(set) var messages: [ChatMessage] = []

    package init() {}

    mutating func append(
        _ kind: ChatMessage.Kind,
        by author: String,
        round: Int,
        text: String,
        files: [ChatFile] = []
    ) {
        messages.append(
            ChatMessage(
                number: messages.count + 1,
                author: author,
                round: round,
                kind: kind,
                text: text,
                files: files
            )
        )
    }

    /// The messages that come behind message `number`, those by `reader` left out.
    func news(for reader: String, after number: Int) -> [ChatMessage] {
        messages.dropFirst(number).filter { $0.author != reader }
    }
}
