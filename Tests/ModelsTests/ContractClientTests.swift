import Core
import Models
import TestSupport
import Testing

@Suite("A contract's client", .tags(.small))
struct ContractClientTests {
    private let input = ReviewInput(
        title: "Count Words",
        description: "counts words",
        component: Samples.component,
        expected: [],
        files: [],
        checks: [CheckResult(argv: ["cargo", "test"], exitCode: 0)]
    )
    private let good = #"{"accepted": true, "feedback": "", "issues": []}"#

    @Test(
        "takes the object out of a fence or prose",
        arguments: [
            "%",
            "```json\n%\n```",
            "Here is my review, as asked: %\nI hope that it helps {or not}.",
            "\u{FEFF}\n%\n\n",
        ]
    )
    func tolerance(frame: String) async throws {
        let provider = ScriptedProvider(["review": [.text(frame.replacing("%", with: good))]])
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        #expect(outcome.answer.accepted)
        #expect(!outcome.repaired)
        #expect(outcome.calls == 1)
    }

    @Test("sends the exact error back once and takes the repaired answer")
    func repair() async throws {
        let provider = ScriptedProvider(["review": [.text("no idea"), .text(good)]])
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        #expect(outcome.repaired)
        #expect(outcome.calls == 2)
        #expect(outcome.usage == Usage(inputTokens: 20, outputTokens: 10, costUSD: 0.5))
        #expect(outcome.rejections == [["the answer holds no JSON object"]])
        let second = try #require(provider.requests.last?.repair)
        #expect(second.previousAnswer == "no idea")
        #expect(second.error == "- the answer holds no JSON object")
        #expect(provider.requests.first?.repair == nil)
    }

    @Test("falls back as the contract declares, with the reason, and never accepts")
    func fallback() async throws {
        let provider = ScriptedProvider(["review": [.text("yes")]], repeatsLast: true)
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        #expect(!outcome.answer.accepted)
        #expect(provider.requests.count == 2)
        #expect(
            outcome.fallbackReason
                == "the component is not accepted, because the model gave no usable answer: "
                + "the answer holds no JSON object"
        )
    }

    @Test("fails where the contract declares no fallback")
    func failure() async throws {
        let provider = ScriptedProvider(["plan": [.text("{}")]], repeatsLast: true)
        let error = await #expect(throws: ContractFailure.self) {
            try await ContractClient().ask(PlanContract(), input: Samples.planInput("x"), of: provider)
        }
        #expect(error?.failureClass == .contract)
        #expect(error?.calls == 2)
        #expect(error?.problems.first == "'title' is missing")
    }

    @Test("drops members that the schema does not know and reports them")
    func unknownMembers() async throws {
        let text = #"{"accepted": true, "feedback": "", "issues": [], "deploy": true, "mood": {"a": 1}}"#
        let provider = ScriptedProvider(["review": [.text(text)]])
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        #expect(outcome.droppedFields == ["deploy", "mood"])
        #expect(outcome.answer == Review(accepted: true, feedback: "", issues: []))
    }

    @Test("passes a provider's trouble on without repair and without fallback")
    func infrastructure() async throws {
        struct Down: Error {}
        let provider = ScriptedProvider(["review": [.failure(Down())]])
        await #expect(throws: Down.self) {
            try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        }
        #expect(provider.requests.count == 1)
    }

    @Test("notices an answer that the provider cut off, even when it looks whole")
    func outputLimit() async throws {
        let cut = ModelReply(text: good, ending: .outputLimit)
        let provider = ScriptedProvider(["review": [.reply(cut), .text(good)]])
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        #expect(outcome.repaired)
        #expect(outcome.rejections.first?.first?.contains("cut off") == true)
    }

    @Test("numbers the attempts for the caller's own call")
    func attempts() async throws {
        var seen: [Int] = []
        let outcome = try await ContractClient().ask(ReviewContract(), input: input) { _, attempt in
            seen.append(attempt)
            return ModelReply(text: attempt == 0 ? "[]" : good)
        }
        #expect(seen == [0, 1])
        #expect(outcome.answer.accepted)
    }

    @Test("does not ask again when no repair is allowed")
    func noRepair() async throws {
        let provider = ScriptedProvider(["review": [.text("yes"), .text(good)]])
        let outcome = try await ContractClient(repairLimit: 0).ask(ReviewContract(), input: input, of: provider)
        #expect(!outcome.answer.accepted)
        #expect(provider.requests.count == 1)
    }

    @Test("can be recorded: request, reply and outcome survive being written and read")
    func codable() async throws {
        let provider = ScriptedProvider(["review": [.text("?"), .text(good)]])
        let outcome = try await ContractClient().ask(ReviewContract(), input: input, of: provider)
        let again: ContractOutcome<Review> = try JSONValue(encoding: outcome).decoded()
        #expect(again.answer == outcome.answer)
        #expect(again.rejections == outcome.rejections)
        for request in provider.requests {
            #expect(try JSONValue(encoding: request).decoded(as: ModelRequest.self) == request)
        }
    }
}
