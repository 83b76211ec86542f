internal import CommandLineKit
internal import Core
internal import Warehouse

/// One kind of knowledge, as the commands for it need to know it.
protocol KnowledgeNoun: SendableMetatype {
    associatedtype Item: Knowledge

    static var kind: KnowledgeKind { get }
    /// What the help calls them: `guides: one sheet per tool`.
    static var abstract: String { get }
    static func shelf(of warehouse: Warehouse) -> Shelf<Item>
    /// One line about an item.
    static func summary(of item: Item) -> String
    /// What is wrong with an item although its files can be read.
    static func fault(in entry: ShelfEntry<Item>) -> (any ReportableError)?
    /// What only other programs can tell of what is wrong with the items.
    static func toolFaults(in shelf: Shelf<Item>, _ surroundings: Surroundings) async throws -> [any ReportableError]
}

extension KnowledgeNoun {
    /// The commands of a group, the same for every kind.
    static var groupConfiguration: CommandConfiguration {
        let commands: [any ParsableCommand.Type] = [
            KnowledgeList<Self>.self, KnowledgeShow<Self>.self, KnowledgeSearch<Self>.self, KnowledgeLint<Self>.self,
        ]
        return CommandConfiguration(
            commandName: kind.rawValue,
            abstract: abstract,
            discussion: """
                Those that are built in are overridden by name by files in the folder '\(kind.rawValue)' of the user's \
                configuration, and by a trusted project's.
                """,
            sections: [CommandSection("Commands", commands)],
            defaultSubcommand: KnowledgeList<Self>.self
        )
    }

    static func fault(in entry: ShelfEntry<Item>) -> (any ReportableError)? { nil }
    static func toolFaults(in shelf: Shelf<Item>, _ surroundings: Surroundings) async throws -> [any ReportableError] {
        []
    }

    /// What completes a name.
    static var names: CompletionKind { .linesOf([kind.rawValue, "list", "--names"]) }
}

/// `drydock guides`: what Drydock knows of each stack.
struct Guides: ParsableCommand, KnowledgeNoun {
    static var configuration: CommandConfiguration { groupConfiguration }
    static let kind = KnowledgeKind.guides
    static let abstract = "Show the stacks that can be built, one guide each."

    static func shelf(of warehouse: Warehouse) -> Shelf<Guide> { warehouse.guides }
    static func summary(of item: Guide) -> String { "\(item.title): \(item.brief)" }
}

/// `drydock skills`: short pieces of advice for workers.
struct Skills: ParsableCommand, KnowledgeNoun {
    static var configuration: CommandConfiguration { groupConfiguration }
    static let kind = KnowledgeKind.skills
    static let abstract = "Show short pieces of advice for workers."

    static func shelf(of warehouse: Warehouse) -> Shelf<SkillFragment> { warehouse.skills }
    static func summary(of item: SkillFragment) -> String { "\(item.area): \(item.name)" }
}
