import Core
import HashKit
import Journal
import TestSupport
import Testing

@Suite("The comparison of two journals", .tags(.medium), .temporaryDirectory)
struct ComparisonTests {
    @Test("does not see order, times and repetitions")
    func equal() async throws {
        let store = try await openStore()
        let first = try await startJournal(store, 1)
        let second = try await startJournal(FailingStore(store, when: EventKind("none")), 2)
        for name in ["a", "b", "c"] {
            _ = try await first.step(StepPath(name), input: name) { name }
        }
        try await first.record(.runPaused)
        for name in ["c", "a", "b"] {
            _ = try? await second.step(StepPath(name), input: name) { () async throws -> String in
                throw JournalError.stepUnknown("x")
            }
            _ = try await second.step(StepPath(name), input: name) { name }
        }
        let difference = try await store.difference(of: first.run, from: second.run)
        #expect(difference.isEmpty)
        #expect(difference.description.isEmpty)
    }

    @Test("names each step that differs")
    func different() async throws {
        let store = try await openStore()
        let first = try await startJournal(store, 1)
        let second = try await startJournal(store, 2)
        for (journal, texts) in [(first, ["a": "1", "b": "2", "c": "3"]), (second, ["b": "2", "c": "4", "d": "5"])] {
            for (name, text) in texts.sorted(by: { $0.key < $1.key }) {
                _ = try await journal.step(StepPath(name), input: name == "b" ? "\(journal.run)" : "") { text }
            }
        }
        let difference = try await store.difference(of: first.run, from: second.run)
        #expect(
            difference.description == "only in the first: a\nonly in the second: d\nother input: b\nother result: c"
        )
    }
}
