internal import CommandLineKit
internal import Core
internal import Snapshots

/// `drydock restore`: give a snapshot back.
struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Give a snapshot back in a new folder: same contents, modes, links and history.",
        examples: [
            CommandExample("drydock restore 0123456789abcdef word-count", "Restore it to ./word-count."),
            CommandExample("drydock restore 0123 word-count", "A beginning of the name is enough."),
        ]
    )

    @Argument(help: "The snapshot's name, or an unambiguous beginning of it.", valueName: "SNAPSHOT", completion: names)
    var snapshot: String

    @Argument(help: "The folder; it must be empty or not exist.", valueName: "FOLDER", completion: .folder)
    var folder: String

    @OptionGroup(title: "Output")
    var output: OutputOptions

    static let names = CompletionKind.linesOf(["snapshots", "--names"])

    private struct Report: Encodable {
        let snapshot: String
        let folder: String
        let tree: Digest
        let head: String?
    }

    func validate() throws {
        guard !folder.isEmpty else {
            throw ValidationError("the folder's name is empty", hint: "name a folder that does not exist yet")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(try surroundings.settings())
        let target = try surroundings.absolute(folder)
        let record = try await surroundings.snapshots.restore(snapshot, to: target)
        if output.isJSON {
            try output.json(Report(snapshot: record.id, folder: target, tree: record.tree, head: record.head))
        } else {
            try output.result("restored \(record.id) to \(target.printable)")
        }
    }
}
