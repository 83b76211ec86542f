internal import CommandLineKit
internal import Core
internal import Warehouse

/// `drydock guides show NAME` and the like.
struct KnowledgeShow<Noun: KnowledgeNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(commandName: "show", abstract: "Print the files of one \(Noun.kind.singular).")
    }

    @Argument(help: "Its name.", valueName: "NAME", completion: Noun.names)
    var name: String

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Report: Encodable {
        let name: String
        let origin: KnowledgeOrigin
        let location: String
        let fault: String?
        let files: [KnowledgeFile]
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let entry = try Noun.shelf(of: surroundings.warehouse()).entry(named: name)
        let output = output.makeOutput(try surroundings.settings())
        let report = KnowledgeReport(entry, of: Noun.self)
        if output.isJSON {
            let fault = report.fault
            return try output.json(
                Report(
                    name: entry.name,
                    origin: entry.origin,
                    location: entry.location,
                    fault: fault,
                    files: entry.files
                )
            )
        }
        for file in entry.files {
            if entry.files.count > 1 {
                try output.result(output.style.paint("# \(file.path.printable)", .dim))
            }
            let text = file.text.hasSuffix("\n") ? String(file.text.dropLast()) : file.text
            try output.result(text.printableLines)
        }
        output.note("\(entry.origin.rawValue): \(entry.location.printable)")
        if case .failure(let fault) = entry.item { throw fault }
        if let fault = Noun.fault(in: entry) { throw fault }
    }
}
