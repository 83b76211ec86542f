internal import CommandLineKit
internal import Core
internal import Snapshots

/// `drydock snapshots`: what is kept.
struct SnapshotList: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "snapshots",
        abstract: "List the snapshots, newest first.",
        examples: [
            CommandExample("drydock snapshots", "All of them with their projects' titles."),
            CommandExample("drydock restore $(drydock snapshots --names | head -1) again", "Restore the newest."),
        ]
    )

    @Flag(help: "Print the names only.")
    var names = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(try surroundings.settings())
        let (records, damages) = try await surroundings.snapshots.contents()
        if names {
            try output.names(records.map { $0.id })
        } else if output.isJSON {
            try output.json(records)
        } else {
            try output.table(table(records))
        }
        for damage in damages {
            output.note(output.noteStyle.paint(damage.label + ": ", .red) + damage.description)
        }
    }

    private func table(_ records: [SnapshotRecord]) -> Table {
        var table = Table(columns: [
            Table.Column(title: "SNAPSHOT"), Table.Column(title: "MADE (UTC)"), Table.Column(title: "KEPT IN"),
            Table.Column(title: "SIZE", isNumber: true), Table.Column(title: "RUN"),
            Table.Column(title: "TITLE", shrinks: true),
        ])
        table.rows = records.map { record in
            [
                Table.Cell(record.id, .cyan), Table.Cell(TimeOfDay.minute(record.created)),
                Table.Cell(record.backend.rawValue), Table.Cell(Amounts.bytes(record.bytes)),
                Table.Cell(record.run?.description ?? ""), Table.Cell(record.title),
            ]
        }
        return table
    }
}
