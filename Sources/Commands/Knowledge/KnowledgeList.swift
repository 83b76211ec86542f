internal import CommandLineKit
internal import Warehouse

/// `drydock guides list` and the like.
struct KnowledgeList<Noun: KnowledgeNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "list", abstract: "List all \(Noun.kind.rawValue) with their origin.")
    }

    @Flag(help: "Print the names only.")
    var names = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let entries = Noun.shelf(of: surroundings.warehouse()).list()
        let output = output.makeOutput(try surroundings.settings())
        guard !names else { return try output.names(entries.map { $0.name }) }
        try KnowledgeReport.print(entries.map { KnowledgeReport($0, of: Noun.self) }, to: output)
    }
}
