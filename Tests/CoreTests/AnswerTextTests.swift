import Core
import TestSupport
import Testing

@Suite("The text of an answer", .tags(.small))
struct AnswerTextTests {
    @Test(
        "gives its one object",
        arguments: [
            #"{"a":1}"#,
            "```json\n{\"a\":1}\n```",
            "Sure! Given func f() {} and {x}, the answer is:\n{\"a\":1}\nDone.",
            "```\n{\"a\":1}",
            "{\"a\":1",
            "Here it is:\n```json\n{\"a\": 1\n```\n",
        ]
    )
    func found(text: String) throws {
        #expect(try AnswerText.object(in: text) == ["a": 1])
    }

    @Test("keeps a fence that stands inside a string")
    func innerFence() throws {
        let object: JSONValue = ["content": "```sh\nls {\"x\"}\n```"]
        #expect(try AnswerText.object(in: "```json\n\(object.text)\n```") == object)
    }

    @Test("closes what was left open, and nothing else")
    func unclosed() throws {
        let text = #"{"files": [{"path": "a}]", "content": "\"{"}, {"path": "b", "deps": []"#
        let value: JSONValue = ["files": [["path": "a}]", "content": "\"{"], ["path": "b", "deps": []]]]
        #expect(try AnswerText.object(in: text) == value)
        for cut in 1..<text.utf8.count {
            let part = String(decoding: Array(text.utf8).prefix(cut), as: UTF8.self)
            guard let object = try? AnswerText.object(in: part) else { continue }
            // Whatever is given is a beginning of the answer, each string of it whole.
            let names = object["files"]?.array?.compactMap { $0["path"]?.string } ?? []
            #expect(["a}]", "b"].starts(with: names), "\(part)")
        }
    }

    @Test(
        "accepts nothing silently",
        arguments: [
            ("", .empty),
            (" \n", .empty),
            ("I cannot do that.", .noObject),
            ("[1, 2]", .notAnObject),
            ("here: [{\"a\": 1}]", .notAnObject),
            ("\"{}\"", .notAnObject),
            ("{\"a\":1} or {\"a\":2}", .several(count: 2)),
            ("{\"files\": [{\"path\": \"a\"}, {\"pa", .truncated("line 1, column 31: a string is not closed")),
            ("{\"a\": 1,", .truncated("line 1, column 9: the object is not closed")),
            ("{\"a\": [1}", .malformed("line 1, column 9: ',' or ']' is expected")),
            ("{\"a\": {\"b\": 1},}", .malformed("line 1, column 16: a member's name in double quotes is expected")),
            ("x\n{\"a\": 'b'}", .malformed("line 2, column 7: a value is expected")),
        ] as [(String, AnswerTextError)]
    )
    func refused(text: String, error: AnswerTextError) {
        #expect(throws: error) { try AnswerText.object(in: text) }
    }

    @Test("takes little time for a text of brackets", .timeLimit(.minutes(1)))
    func brackets() {
        #expect(throws: AnswerTextError.noObject) {
            try AnswerText.object(in: String(repeating: "{", count: 100_000))
        }
    }
}
