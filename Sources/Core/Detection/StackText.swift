/// A description taken apart, with the questions that the detector asks of it.
struct StackText {
    /// How surely a name at some place means that the project is to be written in it.
    private enum Evidence: Int, Comparable {
        /// The word stands there.
        case mention = 1
        /// It describes what is made: `a Python script`.
        case noun
        /// It is said to be what is used: `written in Go`.
        case introduced

        static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
    }

    private struct Hit {
        let name: String
        let evidence: Evidence
        let position: Int
    }

    private let tokens: Tokens
    /// The end of the part that says what is made: a word such as `that` or `to`.
    private let headEnd: Int

    init(_ description: String) {
        tokens = Tokens(description)
        headEnd = tokens.words.firstIndex { LanguageWords.clauses.contains($0.text) } ?? tokens.words.count
    }

    /// The guides that the text asks for, in the order of the text; the most probable one when it only mentions some.
    func stacks(among subjects: [StackSubject]) -> [String] {
        let hits = subjects.flatMap { mentions(of: $0) }
        let asked = hits.filter { isEnough($0) }
        let chosen = asked.isEmpty ? best(hits) : asked
        var names: [String] = []
        for hit in chosen.sorted(by: { $0.position < $1.position }) where !names.contains(hit.name) {
            names.append(hit.name)
        }
        return names
    }

    /// Whether a hit alone says what is wanted: a noun does in the part that says what is made.
    private func isEnough(_ hit: Hit) -> Bool {
        hit.evidence == .introduced || (hit.evidence == .noun && hit.position < headEnd)
    }

    private func best(_ hits: [Hit]) -> [Hit] {
        guard let top = hits.map({ $0.evidence }).max() else { return [] }
        return hits.filter { $0.evidence == top }.min { $0.position < $1.position }.map { [$0] } ?? []
    }

    private func mentions(of subject: StackSubject) -> [Hit] {
        var hits: [Hit] = []
        for word in subject.words {
            let isOrdinary = LanguageWords.ordinary.contains(word.lowercased())
            for range in tokens.positions(of: word) {
                let evidence = evidence(at: range)
                guard !isOrdinary || evidence > .mention || standsAsName(range) else { continue }
                hits.append(Hit(name: subject.name, evidence: evidence, position: range.lowerBound))
            }
        }
        return hits.filter { !isNegated($0.position) }
    }

    private func evidence(at range: Range<Int>) -> Evidence {
        if isIntroduced(range) { return .introduced }
        return isFollowedByNoun(range) ? .noun : .mention
    }

    /// Whether a word such as `in` or `using` stands before it, and nothing after it that it would belong to.
    private func isIntroduced(_ range: Range<Int>) -> Bool {
        guard range.lowerBound > 0 else { return false }
        let before = tokens.words[range.lowerBound - 1]
        guard !before.isLast, LanguageWords.introducers.contains(before.text) else { return false }
        guard let next = following(range) else { return true }
        let isSaidToBeWritten =
            range.lowerBound > 1 && LanguageWords.verbs.contains(tokens.words[range.lowerBound - 2].text)
        return LanguageWords.connectors.contains(next.text) || isSaidToBeWritten
    }

    private func isFollowedByNoun(_ range: Range<Int>) -> Bool {
        guard let next = following(range) else { return false }
        return LanguageWords.nouns.contains(next.text)
    }

    /// Whether it is written with a capital inside a sentence, as a name is, where others are not, or heads the text.
    private func standsAsName(_ range: Range<Int>) -> Bool {
        let word = tokens.words[range.lowerBound]
        if range.lowerBound == 0, word.isLast, tokens.words.count > 1 { return true }
        guard word.isCapitalised, !word.isFirst else { return false }
        let capitals = tokens.words.count { $0.isCapitalised }
        return capitals * 2 <= tokens.words.count
    }

    private func isNegated(_ position: Int) -> Bool {
        let before = tokens.words[max(0, position - 2)..<position]
        guard let last = before.last, !last.isLast else { return false }
        if LanguageWords.negations.contains(last.text) { return true }
        return before.count == 2 && !before[before.startIndex].isLast
            && LanguageWords.negations.contains(before[before.startIndex].text)
            && (LanguageWords.introducers.contains(last.text) || LanguageWords.articles.contains(last.text))
    }

    private func following(_ range: Range<Int>) -> Tokens.Word? {
        guard range.upperBound < tokens.words.count, !tokens.words[range.upperBound - 1].isLast else { return nil }
        return tokens.words[range.upperBound]
    }

    /// A language that the text asks for and that no guide knows, as the text spells it in lower case.
    func unknownStack(besides subjects: [StackSubject]) -> String? {
        let known = Set(subjects.flatMap { $0.words }.map { $0.lowercased() })
        var hits: [Hit] = []
        for name in LanguageWords.languages where !known.contains(name) {
            for range in tokens.positions(of: name) {
                hits.append(Hit(name: name, evidence: evidence(at: range), position: range.lowerBound))
            }
        }
        return hits.filter { isEnough($0) && !isNegated($0.position) }.min { $0.position < $1.position }?.name
    }

    /// The kind that the words of the text speak for; words before the first `that`, `which`, `to` … count four times.
    var kind: WantedKind {
        var best: (kind: ProjectKind, score: Int, position: Int)?
        for kind in ProjectKind.allCases {
            let hits = KindWords.words(for: kind).flatMap { phrase, weight in
                tokens.positions(of: phrase).filter { !isNegated($0.lowerBound) }
                    .map { (weight * ($0.lowerBound < headEnd ? 4 : 1), $0.lowerBound) }
            }
            guard let first = hits.map({ $0.1 }).min() else { continue }
            let score = hits.map { $0.0 }.reduce(0, +)
            if best.map({ (score, -first) > ($0.score, -$0.position) }) ?? true {
                best = (kind, score, first)
            }
        }
        return WantedKind(kind: best?.kind)
    }
}
