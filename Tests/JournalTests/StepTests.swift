import Core
import Foundation
import Journal
import TestSupport
import Testing

private struct Request: Codable, Sendable {
    var command: [String]
    var folder = ""
    var attempt = 1
}

private struct Mishap: ReportableError, Equatable {
    var kind: FaultKind { .unverified }
    var description: String { "the test 'a' failed" }
}

@Suite("A durable step", .tags(.medium), .temporaryDirectory)
struct StepTests {
    @Test("acts once and then returns what was recorded", arguments: [3, 5_000])
    func recorded(size: Int) async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        let calls = Counter()
        let text = String(repeating: "é", count: size)
        let first = try await journal.step("a/b", input: Request(command: ["x"])) {
            calls.next()
            return text
        }
        #expect(!journal.wasReplayed("a/b"))
        let again = try await reopened(journal)
        let second = try await again.step("a/b", input: Request(command: ["x"])) {
            calls.next()
            return "another"
        }
        #expect(first == text)
        #expect(second == text)
        #expect(calls.value == 1)
        #expect(again.wasReplayed("a/b"))
        #expect(try await again.recordedResult("a/b", as: String.self) == text)
    }

    @Test("stops at another input and says which parts changed")
    func changedInput() async throws {
        let journal = try await startJournal(try await openStore())
        _ = try await journal.step("a", input: Request(command: ["x"])) { 1 }
        let changed = Request(command: ["x", "y,\"z"], folder: "", attempt: 2)
        let error = await #expect(throws: JournalError.self) {
            try await journal.step("a", input: changed) { 2 }
        }
        #expect(error == .inputChanged(step: "a", what: "'attempt', 'command' differ"))
        #expect(error?.failureClass == .user)
    }

    @Test("goes on from a step when it is told to, and forgets what began after it")
    func rewind() async throws {
        let journal = try await startJournal(try await openStore())
        for name in ["a", "b", "c"] {
            _ = try await journal.step(StepPath(name), input: 1) { name }
        }
        try await journal.rewind(to: "b")
        let again = try await reopened(journal)
        #expect(try await again.step("a", input: 1) { "new" } == "a")
        #expect(try await again.step("b", input: 2) { "new" } == "new")
        #expect(try await again.step("c", input: 1) { "new" } == "new")
        await #expect(throws: JournalError.stepUnknown("x")) { try await again.rewind(to: "x") }
    }

    @Test("records what the effect throws by its class, and is made again")
    func failure() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        await #expect(throws: Mishap()) {
            try await journal.step("a", input: 1) { () async throws -> Int in throw Mishap() }
        }
        let event = try #require(try await store.events(of: journal.run).last)
        #expect(event.kind == .stepFailed)
        #expect(event.body == ["class": "quality", "message": "the test 'a' failed"])
        #expect(journal.recordedOutcomes.isEmpty)
        let replay = try await RunJournal(store: store, run: journal.run, lease: nil, mode: .replay)
        await #expect(
            throws: JournalError.recordedFailure(step: "a", class: .quality, message: "the test 'a' failed")
        ) {
            try await replay.step("a", input: 1) { 2 }
        }
        #expect(try await journal.step("a", input: 1) { 3 } == 3)
    }

    @Test("says which part of its input has changed, whatever the parts hold")
    func changedPart() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        let tricky = ["a": #"},{"b":"\"#, "b": "[\"x\",{", "c": "", "é/\"": ":,"]
        _ = try await journal.step("a", input: tricky) { 1 }
        for (name, shown) in [("a", "a"), ("b", "b"), ("c", "c"), ("é/\"", "é/\\\"")] {
            var changed = tricky
            changed[name]?.append("\"}")
            await #expect(throws: JournalError.inputChanged(step: "a", what: "'\(shown)' differs")) {
                try await journal.step("a", input: changed) { 2 }
            }
        }
        #expect(try await journal.step("a", input: tricky) { 3 } == 1)
    }

    @Test("cuts a failure's message to the size of an event", arguments: [10, 200, 40_000])
    func longFailure(length: Int) async throws {
        struct Long: Error, CustomStringConvertible { let description: String }
        let store = try await openStore()
        let journal = try await startJournal(store)
        let path = StepPath(String(repeating: "p", count: 60))
        await #expect(throws: Long.self) {
            try await journal.step(path, input: 1) { () async throws -> Int in
                throw Long(description: String(repeating: "\"🦊\n", count: length))
            }
        }
        let event = try #require(try await store.events(of: journal.run).last)
        #expect(event.kind == .stepFailed)
        #expect(event.body["message"]?.string?.isEmpty == false)
    }

    @Test(
        "in flight when its process died is looked for, and else made once more and marked",
        arguments: [true, false]
    )
    func inFlight(isFound: Bool) async throws {
        let store = try await openStore()
        let journal = try await startJournal(FailingStore(store, when: .stepEnded))
        await #expect(throws: FailingStore.Failure.self) { try await journal.step("a", input: 1) { "done" } }
        #expect(try await store.events(of: journal.run).map(\.kind) == [.runCreated, .stepBegan])
        let again = try await reopened(journal, in: store)
        let calls = Counter()
        let result = try await again.step("a", input: 1) {
            isFound ? "found" : nil
        } effect: {
            calls.next()
            return "made"
        }
        #expect(result == (isFound ? "found" : "made"))
        #expect(calls.value == (isFound ? 0 : 1))
        let events = try await store.events(of: journal.run).suffix(2)
        #expect(events.map(\.kind) == [.stepBegan, .stepEnded])
        #expect(events.first?.body["again"] == true)
        #expect(events.last?.body["probed"] == (isFound ? true : nil))
    }

    @Test("cannot be begun twice at the same time")
    func twice() async throws {
        let journal = try await startJournal(try await openStore())
        let error = await #expect(throws: JournalError.self) {
            try await journal.step("a", input: 1) { try await journal.step("a", input: 1) { 2 } }
        }
        #expect(error == .stepInFlight("a"))
        #expect(try await journal.step("a", input: 1) { 3 } == 3)
    }

    @Test("in a replay never acts and writes nothing")
    func replay() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        _ = try await journal.step("a", input: 1) { "a" }
        _ = try await journal.step("b", input: 1) { "b" }
        let count = try await store.events(of: journal.run).count
        let replay = try await RunJournal(store: store, run: journal.run, lease: nil, mode: .replay)
        #expect(try await replay.step("a", input: 1) { "no" } == "a")
        await #expect(throws: JournalError.effectForbidden(step: "c")) {
            try await replay.step("c", input: 1) { "no" }
        }
        try await replay.record(.runCompleted)
        #expect(try await store.events(of: journal.run).count == count)
        let difference = JournalDifference(replay.recordedOutcomes, replay.passedOutcomes)
        #expect(difference.description == "only in the first: b")
        _ = try await replay.step("b", input: 1) { "no" }
        #expect(JournalDifference(replay.recordedOutcomes, replay.passedOutcomes).isEmpty)
    }

    @Test("leaves no secret in the file, and returns what a replay would return")
    func redaction() async throws {
        let secret = #"s3cr"et\value/1"#
        let store = try await openStore()
        let journal = try await startJournal(store, redactor: Redactor(secrets: ["TOKEN": secret]))
        let result = try await journal.step("a", input: ["key": secret]) { [secret, "plain", secret + secret] }
        let redacted = "[redacted:TOKEN]"
        #expect(result == [redacted, "plain", redacted + redacted])
        try await journal.record(EventKind("note"), body: ["text": .string(secret)])
        try await journal.record(EventKind("note"), body: ["text": .string(String(repeating: secret, count: 90))])
        struct Leak: Error, CustomStringConvertible { let description: String }
        await #expect(throws: Leak.self) {
            try await journal.step("b", input: 1) { () async throws -> Int in throw Leak(description: secret) }
        }
        try await store.checkpoint()
        let file = try Data(contentsOf: URL(filePath: journalPath))
        #expect(file.range(of: Data("s3cr".utf8)) == nil)
        let again = try await RunJournal(
            store: store,
            run: journal.run,
            lease: nil,
            redactor: Redactor(secrets: ["TOKEN": secret]),
            mode: .replay
        )
        #expect(try await again.step("a", input: ["key": secret]) { [""] } == result)
    }

    @Test("keeps a large body of an event beside it")
    func largeBody() async throws {
        let store = try await openStore()
        let journal = try await startJournal(store)
        let body: JSONValue = ["description": .string(String(repeating: "word ", count: 9_000)), "n": 1]
        let event = try #require(try await journal.record(EventKind("run.input"), body: body))
        #expect(event.body == .object([:]))
        #expect(try await store.body(of: event) == body)
        #expect(try await store.verify(nil).isEmpty)
    }
}
