extension Condition {
    /// What is wrong with the text of a condition.
    package enum ParsingProblem: Error, Equatable {
        case unknownFact(String)
        case expectedFact(after: String)
        case unexpected(String)
    }

    /// Parses `not a.b and c.d or e.f`: `not` binds tightest, then `and`, then `or`.
    package init(parsing text: String) throws(ParsingProblem) {
        var words = text.split(whereSeparator: \.isWhitespace).map(String.init)[...]
        self = try Self.disjunction(of: &words)
        if let rest = words.first {
            throw .unexpected(rest)
        }
    }

    private static func disjunction(of words: inout ArraySlice<String>) throws(ParsingProblem) -> Condition {
        var left = try conjunction(of: &words)
        while words.first == "or" {
            words.removeFirst()
            left = .or(left, try conjunction(of: &words))
        }
        return left
    }

    private static func conjunction(of words: inout ArraySlice<String>) throws(ParsingProblem) -> Condition {
        var left = try term(of: &words, after: "")
        while words.first == "and" {
            words.removeFirst()
            left = .and(left, try term(of: &words, after: "and"))
        }
        return left
    }

    private static func term(
        of words: inout ArraySlice<String>,
        after previous: String
    ) throws(ParsingProblem) -> Condition {
        guard let word = words.popFirst() else { throw .expectedFact(after: previous) }
        if word == "not" {
            return .not(try term(of: &words, after: word))
        }
        guard let fact = FactName(rawValue: word) else { throw .unknownFact(word) }
        return .fact(fact)
    }
}
