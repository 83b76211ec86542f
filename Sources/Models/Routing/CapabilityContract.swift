import Core

/// A question so small that every model can answer it that can follow a schema at all.
struct CapabilityContract: Contract {
    struct Sample: Codable, Sendable, Hashable {
        let word: String
        let numbers: [Int]

        static let sample = Sample(word: "drydock", numbers: [2, 3, 5])
    }

    struct Answer: Codable, Sendable, Hashable, SchemaAnnotated {
        let word: String
        let numbers: [Int]

        static let schemaNotes: [String: SchemaNote] = [
            "word": SchemaNote("The word of the input.", length: 1...100),
            "numbers": SchemaNote("The numbers of the input, in their order.", count: 1...10),
        ]
    }

    static let name = "capability"
    static let instructions = """
        Repeat the word and the numbers of the input: the word as it is, the numbers in their order.
        """

    let fallback = ContractFallback<Sample, Answer>.failure

    func problems(in answer: Answer, for input: Sample) -> [String] {
        var problems: [String] = []
        if answer.word != input.word { problems.append("'word' is not the word of the input") }
        if answer.numbers != input.numbers { problems.append("'numbers' are not the numbers of the input") }
        return problems
    }
}
