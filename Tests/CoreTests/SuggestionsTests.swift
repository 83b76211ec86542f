import Core
import TestSupport
import Testing

@Suite("Suggestions", .tags(.small))
struct SuggestionsTests {
    @Test(
        "count edits",
        arguments: [
            ("", "", 0), ("runs", "runs", 0), ("rnus", "runs", 1), ("run", "runs", 1), ("kitten", "sitting", 3),
            ("", "ab", 2),
        ]
    )
    func distance(first: String, second: String, edits: Int) {
        #expect(Suggestions.distance(from: first, to: second) == edits)
        #expect(Suggestions.distance(from: second, to: first) == edits)
    }

    @Test("offer what is near or begins with the word, nearest first, and nothing else")
    func near() {
        let names = ["runs", "resume", "restore", "replay", "prune"]
        #expect(Suggestions.near("rus", in: names) == ["runs"])
        #expect(Suggestions.near("rest", in: names) == ["restore"])
        #expect(Suggestions.near("prnue", in: names) == ["prune"])
        #expect(Suggestions.near("build", in: names) == [])
        let long = ["DRYDOCK_PIPELINE", "DRYDOCK_OFFLINE"]
        #expect(Suggestions.near("DRYDOCK_PIPLINE", in: long) == ["DRYDOCK_PIPELINE"])
    }
}
