internal import CommandLineKit
internal import Core
internal import Settings

/// `drydock config path`: where Drydock keeps its files.
struct ConfigPath: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "path",
        abstract: "Show where Drydock keeps its files.",
        discussion: "DRYDOCK_HOME puts all of them below one folder; without it the XDG folders hold."
    )

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput()
        let folders = surroundings.folders
        let places = [
            ("configuration", folders.configuration), ("state", folders.state), ("runs", folders.runs),
            ("snapshots", folders.snapshots), ("cache", folders.cache),
        ]
        if output.isJSON {
            let names = Dictionary(uniqueKeysWithValues: places.map { ($0.0, JSONValue.string($0.1)) })
            let files = surroundings.configurationFiles.map { JSONValue.string($0) }
            try output.json(JSONValue.object(names.merging(["files": .array(files)]) { first, _ in first }))
            return
        }
        var table = Table(columns: [Table.Column(title: "WHAT"), Table.Column(title: "WHERE")])
        table.rows = places.map { [Table.Cell($0.0), Table.Cell($0.1)] }
        table.rows += surroundings.configurationFiles.map { ["settings", Table.Cell($0)] }
        try output.table(table)
    }
}
