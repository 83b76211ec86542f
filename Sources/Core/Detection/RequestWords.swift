/// The words that only ask, such as `I would like to have` or `could you please write me`: they say nothing of the project.
enum RequestWords {
    /// Words that open a conversation rather than a description; a mark stands behind them.
    private static let greetings: Set<String> = [
        "hello", "hi", "hey", "dear", "all", "everyone", "there", "good", "morning", "evening", "ok", "okay", "well",
        "thanks", "please",
    ]
    /// Whoever asks or is asked: without one of these, words of making belong to the project, as in `make love letters`.
    private static let people: Set<String> = [
        "i", "we", "you", "me", "us", "it", "i'd", "i'm", "i've", "i'll", "we'd", "we're", "we've", "we'll", "you'd",
        "it'd", "it's", "let's", "please", "what", "how",
    ]
    private static let asking: Set<String> = [
        "would", "could", "can", "may", "might", "should", "will", "shall", "do", "does", "am", "are", "is", "be",
        "been",
        "like", "love", "want", "need", "wish", "prefer", "looking", "searching", "asking", "hoping", "trying", "going",
        "planning", "having", "possible", "nice", "great", "cool", "kindly", "really", "just", "also", "let", "able",
    ]
    private static let making: Set<String> = [
        "write", "make", "build", "create", "implement", "develop", "generate", "design", "code", "program", "produce",
    ]
    /// Verbs that ask only before an article or a person: `get a tool`, but `get rid of duplicates`.
    private static let having: Set<String> = ["get", "have", "give", "see", "use", "help", "show", "do"]
    /// Words before `to` that ask for what follows it.
    private static let wishes: Set<String> = asking.union(people).union([
        "have", "help", "wants", "needs", "has", "goal", "task", "job", "aim", "idea", "plan", "try",
    ])
    /// Words before `for` that ask for what follows it.
    private static let searches: Set<String> = ["looking", "searching", "asking", "hoping", "wish", "look", "ask"]

    /// Whether the word at `place`, which otherwise begins a clause, belongs to the asking: `I want to build`.
    static func joinsRequest(at place: Int, of words: [DescriptionWord]) -> Bool {
        guard place > 0, place + 1 < words.count, !words[place - 1].isLast else { return false }
        let before = spelled(words[place - 1])
        switch words[place].text {
        case "for": return searches.contains(before)
        case "to":
            let next = spelled(words[place + 1])
            return wishes.contains(before) && (making.contains(next) || having.contains(next) || next == "be")
        default: return false
        }
    }

    /// How many words at the beginning only ask; some word is always left.
    static func openingLength(of words: [DescriptionWord]) -> Int {
        let start = greetingLength(of: words)
        var end = start
        while end + 1 < words.count, belongs(end, of: words) {
            end += 1
            if words[end - 1].isLast { break }
        }
        return words[start..<end].contains { people.contains(spelled($0)) } ? end : start
    }

    private static func greetingLength(of words: [DescriptionWord]) -> Int {
        let length = words.prefix(4).prefix { greetings.contains($0.text) }.count
        guard let mark = words.prefix(length).lastIndex(where: { $0.isLast }) else { return 0 }
        return min(mark + 1, words.count - 1)
    }

    private static func belongs(_ place: Int, of words: [DescriptionWord]) -> Bool {
        let text = spelled(words[place])
        if people.contains(text) || asking.contains(text) || making.contains(text) { return true }
        if having.contains(text) {
            let next = words[place + 1].text
            return people.contains(next) || LanguageWords.articles.contains(next)
                || joinsRequest(at: place + 1, of: words)
        }
        if text == "about" { return place > 0 && ["what", "how"].contains(words[place - 1].text) }
        return joinsRequest(at: place, of: words)
    }

    /// The word with the plain apostrophe.
    private static func spelled(_ word: DescriptionWord) -> String {
        word.text.replacing("\u{2019}", with: "'")
    }
}
