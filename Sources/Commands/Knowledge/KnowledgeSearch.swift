internal import CommandLineKit
internal import Warehouse

/// `drydock guides search WORDS` and the like.
struct KnowledgeSearch<Noun: KnowledgeNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "search",
            abstract: "List the \(Noun.kind.rawValue) that hold all of the given words."
        )
    }

    @Argument(help: "Whole words, in any order.", valueName: "WORD")
    var words: [String] = []

    @OptionGroup(title: "Output")
    var output: OutputOptions

    func validate() throws {
        guard words.contains(where: { !$0.isEmpty }) else {
            throw ValidationError("there is nothing to search for", hint: "give one or more words")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(try surroundings.settings())
        let entries = Noun.shelf(of: surroundings.warehouse()).search(words.joined(separator: " "))
        try KnowledgeReport.print(entries.map { KnowledgeReport($0, of: Noun.self) }, to: output)
    }
}
