/// How surely a name at some place means that the project is to be written in it.
private enum Evidence: Int, Comparable {
    /// The word stands there.
    case mention
    /// It describes what is made: `a Python script`.
    case noun
    /// It is said to be what is used, though by a word that says many things: `with Python`.
    case loose
    /// It is said to be what is used: `written in Go`.
    case introduced

    static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }
}

extension DescriptionReading {
    /// The stacks that the text asks for, each once, in the order of the text.
    func stackHits(among subjects: [StackSubject]) -> [Hit] {
        var hits = subjects.filter { !$0.isForPagesOnly }.flatMap { languageHits(of: $0) }
        hits.sort { ($0.range.lowerBound, -$0.range.count) < ($1.range.lowerBound, -$1.range.count) }
        hits = withoutAlternatives(withoutOverlaps(hits)).filter { !isSubject($0.range, of: hits.map(\.range)) }
        if let page = subjects.first(where: { $0.isForPagesOnly }) {
            let supports = hits.contains { hit in
                subjects.first { $0.name == hit.guide }?.kinds.contains(.webPage) == true
            }
            if hits.allSatisfy(\.isLoose), !supports, kind(in: 0..<words.count) == .webPage { hits = [] }
            hits += pageHits(of: page, besides: hits)
            hits.sort { $0.range.lowerBound < $1.range.lowerBound }
        }
        var seen: Set<String> = []
        return hits.filter { seen.insert($0.guide).inserted }
    }

    /// Where the words on each hit begin: behind the `and` before it.
    func segmentStarts(of hits: [Hit]) -> [Int] {
        hits.indices.map { index in
            guard index > 0 else { return 0 }
            let previous = hits[index - 1].range.upperBound
            let between = previous..<max(previous, hits[index].range.lowerBound)
            return between.last { ["and", "plus"].contains(words[$0].text) || words[$0].markBefore == "," }
                ?? between.lowerBound
        }
    }

    /// A language that the text asks for and that no guide knows, as the text spells it.
    func unknownLanguage(besides subjects: [StackSubject]) -> String? {
        let known = Set(subjects.flatMap { ($0.words + $0.names).map { $0.lowercased() } })
        let knownPlaces = Set(known.flatMap { ranges(of: $0) }.flatMap { Array($0) })
        var found: [Range<Int>] = []
        for name in LanguageWords.languages where !known.contains(name) {
            for range in ranges(of: name) where knownPlaces.isDisjoint(with: range) && isAskedFor(range, name) {
                found.append(range)
            }
        }
        let asked = subjects.flatMap { languageHits(of: $0) }.map(\.range)
        found = found.filter { !isAlternative($0, to: knownPlaces) && !isSubject($0, of: asked) }
        if let range = found.min(by: { ($0.lowerBound, -$0.count) < ($1.lowerBound, -$1.count) }) {
            return words[range].map(\.spelling).joined(separator: " ")
        }
        return strangeLanguage(knownPlaces)
    }

    /// A capitalised word after `written in` and its like that is no language known here.
    private func strangeLanguage(_ known: Set<Int>) -> String? {
        let place = words.indices.dropFirst(2).first { place in
            words[place].isCapitalised && words[place - 1].text == "in" && !words[place - 1].isLast
                && LanguageWords.codingVerbs.contains(words[place - 2].text) && !known.contains(place)
                && !LanguageWords.otherWritings.contains(words[place].text)
                && !LanguageWords.languages.contains(words[place].text)
        }
        guard let place, !isNegated(place..<(place + 1)) else { return nil }
        return words[place].spelling
    }

    private func languageHits(of subject: StackSubject) -> [Hit] {
        (subject.words + subject.names).flatMap { name in
            ranges(of: name).filter { isAskedFor($0, name, isName: subject.names.contains(name)) }
                .map { Hit(guide: subject.name, range: $0, isLoose: evidence(at: $0, isOrdinary: false) == .loose) }
        }
    }

    private func isAskedFor(_ range: Range<Int>, _ name: String, isName: Bool = false) -> Bool {
        let isOrdinary = isName || LanguageWords.ordinary.contains(name.lowercased())
        guard !isNegated(range) else { return false }
        if name.count == 1, !words[range.lowerBound].isCapitalised { return false }
        switch evidence(at: range, isOrdinary: isOrdinary) {
        case .introduced, .loose: return true
        case .noun: return range.lowerBound < headEnd || isCoordinated(range)
        case .mention: return false
        }
    }

    /// Whether the name stands as in `… and a Python tool`.
    private func isCoordinated(_ range: Range<Int>) -> Bool {
        guard let article = word(before: range.lowerBound), LanguageWords.articles.contains(article.text) else {
            return false
        }
        let place = range.lowerBound - 1
        return words[place].markBefore == "," || (place > 0 && ["and", "plus"].contains(words[place - 1].text))
    }
}

