import Core
import TestSupport
import Testing

@Suite("The target of a link", .tags(.small))
struct LinkTargetTests {
    private func problem(_ target: String, from path: String) -> String? {
        LinkTarget.problem(Array(target.utf8), linkedFrom: Array(path.utf8))
    }

    @Test(
        "may be any place in the tree",
        arguments: [
            ("b", "a"), ("./b", "a"), ("b/c/", "a"), ("..", "d/a"), ("../b", "d/a"), ("../../x/y", "d/e/a"),
            (".//..//b", "d/a"), ("nowhere", "a"), ("...", "a"), ("..b", "a"), ("ü", "a"),
        ]
    )
    func inside(target: String, path: String) {
        #expect(problem(target, from: path) == nil)
    }

    @Test(
        "may not lead out of the tree, wherever the names on the way lead",
        arguments: [
            ("/etc", "a", "outside"), ("/", "d/e/a", "outside"), ("..", "a", "outside"), ("../../b", "d/a", "outside"),
            ("./../.", "a", "outside"), ("b/..", "a", "behind"), ("../b/../c", "d/a", "behind"),
            ("a/b/up/../..", "out", "behind"), ("", "a", "nothing"), ("a\0b", "a", "UTF-8"),
        ]
    )
    func outside(target: String, path: String, word: String) {
        #expect(problem(target, from: path)?.contains(word) == true)
    }

    @Test("is text")
    func text() {
        #expect(LinkTarget.problem([0x61, 0xFF], linkedFrom: [0x61])?.contains("UTF-8") == true)
    }
}
