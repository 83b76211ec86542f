/// Makes a short human title of a description by rule: `… that counts the words of a file` is `Count Words`.
package enum DescriptionTitle {
    private static let wordLimit = 4
    private static let lengthLimit = 50
    /// One character can be made of any number of these.
    private static let scalarLimit = 80

    /// A title that ``TitleError/check(_:)`` accepts, for any text.
    ///
    /// `stackWords` name stacks, in lower case; they are left out of the title.
    package static func title(of description: String, stackWords: Set<String> = []) -> String {
        let text = String(SafeText.clean(description.prefix(4_000)))
        let words = DescriptionTokenizer(text).words
        let skipped = stackWords.union(LanguageWords.languages)
        let said = Array(words.dropFirst(RequestWords.openingLength(of: words)))
        let reader = TitleReader(words: said, stackWords: skipped)
        let chosen = reader.given ?? reader.head ?? reader.action ?? reader.purpose ?? reader.anything
        let title = SafeText.cut(capitalised(chosen.prefix(wordLimit)), limit: lengthLimit)
        if title.unicodeScalars.count <= scalarLimit, (try? TitleError.check(title)) != nil { return title }
        return plain(text)
    }

    private static func capitalised(_ words: ArraySlice<String>) -> String {
        words.enumerated().map { index, word in
            index > 0 && ["to", "and", "of"].contains(word) ? word : word.prefix(1).uppercased() + word.dropFirst()
        }
        .joined(separator: " ")
    }

    /// The beginning of a text that has no words, such as one in Chinese.
    private static func plain(_ text: String) -> String {
        let line = SafeText.line(text.prefix(400), limit: lengthLimit)
            .map { "/\\".contains($0) ? " " : $0 }
        var title = String(line).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        while title.contains("..") { title = title.replacing("..", with: ".") }
        while title.unicodeScalars.count > scalarLimit { title.removeLast() }
        let hasLetters = title.contains { $0.isLetter || $0.isNumber }
        guard hasLetters, (try? TitleError.check(title)) != nil else { return "Project" }
        return title
    }
}

/// The parts of a description that can be its title.
private struct TitleReader {
    let words: [DescriptionWord]
    let stackWords: Set<String>

    private static let stopWords: Set<String> = [
        "a", "an", "the", "my", "our", "its", "their", "your", "this", "that", "which", "some", "any", "all", "each",
        "every",
        "small", "simple", "tiny", "basic", "minimal", "little", "nice", "new", "single", "static", "fast", "good",
        "please",
        "write", "make", "build", "create", "implement", "develop", "generate", "me", "i", "we", "need", "want",
        "would",
        "like", "with", "in", "using", "use", "and", "or", "it", "is", "be", "can", "should", "given", "one", "two",
        "based",
        "plain", "pure", "written", "called", "named", "let", "us", "to", "of", "ein", "eine", "einen", "einfaches",
        "un",
        "une", "el", "la", "le", "les", "los", "las", "der", "die", "das", "und", "et", "y", "o", "uma", "um", "на",
        "en",
    ]
    private static let kindWords: Set<String> = [
        "command", "line", "command-line", "cli", "tool", "program", "app", "application", "utility", "script",
        "library",
        "package", "crate", "module", "lib", "http", "rest", "json", "api", "service", "microservice", "server", "web",
        "backend", "page", "website", "site", "webpage", "project", "console", "terminal", "software", "html", "css",
        "code",
        "something", "thing", "executable",
    ]
    private static let enders: Set<String> = [
        "of", "in", "from", "for", "with", "by", "into", "on", "at", "as", "using", "via", "when", "and", "or", "that",
        "which",
        "per", "inside", "between", "without", "through", "so", "to",
    ]

    /// What the description calls the project itself.
    var given: [String]? {
        guard
            let place = words.indices.dropFirst().first(where: {
                ["called", "named"].contains(words[$0 - 1].text)
                    && (!words[$0 - 1].isLast || words[$0].markBefore == ":")
            })
        else { return nil }
        var name = [words[place].spelling]
        var next = place + 1
        while next < words.count, !words[next - 1].isLast, words[next].isCapitalised, name.count < 4 {
            name.append(words[next].spelling)
            next += 1
        }
        return Self.stopWords.contains(words[place].text) ? nil : name
    }

