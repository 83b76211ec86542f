internal import CommandLineKit
internal import Core
internal import Snapshots

/// `drydock diff`: how two snapshots differ.
struct Diff: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show how the trees of two snapshots differ.",
        discussion: "A stands for added, D for removed, C for other contents, M for another mode, T for another type."
    )

    @Argument(help: "The older snapshot.", valueName: "FIRST", completion: Restore.names)
    var first: String

    @Argument(help: "The newer one.", valueName: "SECOND", completion: Restore.names)
    var second: String

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(try surroundings.settings())
        let changes = try await surroundings.snapshots.diff(first, second)
        if output.isJSON { return try output.json(changes) }
        try output.result(
            changes.map { change in
                let (letter, tone) = Self.mark(of: change.kind)
                return output.style.paint(letter, tone) + " " + change.path.printable
            }
        )
        if changes.isEmpty { output.note("the trees are the same") }
    }

    private static func mark(of kind: SnapshotChange.Kind) -> (letter: String, tone: Tone) {
        switch kind {
        case .added: ("A", .green)
        case .removed: ("D", .red)
        case .changed: ("C", .yellow)
        case .mode: ("M", .yellow)
        case .type: ("T", .yellow)
        }
    }
}
