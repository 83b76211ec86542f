internal import CommandLineKit
internal import Core
internal import Engine
internal import Warehouse
internal import YAMLKit

/// `drydock pipelines`: the ways in which a run can go.
struct Pipelines: ParsableCommand, KnowledgeNoun {
    static var configuration: CommandConfiguration { groupConfiguration }
    static let kind = KnowledgeKind.pipelines
    static let abstract = "Show the pipelines that a run can follow."

    static func shelf(of warehouse: Warehouse) -> Shelf<PipelineText> { warehouse.pipelines }

    static func summary(of item: PipelineText) -> String {
        (try? parsed(item))?.title ?? ""
    }

    /// The words of a pipeline are checked by the engine, which gives them their meaning.
    static func fault(in entry: ShelfEntry<PipelineText>) -> (any ReportableError)? {
        guard case .success(let item) = entry.item else { return nil }
        do {
            _ = try parsed(item)
            return nil
        } catch {
            return error
        }
    }

    private static func parsed(_ item: PipelineText) throws(YAMLError) -> Pipeline {
        try PipelineParser.parse(YAMLNode(parsing: item.file.text, file: item.file.location))
    }
}
