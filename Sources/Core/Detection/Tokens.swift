/// A text as words, for exact comparison: nothing here ever looks at a part of a word.
package struct Tokens: Sendable {
    package struct Word: Sendable {
        /// The word in lower case.
        package let text: String
        /// Whether it begins with a capital letter.
        package let isCapitalised: Bool
        /// Whether a sentence or a part of it ends here: the next word does not belong to this one.
        package fileprivate(set) var isLast: Bool
        /// Whether it is the first of its sentence.
        package let isFirst: Bool
    }

    package private(set) var words: [Word] = []

    /// Words are runs of letters and digits with `+` and `#` (`c++`, `c#`), with inner dots (`node.js`) and a
    /// leading one (`.net`); everything else separates, a hyphen or a space without ending a part of a sentence.
    package init(_ text: String) {
        let characters = Array(text)
        var current = ""
        var startsSentence = true
        for (index, character) in characters.enumerated() {
            if Self.isPart(character, at: index, of: characters) {
                current.append(character)
                continue
            }
            if !current.isEmpty {
                add(current, isFirst: startsSentence)
                startsSentence = false
                current = ""
            }
            if Self.ends.contains(character) {
                markLast()
                startsSentence = startsSentence || ".!?:\n".contains(character)
            }
        }
        if !current.isEmpty { add(current, isFirst: startsSentence) }
        markLast()
    }

    private static let ends: Set<Character> = [".", "!", "?", ":", ";", ",", "\n", "(", ")", "\r\n"]

    private static func isPart(_ character: Character, at index: Int, of text: [Character]) -> Bool {
        if character.isWordPart || "+#_".contains(character) { return true }
        guard ".'’".contains(character), index + 1 < text.count, text[index + 1].isWordPart else { return false }
        let follows = index > 0 && text[index - 1].isWordPart
        return follows || (character == "." && (index == 0 || text[index - 1].isWhitespace))
    }

    private mutating func add(_ word: String, isFirst: Bool) {
        let isCapitalised = word.first?.isUppercase ?? false
        words.append(Word(text: word.lowercased(), isCapitalised: isCapitalised, isLast: false, isFirst: isFirst))
    }

    private mutating func markLast() {
        guard !words.isEmpty else { return }
        words[words.count - 1].isLast = true
    }

    /// Where the words of `phrase` stand side by side inside one part of a sentence.
    package func positions(of phrase: String) -> [Range<Int>] {
        let wanted = Tokens(phrase).words.map { $0.text }
        guard !wanted.isEmpty, wanted.count <= words.count else { return [] }
        return (0...(words.count - wanted.count)).compactMap { start in
            let range = start..<(start + wanted.count)
            let isTogether = words[range].dropLast().allSatisfy { !$0.isLast }
            return isTogether && words[range].map({ $0.text }) == wanted ? range : nil
        }
    }

    package func contains(_ phrase: String) -> Bool { !positions(of: phrase).isEmpty }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber }
}
