internal import Core
internal import GitKit
package import GroupChat
package import Models

// What lies between a chat and the contract `generate`: what a turn tells a worker, and what an answer means in the chat.

extension ChatTurn {
    /// What the others said and wrote.
    package var peers: [PeerMessage] {
        news.filter { $0.kind == .response }.map { message in
            PeerMessage(
                author: message.author,
                message: message.text,
                paths: message.files.map { $0.path.description }
            )
        }
    }

    /// What a worker is told besides its peers' answers: a review, conflicts, what came of a round.
    package var feedback: String? {
        let texts = news.filter { [.context, .conflict, .note].contains($0.kind) }.map { $0.text }
        return texts.isEmpty ? nil : texts.joined(separator: "\n")
    }
}

extension Generation {
    /// The answer as the chat takes it; its commands are for whoever runs them.
    ///
    /// - Throws: `ProjectPathError` for a path that the contract's check would have refused.
    package var chatAnswer: ChatAnswer {
        get throws {
            let written = try files.map { file in
                ChatFile(
                    path: try ProjectPath(file.path),
                    edit: .write(content: file.content, executable: file.executable)
                )
            }
            let deleted = try deletions.map { ChatFile(path: try ProjectPath($0), edit: .delete) }
            return ChatAnswer(text: message, files: written + deleted)
        }
    }
}

/// A merger whose texts are put together in git's way.
package protocol GitRoundMerger: RoundMerger {}

extension GitRoundMerger {
    package func merge(base: String, ours: String, theirs: String) async throws -> MergedText {
        switch try TextMerge.merge(base: Array(base.utf8), ours: Array(ours.utf8), theirs: Array(theirs.utf8)) {
        case .merged(let text): .merged(String(decoding: text, as: UTF8.self))
        case .conflicted(let text): .conflicted(String(decoding: text, as: UTF8.self))
        }
    }
}