// MARK: - Evidence

extension DescriptionReading {
    private func evidence(at range: Range<Int>, isOrdinary: Bool) -> Evidence {
        let next = word(after: range)
        if let next, LanguageWords.objects.contains(next.text) { return .mention }
        if let introduction = introduction(of: range, isOrdinary: isOrdinary) { return introduction }
        if stands(alone: range, isOrdinary: isOrdinary) { return .introduced }
        return isAttribute(range, isOrdinary: isOrdinary) ? .noun : .mention
    }

    /// Whether a word such as `in` or `using` stands before the name, and nothing behind that it would belong to.
    private func introduction(of range: Range<Int>, isOrdinary: Bool) -> Evidence? {
        let first = words[range.lowerBound]
        if first.touchesIdeograph { return .introduced }
        var place = range.lowerBound
        if let before = word(before: place), ["and", "or"].contains(before.text), place > 1 {
            return listedIntroduction(of: range, isOrdinary: isOrdinary)
        }
        if isAnswer(range) { return .introduced }
        while let before = word(before: place), LanguageWords.fillers.contains(before.text) { place -= 1 }
        guard let before = word(before: place) else { return nil }
        if LanguageWords.preferences.contains(before.text), !isOrdinary || first.isCapitalised { return .introduced }
        if ["is", "be"].contains(before.text), place > 1, LanguageWords.preferences.contains(words[place - 2].text) {
            return .introduced
        }
        guard LanguageWords.introducers.contains(before.text) else { return nil }
        let verb = place > 1 ? word(before: place - 1)?.text : nil
        guard !(verb.map(LanguageWords.coverings.contains) ?? false) else { return nil }
        let isSure = verb.map(LanguageWords.verbs.contains) ?? false
        let isLoose = LanguageWords.looseIntroducers.contains(before.text) && !isSure
        let next = word(after: range)
        let isFree = next.map { LanguageWords.connectors.contains($0.text) } ?? true
        if isOrdinary, !isName(range) {
            return isFree && !isLoose && (range.lowerBound < headEnd || isSure || isFinal(range))
                ? .introduced : nil
        }
        guard isFree || isSure || !isOrdinary || isName(range) else { return nil }
        return isLoose ? .loose : .introduced
    }

    /// Whether the name answers a question that the text puts itself, as in `Language: Rust`.
    private func isAnswer(_ range: Range<Int>) -> Bool {
        guard range.lowerBound > 0, words[range.lowerBound].markBefore == ":" else { return false }
        return ["language", "lang", "stack"].contains(words[range.lowerBound - 1].text)
    }

    /// The evidence of a name behind `and` or `or`: that of the name before it.
    private func listedIntroduction(of range: Range<Int>, isOrdinary: Bool) -> Evidence? {
        let previous = (range.lowerBound - 2)..<(range.lowerBound - 1)
        guard LanguageWords.languages.contains(words[previous.lowerBound].text) else { return nil }
        let isPlain = LanguageWords.ordinary.contains(words[previous.lowerBound].text)
        return introduction(of: previous, isOrdinary: isPlain).map { min($0, .introduced) }
    }

    /// Whether the text or its sentence ends with the name.
    private func isFinal(_ range: Range<Int>) -> Bool {
        guard let mark = words[range.upperBound - 1].markAfter else { return false }
        return ".!?\n".contains(mark)
    }

    /// Whether the name stands between marks, as in `word counter (Rust)` or `Python: a word counter`.
    private func stands(alone range: Range<Int>, isOrdinary: Bool) -> Bool {
        guard let after = words[range.upperBound - 1].markAfter else { return false }
        let before = words[range.lowerBound].markBefore
        if range.lowerBound == 0, after == ":" { return words.count > range.count }
        guard !isOrdinary || words[range.lowerBound].isCapitalised else { return false }
        if before == "(" || before == "[" { return after == ")" || after == "]" }
        return (before != nil || range.lowerBound == 0) && range.lowerBound < headEnd && words.count > range.count
    }

    /// Whether the name describes what is made, as in `a Go program` or `Python word counter`.
    private func isAttribute(_ range: Range<Int>, isOrdinary: Bool) -> Bool {
        guard let next = word(after: range) else { return false }
        let before = word(before: range.lowerBound)
        if let before, words[range.lowerBound].text == "go", LanguageWords.verbSubjects.contains(before.text) {
            return words[range.lowerBound].isCapitalised && LanguageWords.nouns.contains(next.text)
        }
        let isNoun = LanguageWords.nouns.contains(next.text)
        if isNoun, !(words[range.lowerBound].text == "go" && next.text == "game") { return !isOnlyCapital(range) }
        guard !LanguageWords.connectors.contains(next.text), range.lowerBound < headEnd else { return false }
        let isBehindArticle =
            before.map { LanguageWords.articles.contains($0.text) || LanguageWords.makers.contains($0.text) } ?? true
        guard isBehindArticle else { return false }
        return !isOrdinary || isName(range)
    }

