import Core
import GroupChat
import TestSupport
import Testing

@Suite("The end of a chat", .tags(.small))
struct TerminationTests {
    /// Two who write a file of their own until round `quietFrom`.
    private func result(
        selector: any SpeakerSelector = AllAtOnce(),
        until termination: any TerminationCondition,
        maxRounds: Int = 6,
        quietFrom: Int = .max,
        feedback: @escaping @Sendable (RoundRecord) -> RoundFeedback = { _ in RoundFeedback() }
    ) async throws -> ChatResult {
        let project = try MemoryProject()
        let participants = ["a", "b"].map { name in
            ClosureParticipant(name) { turn in
                let text = "\(min(turn.round, quietFrom - 1))"
                return ChatAnswer(text: "\(name)\(turn.round)", files: [try write(name, text)])
            }
        }
        let configuration = ChatConfiguration(selector: selector, termination: termination, maxRounds: maxRounds)
        let chat = try Chat(participants: participants, configuration: configuration, merger: project)
        return try await chat.run { record in
            _ = project.apply(record)
            return feedback(record)
        }
    }

    private let never = WhenTrue("never") { _ in false }

    @Test("is its round limit, which is at least one", arguments: [(-3, 1), (0, 1), (1, 1), (4, 4)])
    func limit(maxRounds: Int, rounds: Int) async throws {
        let result = try await result(until: never, maxRounds: maxRounds)
        #expect(result.rounds == rounds)
        #expect(result.reason.rawValue == "max_rounds")
    }

    @Test("comes with the first round that changes nothing")
    func noChange() async throws {
        let result = try await result(until: NoChange(), quietFrom: 3)
        #expect(result.rounds == 3)
        #expect(result.reason == .noChange)
    }

    @Test("does not come with a quiet round while there is something to do")
    func notes() async throws {
        let result = try await result(until: NoChange(), quietFrom: 2) { record in
            RoundFeedback(notes: record.round < 4 ? ["cargo test ended with 101"] : [])
        }
        #expect(result.rounds == 4)
        #expect(result.conversation.messages.filter { $0.kind == .note }.map(\.round) == [1, 2, 3])
    }

    @Test("is tested on the first messages too")
    func atOnce() async throws {
        let result = try await result(until: WhenTrue("nothing_to_do") { $0.round == 0 })
        #expect(result.rounds == 0)
        #expect(result.reason.rawValue == "nothing_to_do")
        #expect(result.conversation.messages.map(\.kind) == [.terminate])
    }

    @Test("comes with any or with all of several conditions")
    func combinations() async throws {
        let early = WhenTrue("early") { $0.round >= 2 }
        let late = WhenTrue("late") { $0.round >= 4 }
        let any = try await result(until: AnyOf([late, early]))
        #expect([any.reason.rawValue, "\(any.rounds)"] == ["early", "2"])
        let all = try await result(until: AllOf([late, early]))
        #expect([all.reason.rawValue, "\(all.rounds)"] == ["late+early", "4"])
        #expect(try await result(until: AllOf([]), maxRounds: 2).reason == .maxRounds)
    }

    @Test("can be called for by whoever carries out the rounds")
    func byFeedback() async throws {
        let budget = StopReason(rawValue: "budget")
        let result = try await result(until: never) { RoundFeedback(stop: $0.round == 2 ? budget : nil) }
        #expect(result.rounds == 2)
        #expect(result.reason == budget)
    }

    @Test("comes when nobody is to speak, or nobody can")
    func nobody() async throws {
        let selector = FunctionSelector { $0.round < 3 ? ["b"] : [] }
        let silent = try await result(selector: selector, until: never)
        #expect([silent.reason.rawValue, "\(silent.rounds)"] == ["no_speaker", "2"])
        let failing = ["a", "b"].map { name in
            ClosureParticipant(name) { _ in throw TurnError(kind: .failed, failureClass: .contract) }
        }
        let chat = try Chat(participants: failing, configuration: ChatConfiguration(), merger: try MemoryProject())
        #expect(try await chat.run { _ in RoundFeedback() }.reason == .allFailed)
    }

    @Test("is an error when the selector names a stranger")
    func stranger() async throws {
        await #expect(throws: ChatError.unknownSpeaker("z")) {
            try await result(selector: FunctionSelector { _ in ["a", "z"] }, until: never)
        }
    }

    @Test("comes after each has spoken in turn")
    func roundRobin() async throws {
        let result = try await result(selector: RoundRobin(), until: never, maxRounds: 5)
        let authors = result.conversation.messages.filter { $0.kind == .response }.map(\.author)
        #expect(authors == ["a", "b", "a", "b", "a"])
    }
}
