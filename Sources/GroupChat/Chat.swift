package import Core

/// A chat that cannot be held.
package enum ChatError: ReportableError, Equatable {
    case noParticipant
    /// A name that is empty, or that the chat uses itself.
    case unusableName(String)
    case duplicateName(String)
    /// A selector named somebody who is not there.
    case unknownSpeaker(String)

    package var kind: FaultKind { .configuration }

    package var description: String {
        switch self {
        case .noParticipant: "a chat needs at least one participant"
        case .unusableName(let name): "a participant cannot be called '\(name.printable)'"
        case .duplicateName(let name): "two participants are called '\(name.printable)'"
        case .unknownSpeaker(let name): "the speaker selector chose '\(name.printable)', who is not in the chat"
        }
    }
}

/// How a chat is held.
package struct ChatConfiguration: Sendable {
    package var selector: any SpeakerSelector
    /// Tested after the first messages and after each round.
    package var termination: any TerminationCondition
    /// The most rounds; smaller values than 1 count as 1.
    package var maxRounds: Int
    /// How many participants are asked at once; smaller values than 1 count as 1.
    package var width: Int
    /// Whether an error that ends the chat ends what others are asked, too; else these come to their end first.
    package var cutsOthers = true

    package init(
        selector: any SpeakerSelector = AllAtOnce(),
        termination: any TerminationCondition = NoChange(),
        maxRounds: Int = 2,
        width: Int = 4
    ) {
        self.selector = selector
        self.termination = termination
        self.maxRounds = max(1, maxRounds)
        self.width = max(1, width)
    }
}

/// One round that is over: what was said, and what it means for the project.
package struct RoundRecord: Sendable, Hashable, Codable {
    /// A participant that could not answer.
    package struct Failure: Sendable, Hashable, Codable {
        package let participant: String
        package let message: String
    }

    package let round: Int
    /// In the order of the chat.
    package let speakers: [String]
    /// The answers and failures of this round.
    package let messages: [ChatMessage]
    /// What has to be done to the project, in the order of paths, each path once.
    package let changes: [ChatFile]
    package let conflicts: [ChatConflict]
    package let failures: [Failure]
}

/// What came of carrying out a round.
package struct RoundFeedback: Sendable, Hashable, Codable {
    /// What everybody is told before the next round.
    package var notes: [String]
    /// A reason to end here, whatever the conditions say.
    package var stop: StopReason?

    package init(notes: [String] = [], stop: StopReason? = nil) {
        self.notes = notes
        self.stop = stop
    }
}

/// A chat that has ended.
package struct ChatResult: Sendable, Hashable, Codable {
    package let reason: StopReason
    package let rounds: Int
    package let conversation: Conversation
    /// The conflicts that no later round has settled: work for somebody.
    package let conflicts: [ChatConflict]
}

/// What happens in a chat, as it happens.
package enum ChatEvent: Sendable, Hashable {
    case asked(participant: String, round: Int)
    case answered(participant: String, round: Int)
    case failed(participant: String, round: Int, message: String)
    case roundEnded(round: Int)
    case ended(StopReason)
}

/// One group chat: the keeper of its conversation, who asks, merges and decides when it is over.
///
/// In a round all speakers are asked on the same state, side by side; their answers are appended and
/// merged in the order of the participants, so that the conversation does not depend on timing.
package actor Chat {
    /// Carries out a round: writes files, runs commands, commits, records.
    package typealias RoundHook = @Sendable (RoundRecord) async throws -> RoundFeedback

    private let participants: [any Participant]
    private let configuration: ChatConfiguration
    private let merger: any RoundMerger
    private let observe: @Sendable (ChatEvent) -> Void
    package private(set) var conversation = Conversation()
    /// The number of the last message that each participant was told of.
    private var seen: [String: Int] = [:]
    private var conflicts: [ChatConflict] = []
    private var lastRound: RoundRecord?
    private var lastFeedback: RoundFeedback?

    /// - Throws: ``ChatError`` unless there is a participant and all names are different.
    package init(
        participants: [any Participant],
        configuration: ChatConfiguration,
        merger: any RoundMerger,
        observe: @escaping @Sendable (ChatEvent) -> Void = { _ in }
    ) throws(ChatError) {
        guard !participants.isEmpty else { throw .noParticipant }
        var names: Set<String> = []
        for participant in participants {
            let name = participant.name
            guard name.contains(where: { !$0.isWhitespace }), name != ChatMessage.chair else {
                throw .unusableName(name)
            }
            guard names.insert(name).inserted else { throw .duplicateName(name) }
        }
        self.participants = participants
        self.configuration = configuration
        self.merger = merger
        self.observe = observe
    }

    /// Holds the chat, once: tells everybody `context`, then goes from round to round until it ends.
    ///
    /// Cancellation, an error of `onRound`, and a participant's error that is not its own fault end it
    /// with that error.
    package func run(context: [String] = [], onRound: RoundHook) async throws -> ChatResult {
        precondition(conversation.messages.isEmpty, "a chat is held once")
        for text in context { conversation.append(.context, by: ChatMessage.chair, round: 0, text: text) }
        var round = 0
        var reason = try await configuration.termination.reason(state(after: 0))
        while reason == nil {
            guard let record = try await hold(round + 1) else {
                reason = .noSpeaker
                break
            }
            round += 1
            let feedback = try await onRound(record)
            take(feedback, of: record)
            observe(.roundEnded(round: round))
            reason = try await reasonToStop(after: record, feedback)
        }
        let final = reason ?? .noSpeaker
        conversation.append(.terminate, by: ChatMessage.chair, round: round, text: final.rawValue)
        observe(.ended(final))
        return ChatResult(reason: final, rounds: round, conversation: conversation, conflicts: conflicts)
    }

    private func state(after round: Int) -> ChatState {
        ChatState(
            round: round,
            conversation: conversation,
            lastRound: lastRound,
            lastFeedback: lastFeedback,
            conflicts: conflicts
        )
    }

    private func reasonToStop(after record: RoundRecord, _ feedback: RoundFeedback) async throws -> StopReason? {
        if let stop = feedback.stop { return stop }
        if record.failures.count == participants.count { return .allFailed }
        if participants.count == 1 { return .singleParticipant }
        if let reason = try await configuration.termination.reason(state(after: record.round)) { return reason }
        return record.round >= configuration.maxRounds ? .maxRounds : nil
    }

    /// Tells everybody what came of a round.
    private func take(_ feedback: RoundFeedback, of record: RoundRecord) {
        for note in feedback.notes {
            conversation.append(.note, by: ChatMessage.chair, round: record.round, text: note)
        }
        (lastRound, lastFeedback) = (record, feedback)
    }
}