    /// Whether a name of one letter or an ordinary word stands in lower case where only a capital would tell.
    private func isOnlyCapital(_ range: Range<Int>) -> Bool {
        let word = words[range.lowerBound]
        return ["basic", "solid", "hack", "express", "spring", "scheme", "assembly", "lean", "forth", "make"]
            .contains(word.text) && (!word.isCapitalised || word.isFirst)
    }

    /// Whether the word has a capital inside a sentence, as a name has, where most others have none.
    private func isName(_ range: Range<Int>) -> Bool {
        let word = words[range.lowerBound]
        guard word.isCapitalised, !word.isFirst else { return false }
        return words.count { $0.isCapitalised } * 2 <= words.count
    }
}

// MARK: - Lists and pages

extension DescriptionReading {
    /// Whether the name is what the software deals with, as `Java` in `a Java linter in Python`.
    private func isSubject(_ range: Range<Int>, of hits: [Range<Int>]) -> Bool {
        let place = range.upperBound
        guard word(before: range.lowerBound)?.text != "in" else { return false }
        return hits.contains { hit in
            guard hit.lowerBound > place, words[hit.lowerBound - 1].text == "in" else { return false }
            return !(place..<hit.lowerBound).contains { between in
                ["and", "plus"].contains(words[between].text)
                    || (words[between].markBefore != nil && LanguageWords.articles.contains(words[between].text))
            }
        }
    }

    /// Of hits that share words, only the first and longest; hits are in the order of the text.
    private func withoutOverlaps(_ hits: [Hit]) -> [Hit] {
        var end = 0
        return hits.filter { hit in
            guard hit.range.lowerBound >= end else { return false }
            end = hit.range.upperBound
            return true
        }
    }

    /// Only the first of names that `or` joins.
    private func withoutAlternatives(_ hits: [Hit]) -> [Hit] {
        hits.enumerated().filter { index, hit in
            index == 0 || !(hit.range.lowerBound > 0 && words[hit.range.lowerBound - 1].text == "or")
        }
        .map(\.element)
    }

    /// Whether `or` joins an unknown language with a known one, so that the known one will do.
    private func isAlternative(_ range: Range<Int>, to known: Set<Int>) -> Bool {
        let isBefore =
            range.upperBound + 1 < words.count && words[range.upperBound].text == "or"
            && known.contains(range.upperBound + 1)
        let isBehind =
            range.lowerBound > 1 && words[range.lowerBound - 1].text == "or"
            && known.contains(range.lowerBound - 2)
        return isBefore || isBehind
    }

    /// A web page of its own: the only thing that is asked for in words of pages, or `… and a static web page`.
    private func pageHits(of page: StackSubject, besides others: [Hit]) -> [Hit] {
        let taken = Set(others.flatMap { Array($0.range) })
        for range in (page.words + page.names).flatMap({ ranges(of: $0) }).sorted(by: { $0.lowerBound < $1.lowerBound })
        where taken.isDisjoint(with: range) && !isNegated(range) {
            let isAsked = others.isEmpty ? isIntroducedPage(range) : isAddedPage(range)
            if isAsked { return [Hit(guide: page.name, range: range, isLoose: false)] }
        }
        return []
    }

    private func isIntroducedPage(_ range: Range<Int>) -> Bool {
        let isFree = word(after: range).map { LanguageWords.connectors.contains($0.text) } ?? true
        let introduction = introduction(of: range, isOrdinary: false)
        if let introduction, introduction >= .loose, isFree { return kind(in: 0..<words.count) != .httpService }
        return false
    }

    private func isAddedPage(_ range: Range<Int>) -> Bool {
        let small: Set<String> = [
            "a", "an", "its", "the", "one", "small", "simple", "static", "single", "html", "responsive", "plain",
            "separate",
            "own", "tiny", "little",
        ]
        var place = range.lowerBound
        var isStatic = words[range].contains { ["static", "site", "website", "frontend"].contains($0.text) }
        while let before = word(before: place), small.contains(before.text) {
            isStatic = isStatic || before.text == "static"
            place -= 1
        }
        let joined = place > 0 && (["and", "plus"].contains(words[place - 1].text) || words[place].markBefore == ",")
        return joined && (isStatic || range.lowerBound < headEnd)
    }
}
