/// A description taken apart, with the questions that detection asks of it.
struct DescriptionReading {
    /// A name of a stack at a place of the text.
    struct Hit {
        let guide: String
        let range: Range<Int>
        /// Whether `with` or its like is all that introduces it.
        let isLoose: Bool
    }

    let words: [DescriptionWord]
    /// Where the part that says what is made ends, at the first word such as "that" or "to".
    let headEnd: Int
    /// Words by their text, for finding phrases.
    private let places: [String: [Int]]

    init(_ text: String) {
        words = DescriptionTokenizer(text).words
        headEnd = Self.clause(in: 0..<words.count, of: words)
        places = Dictionary(grouping: words.indices) { [words] in words[$0].text }
    }

    /// Where the words of `phrase` stand side by side in one part of a sentence.
    func ranges(of phrase: String) -> [Range<Int>] {
        let wanted = phrase.lowercased().split(separator: " ").map(String.init)
        guard let first = wanted.first else { return [] }
        return starts(of: first, isWhole: wanted.count == 1).compactMap { start in
            let range = start..<(start + wanted.count)
            guard range.upperBound <= words.count else { return nil }
            let isTogether = words[range].dropLast().allSatisfy { !$0.isLast }
            return isTogether && zip(words[range], wanted).dropFirst().allSatisfy({ $0.text == $1 }) ? range : nil
        }
    }

    /// The places of a word, also with a version at its end: `python3`, `c++20`.
    private func starts(of word: String, isWhole: Bool) -> [Int] {
        guard isWhole, word.count > 1 else { return places[word] ?? [] }
        return places.keys.filter { key in
            key.hasPrefix(word) && key.dropFirst(word.count).allSatisfy { $0.isASCII && ($0.isNumber || $0 == ".") }
        }
        .flatMap { places[$0] ?? [] }.sorted()
    }

    /// The kind that the words of a part of the text speak for; words before `that`, `which` … count four times.
    func kind(in range: Range<Int>) -> ProjectKind? {
        let end = Self.clause(in: range, of: words)
        var best: (kind: ProjectKind, score: Int, place: Int)?
        for (kind, phrases) in KindWords.all {
            var score = 0
            var place = Int.max
            for (phrase, weight) in phrases {
                for found in ranges(of: phrase) where range.contains(found.lowerBound) && !isNegated(found) {
                    score += found.lowerBound < end ? weight * 4 : weight
                    place = min(place, found.lowerBound)
                }
            }
            guard score > 0 else { continue }
            if best.map({ (score, -place) > ($0.score, -$0.place) }) ?? true { best = (kind, score, place) }
        }
        return best?.kind
    }

    /// Where the first clause of a part of the text begins, or where the part ends.
    private static func clause(in range: Range<Int>, of words: [DescriptionWord]) -> Int {
        range.dropFirst().first { place in
            LanguageWords.clauses.contains(words[place].text) && !RequestWords.joinsRequest(at: place, of: words)
        } ?? range.upperBound
    }

    func word(before place: Int) -> DescriptionWord? {
        guard place > 0, !words[place - 1].isLast else { return nil }
        return words[place - 1]
    }

    func word(after range: Range<Int>) -> DescriptionWord? {
        guard range.upperBound < words.count, !words[range.upperBound - 1].isLast else { return nil }
        let next = words[range.upperBound]
        guard next.text.allSatisfy({ $0.isNumber || $0 == "." }) else { return next }
        return word(after: range.lowerBound..<(range.upperBound + 1))
    }

    func isNegated(_ range: Range<Int>) -> Bool {
        var place = range.lowerBound
        var steps = 0
        while let before = word(before: place), steps < 3 {
            if LanguageWords.negations.contains(before.text) { return true }
            let isInstead = before.text == "of" && place > 1 && words[place - 2].text == "instead"
            if isInstead { return true }
            let isSmall =
                LanguageWords.introducers.contains(before.text) || LanguageWords.articles.contains(before.text)
                || LanguageWords.fillers.contains(before.text) || before.text == "any"
            guard isSmall else { return false }
            place -= 1
            steps += 1
        }
        return false
    }
}