    /// What stands before the first `that`, `in` or `for`, if it says more than stack and kind: `a word counter`.
    var head: [String]? {
        let ends = Self.enders.union(["who", "where", "written", "named", "called"])
        var end = words.indices.first { $0 > 0 && ends.contains(words[$0].text) } ?? words.count
        end =
            words.indices.first { $0 < end && words[$0].isLast && ",;.\n:(".contains(words[$0].markAfter ?? " ") }
            .map { $0 + 1 } ?? end
        let content = words[..<end].filter(isContent)
        guard !content.isEmpty else { return nil }
        let rest = words[..<end].drop { !isContent($0) }
        if content.count == 1, let kind = rest.last(where: { Self.kindWords.contains($0.text) }) {
            let isAction = content[0].text.hasSuffix("ing")
            return isAction ? nil : [content[0].spelling, kind.spelling]
        }
        return content.prefix(3).map(\.spelling)
    }

    /// What it does: `that counts the words of a file` is `count words`.
    var action: [String]? {
        let place = words.indices.dropLast().first { index in
            ["that", "which", "who", "to"].contains(words[index].text) && !words[index].isLast
                && isContent(words[index + 1])
        }
        guard let place else { return nil }
        let verb = Self.base(words[place + 1].text)
        guard !words[place + 1].isLast else { return [verb] }
        let object = self.object(from: place + 2)
        guard ["convert", "translate", "turn"].contains(verb), let target = target(after: place + 2) else {
            return [verb] + object.prefix(2)
        }
        return [verb] + object.prefix(1) + ["to", target]
    }

    /// What it is for: `a library for roman numerals` is `roman numerals`.
    var purpose: [String]? {
        let place = words.indices.dropLast().first {
            ["for", "with", "about", "of"].contains(words[$0].text) && !words[$0].isLast
        }
        guard let place else { return nil }
        let object = self.object(from: place + 1)
        return object.isEmpty ? nil : Array(object.prefix(3))
    }

    /// The first words that mean anything, or the first words.
    var anything: [String] {
        let end = words.indices.first { $0 > 1 && Self.enders.contains(words[$0].text) } ?? words.count
        let content = words[..<end].filter { !Self.stopWords.contains($0.text) && !stackWords.contains($0.text) }
        return (content.isEmpty ? words[...] : content[...]).prefix(3).map(\.spelling)
    }

    private func isContent(_ word: DescriptionWord) -> Bool {
        !Self.stopWords.contains(word.text) && !Self.kindWords.contains(word.text) && !isStack(word.text)
    }

    private func isStack(_ text: String) -> Bool {
        let bare = String(text.reversed().drop { $0.isNumber || $0 == "." }.reversed())
        return stackWords.contains(text) || stackWords.contains(bare)
    }

    /// The words from `start` to the next preposition or mark, without small words.
    private func object(from start: Int) -> [String] {
        var object: [String] = []
        for index in start..<max(start, words.count) {
            if Self.enders.contains(words[index].text), !object.isEmpty { break }
            if !Self.stopWords.contains(words[index].text), !Self.enders.contains(words[index].text) {
                object.append(words[index].spelling)
            }
            if words[index].isLast { break }
        }
        return object
    }

    private func target(after start: Int) -> String? {
        let rest = words.indices.filter { $0 >= start && $0 < start + 6 }
        guard let place = rest.first(where: { ["to", "into"].contains(words[$0].text) }) else { return nil }
        return words[(place + 1)...].prefix(3).first { !Self.stopWords.contains($0.text) }?.spelling
    }

    /// The third person's verb without its ending.
    private static func base(_ verb: String) -> String {
        guard verb.hasSuffix("s"), !verb.hasSuffix("ss"), verb.count > 3 else { return verb }
        if verb.hasSuffix("ies") { return verb.dropLast(3) + "y" }
        let longEndings = ["sses", "shes", "ches", "xes", "zzes", "oes"]
        return longEndings.contains(where: verb.hasSuffix) ? String(verb.dropLast(2)) : String(verb.dropLast())
    }
}
