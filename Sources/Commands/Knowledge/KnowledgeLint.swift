internal import CommandLineKit
internal import Core
internal import Warehouse

/// `drydock guides lint` and the like.
struct KnowledgeLint<Noun: KnowledgeNoun>: ParsableCommand {
    static var configuration: CommandConfiguration {
        CommandConfiguration(
            commandName: "lint",
            abstract: "Check the files of all \(Noun.kind.rawValue), the overridden ones too."
        )
    }

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Finding: Encodable {
        let message: String
        let hint: String?
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let shelf = Noun.shelf(of: surroundings.warehouse())
        let output = output.makeOutput(try surroundings.settings())
        let faults: [any ReportableError] =
            try await shelf.lint() + shelf.list().compactMap(Noun.fault) + Noun.toolFaults(in: shelf, surroundings)
        if output.isJSON {
            try output.json(faults.map { Finding(message: $0.description, hint: $0.hint) })
        } else {
            try output.result(faults.flatMap { [$0.description] + ($0.hint.map { ["  " + $0.printable] } ?? []) })
        }
        guard faults.isEmpty else { throw ExitStatus(code: FaultKind.configuration.exitStatus) }
        output.note("\(Amounts.count(shelf.list().count, Noun.kind.singular)), no mistakes")
    }
}
