internal import Core
internal import Warehouse

/// An item as lists show it.
struct KnowledgeReport: Encodable {
    let name: String
    let origin: KnowledgeOrigin
    let location: String
    let summary: String
    /// What is wrong with its files, if anything.
    let fault: String?

    init<Noun: KnowledgeNoun>(_ entry: ShelfEntry<Noun.Item>, of noun: Noun.Type) {
        name = entry.name
        origin = entry.origin
        location = entry.location
        switch entry.item {
        case .success(let item):
            summary = Noun.summary(of: item)
            fault = Noun.fault(in: entry)?.description
        case .failure(let error):
            summary = ""
            fault = error.description
        }
    }

    static func print(_ reports: [KnowledgeReport], to output: Output) throws {
        if output.isJSON { return try output.json(reports) }
        let columns = [
            Table.Column(title: "NAME"), Table.Column(title: "ORIGIN"), Table.Column(title: "ABOUT", shrinks: true),
        ]
        var table = Table(columns: columns)
        table.rows = reports.map { report in
            let about = report.fault.map { Table.Cell("broken: \($0)", .red) } ?? Table.Cell(report.summary)
            return [Table.Cell(report.name), Table.Cell(report.origin.rawValue), about]
        }
        try output.table(table)
    }
}