// One round.
extension Chat {
    /// Asks the speakers and puts their answers together; `nil` when there are none.
    private func hold(_ round: Int) async throws -> RoundRecord? {
        let speakers = try await speakers(round)
        guard !speakers.isEmpty else { return nil }
        let outcomes = try await ask(speakers, turns: speakers.map { turn(for: $0.name, round: round) })
        let first = conversation.messages.count
        var merge = RoundMerge(round: round, merger: merger)
        var failures: [RoundRecord.Failure] = []
        for (speaker, outcome) in zip(speakers, outcomes) {
            switch outcome {
            case .answered(let answer):
                // One who failed has used nothing of what it was told, and is told again.
                seen[speaker.name] = first
                conversation.append(
                    .response,
                    by: speaker.name,
                    round: round,
                    text: answer.text,
                    files: answer.files
                )
                try await merge.add(answer.files, by: speaker.name)
            case .failed(let message):
                conversation.append(.failure, by: speaker.name, round: round, text: message)
                failures.append(RoundRecord.Failure(participant: speaker.name, message: message))
            }
        }
        let said = Array(conversation.messages.dropFirst(first))
        settle(merge, round: round)
        return RoundRecord(
            round: round,
            speakers: speakers.map(\.name),
            messages: said,
            changes: merge.changes,
            conflicts: merge.conflicts,
            failures: failures
        )
    }

    private func speakers(_ round: Int) async throws -> [any Participant] {
        let names = participants.map { $0.name }
        let input = SelectorInput(round: round, participants: names, conversation: conversation)
        let chosen = try await configuration.selector.speakers(input)
        if let unknown = chosen.subtracting(names).min() { throw ChatError.unknownSpeaker(unknown) }
        return participants.filter { chosen.contains($0.name) }
    }

    private func turn(for name: String, round: Int) -> ChatTurn {
        let news = conversation.news(for: name, after: seen[name] ?? 0)
        return ChatTurn(participant: name, round: round, news: news, conflicts: conflicts)
    }

    /// Forgets conflicts that this round has settled, and tells everybody of the new ones.
    private func settle(_ merge: RoundMerge, round: Int) {
        let settled = merge.settledPaths.union(merge.conflicts.map(\.path))
        conflicts.removeAll { settled.contains($0.path) }
        conflicts += merge.conflicts
        for conflict in merge.conflicts {
            conversation.append(.conflict, by: ChatMessage.chair, round: round, text: conflict.description)
        }
    }
}

// Asking.
extension Chat {
    private enum Outcome: Sendable {
        case answered(ChatAnswer)
        case failed(String)
    }

    /// How it ended with the speaker of a place in the round.
    private struct Ending: Sendable {
        let index: Int
        let result: Result<Outcome, any Error>
    }

    /// Asks a few at a time; the outcomes come back in the order of the speakers.
    private func ask(_ speakers: [any Participant], turns: [ChatTurn]) async throws -> [Outcome] {
        var outcomes: [Outcome?] = Array(repeating: nil, count: speakers.count)
        var failure: (any Error)?
        await withTaskGroup(of: Ending.self) { group in
            var next = 0
            func begin() {
                let (index, observe) = (next, observe)
                let (speaker, turn) = (speakers[index], turns[index])
                group.addTask { await Self.ending(of: speaker, at: index, turn, observe) }
                next += 1
            }
            while next < min(configuration.width, speakers.count) { begin() }
            while let ending = await group.next() {
                switch ending.result {
                case .success(let outcome): outcomes[ending.index] = outcome
                case .failure(let error): failure = failure ?? error
                }
                if failure != nil, configuration.cutsOthers {
                    group.cancelAll()
                } else if next < speakers.count {
                    begin()
                }
            }
        }
        if let failure { throw failure }
        return outcomes.compactMap(\.self)
    }

    private static func ending(
        of speaker: any Participant,
        at index: Int,
        _ turn: ChatTurn,
        _ observe: @Sendable (ChatEvent) -> Void
    ) async -> Ending {
        do {
            return Ending(index: index, result: .success(try await ask(speaker, turn, observe)))
        } catch {
            return Ending(index: index, result: .failure(error))
        }
    }

    private static func ask(
        _ speaker: any Participant,
        _ turn: ChatTurn,
        _ observe: @Sendable (ChatEvent) -> Void
    ) async throws -> Outcome {
        try Task.checkCancellation()
        observe(.asked(participant: turn.participant, round: turn.round))
        do {
            let answer = try await speaker.answer(turn)
            observe(.answered(participant: turn.participant, round: turn.round))
            return .answered(answer)
        } catch let error as any ReportableError where [.contract, .quality].contains(error.failureClass) {
            try Task.checkCancellation()
            observe(.failed(participant: turn.participant, round: turn.round, message: error.description))
            return .failed(error.description)
        }
    }
}
