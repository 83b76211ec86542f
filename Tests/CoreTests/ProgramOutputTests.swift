import Core
import TestSupport
import Testing

@Suite("What a program printed", .tags(.small))
struct ProgramOutputTests {
    @Test(
        "is shown as plain text",
        arguments: [
            ("\u{1b}[1;31merror\u{1b}[0m: x", "error: x"),
            ("\u{1b}]0;title\u{7}a\u{1b}]8;;http://x\u{1b}\\b", "ab"),
            ("\u{1b}(Bplain\u{1b}c", "plain"),
            ("10 %\r50 %\r100 %\nend\r\n", "100 %\nend\n"),
            ("a\u{9b}2Jb\u{0}\u{8}c\td", "abc\td"),
            ("\u{1b}[", ""),
            ("\u{1b}]never ended\nnext", "next"),
            ("\u{202e}abc", "abc"),
            ("\u{1b}[31", ""),
        ]
    )
    func plain(text: String, expected: String) {
        #expect(ProgramOutput.plain(text) == expected)
    }

    @Test("ends with few and short lines")
    func lastLines() {
        let text = (1...100).map { "line \($0)\n\n" }.joined()
        #expect(ProgramOutput.lastLines(of: text, count: 2) == ["line 99", "line 100"])
        #expect(ProgramOutput.lastLines(of: "abcdef", count: 2, width: 4) == ["abc…"])
        #expect(ProgramOutput.lastLines(of: "").isEmpty)
        let flood = String(repeating: "x", count: 1_000_000)
        #expect(ProgramOutput.lastLines(of: flood).map(\.count) == [300])
    }
}
