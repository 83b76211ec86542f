/// A description as words, for exact comparison.
struct DescriptionWord: Sendable {
    /// The word in lower case.
    let text: String
    /// The word as it stands.
    let spelling: String
    let isCapitalised: Bool
    /// Whether it is the first of its sentence.
    let isFirst: Bool
    /// Whether it stands directly beside a script without spaces between words.
    var touchesIdeograph: Bool
    /// The mark that ends a part of a sentence before the word, if there is one.
    let markBefore: Character?
    /// The same behind the word; the next word does not belong to this one then.
    var markAfter: Character?

    var isLast: Bool { markAfter != nil }
}

/// Takes a text apart.
///
/// A word is a run of letters and digits with `+` and `#` (`c++`, `c#`), with dots inside (`node.js`) and one in front
/// (`.net`). A hyphen joins (`go-to` is no `go`), but for `-based` and its like (`rust-based` is `rust`).
struct DescriptionTokenizer {
    private(set) var words: [DescriptionWord] = []
    private var current = ""
    private var mark: Character?
    private var startsSentence = true
    private var afterIdeograph = false

    init(_ text: String) {
        let characters = Array(text.prefix(StackDetection.textLimit))
        for (index, character) in characters.enumerated() {
            if Self.isPart(character, at: index, of: characters) {
                current.append(character)
            } else {
                finishWord(beforeIdeograph: character.isIdeograph)
                note(character, at: index, of: characters)
            }
        }
        finishWord(beforeIdeograph: false)
        if !words.isEmpty { words[words.count - 1].markAfter = words[words.count - 1].markAfter ?? "." }
    }

    private static let marks: Set<Character> = [
        ".", "!", "?", ":", ";", ",", "\n", "\r\n", "(", ")", "[", "]", "/", "—", "–", "。", "、", ",", ":", "|",
    ]
    private static let sentenceEnds: Set<Character> = [".", "!", "?", ":", "\n", "\r\n", "。"]
    private static let suffixes: Set<Substring> = ["based", "powered", "written", "language", "lang", "only", "native"]

    private static func isPart(_ character: Character, at index: Int, of text: [Character]) -> Bool {
        if character.isWordPart || character == "+" || character == "#" || character == "_" { return true }
        guard ".'’-".contains(character), index + 1 < text.count, text[index + 1].isWordPart else { return false }
        let follows = index > 0 && text[index - 1].isWordPart
        return follows || (character == "." && (index == 0 || text[index - 1].isWhitespace))
    }

    private mutating func note(_ character: Character, at index: Int, of text: [Character]) {
        afterIdeograph = character.isIdeograph
        let isDash = character == "-" && index > 0 && text[index - 1].isWhitespace
        guard Self.marks.contains(character) || isDash else { return }
        if !words.isEmpty, words[words.count - 1].markAfter == nil { words[words.count - 1].markAfter = character }
        mark = character
        startsSentence = startsSentence || Self.sentenceEnds.contains(character)
    }

    private mutating func finishWord(beforeIdeograph: Bool) {
        guard !current.isEmpty else { return }
        defer { current = "" }
        var spelling = current
        let parts = current.split(separator: "-")
        if parts.count == 2, Self.suffixes.contains(Substring(parts[1].lowercased())), parts[0].lowercased() != "node" {
            spelling = String(parts[0])
        }
        words.append(
            DescriptionWord(
                text: spelling.lowercased(),
                spelling: spelling,
                isCapitalised: spelling.first?.isUppercase ?? false,
                isFirst: startsSentence,
                touchesIdeograph: afterIdeograph || beforeIdeograph,
                markBefore: mark,
                markAfter: nil
            )
        )
        if parts.count == 2, spelling != current { mark = nil }
        mark = nil
        startsSentence = false
        afterIdeograph = false
    }
}

extension Character {
    fileprivate var isWordPart: Bool { (isLetter || isNumber) && !isIdeograph }

    /// Chinese, Japanese, Korean and Thai letters, which stand without spaces.
    fileprivate var isIdeograph: Bool {
        guard let scalar = unicodeScalars.first, scalar.value >= 0x0E00 else { return false }
        switch scalar.value {
        case 0x0E00...0x0E7F, 0x1100...0x11FF, 0x2E80...0x9FFF, 0xAC00...0xD7AF, 0xF900...0xFAFF, 0x20000...0x3FFFF:
            return true
        default: return false
        }
    }
}
