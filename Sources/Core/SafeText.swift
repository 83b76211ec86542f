/// Text of others, made harmless for the places that generated files put it in.
package enum SafeText {
    /// The text without control characters and without marks that reorder or hide text; line ends become `\n`.
    package static func clean(_ text: some StringProtocol) -> String {
        var result = String.UnicodeScalarView()
        for scalar in String(text).replacing("\r\n", with: "\n").unicodeScalars {
            switch scalar {
            case "\n", "\t": result.append(scalar)
            case "\r", "\u{85}", "\u{2028}", "\u{2029}": result.append("\n")
            default:
                if !isHidden(scalar) { result.append(scalar) }
            }
        }
        return String(result)
    }

    /// One line that neither a comment nor a string in double quotes of any stack ends at or interprets.
    ///
    /// A text of more than `limit` characters is cut at a word and ends in `…`.
    package static func line(_ text: some StringProtocol, limit: Int = 200) -> String {
        let words = clean(text.prefix(limit * 8)).split(whereSeparator: \.isWhitespace)
        let plain = words.joined(separator: " ")
            .replacing("*/", with: "* /").replacing("/*", with: "/ *").replacing("--", with: "-")
            .map { harmless[$0] ?? String($0) }.joined()
        return cut(plain, limit: limit)
    }

    /// A line of Markdown in which nothing is markup; links, images and HTML stay visible text.
    static func markdown(_ line: some StringProtocol) -> String {
        let marks: Set<Character> = ["\\", "`", "*", "_", "[", "]", "<", ">", "#", "|", "~", "&", "!"]
        return line.map { marks.contains($0) ? "\\\($0)" : String($0) }.joined()
    }

    /// The text up to `limit` characters, cut at a word where there is one.
    package static func cut(_ text: String, limit: Int) -> String {
        guard text.count > limit else { return text }
        let part = text.prefix(max(limit - 1, 1))
        let atWord = part.lastIndex(of: " ").map { part[..<$0] } ?? part
        return (atWord.count > limit / 2 ? atWord : part) + "…"
    }

    private static let harmless: [Character: String] = [
        "\"": "'", "\\": "/", "`": "'", "{": "(", "}": ")", "$": "", "<": "(", ">": ")", "&": "and", "%": " percent",
    ]

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200E, 0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFEFF, 0xFFF9...0xFFFB: true
        case 0xE0000...0xE0FFF: true
        default: scalar.properties.generalCategory == .unassigned || scalar.properties.isNoncharacterCodePoint
        }
    }
}
