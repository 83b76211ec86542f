internal import CommandLineKit
internal import Warehouse

/// `drydock pipelines`: the ways in which a run can go.
struct Pipelines: ParsableCommand, KnowledgeNoun {
    static var configuration: CommandConfiguration { groupConfiguration }
    static let kind = KnowledgeKind.pipelines
    static let abstract = "Show the pipelines that a run can follow."

    static func shelf(of warehouse: Warehouse) -> Shelf<PipelineText> { warehouse.pipelines }
    static func summary(of item: PipelineText) -> String {
        let comment = item.file.text.split(separator: "\n").first { $0.hasPrefix("#") }
        return comment.map { String($0.drop { $0 == "#" || $0 == " " }) } ?? ""
    }
}
