import Foundation
import GitKit
import TestSupport
import Testing

@Suite("A merge of text", .tags(.small))
struct TextMergeTests {
    private func merge(_ base: String, _ ours: String, _ theirs: String) throws -> TextMerge {
        try TextMerge.merge(
            base: Array(base.utf8),
            ours: Array(ours.utf8),
            theirs: Array(theirs.utf8),
            labels: ("api", "web")
        )
    }

    @Test(
        "takes both sides when they do not touch",
        arguments: [
            ("1\n2\n3\n4\n", "A\n2\n3\n4\n", "1\n2\n3\nB\n", "A\n2\n3\nB\n"),
            ("1\n2\n3\n", "1\n3\n", "1\n2\n3\n4\n", "1\n3\n4\n"),
            ("x", "x", "y", "y"), ("x", "y", "x", "y"), ("x", "y", "y", "y"), ("", "", "a", "a"), ("a", "", "a", ""),
            ("1\r\n2\r\n3\r\n", "A\r\n2\r\n3\r\n", "1\r\n2\r\nB\r\n", "A\r\n2\r\nB\r\n"),
        ]
    )
    func clean(base: String, ours: String, theirs: String, expected: String) throws {
        #expect(try merge(base, ours, theirs) == .merged(Array(expected.utf8)))
    }

    @Test("shows both sides and the base when they disagree")
    func conflict() throws {
        let marked = "<<<<<<< api\nA\n||||||| base\n1\n=======\nB\n>>>>>>> web\n2\n"
        guard case .conflicted(let bytes) = try merge("1\n2\n", "A\n2\n", "B\n2\n") else {
            Issue.record("expected a conflict")
            return
        }
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.replacing(/\|{7}.*\n/, with: "||||||| base\n") == marked)
    }

    @Test("never mixes binary contents")
    func binary() throws {
        #expect(try merge("a\u{0}\n1\n", "b\u{0}\n1\n", "a\u{0}\n2\n") == .conflicted(Array("b\u{0}\n1\n".utf8)))
        #expect(try merge("a\u{0}", "a\u{0}", "b\u{0}") == .merged(Array("b\u{0}".utf8)))
    }
}

@Suite("A commit's name", .tags(.small))
struct CommitIDTests {
    @Test("is 40 hexadecimal digits")
    func digits() throws {
        let hex = "0123456789abcdef0123456789ABCDEF89abcdef"
        let id = try #require(CommitID(hex))
        #expect(id.description == hex.lowercased())
        #expect(try JSONDecoder().decode([CommitID].self, from: JSONEncoder().encode([id])) == [id])
        for bad in ["", String(hex.dropLast()), hex + "0", "g" + hex.dropFirst()] { #expect(CommitID(bad) == nil) }
    }
}
