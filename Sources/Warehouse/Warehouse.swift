// Warehouse: what Drydock knows, as plain files: guides, skills, flakes and pipelines.
//
// The files are built into the program; the same folders under the user's configuration folder, and in a
// project's trusted `.drydock`, override them by name. A file is read and checked when it is asked for, so
// a broken one disturbs nobody else. Besides: detecting the stack and the kind of a project from
// the words of its description, names that are valid in every stack, rendering of blueprints, and the
// search over skill fragments. Nothing here runs a command or knows a run.

/// The layers of knowledge, the strongest last.
package struct Warehouse: Sendable {
    private let layers: [KnowledgeLayer]

    /// - Parameter layers: The layers; of two files with one name the one of the later layer counts.
    package init(layers: [KnowledgeLayer]) {
        self.layers = layers
    }

    /// Tools' sheets with commands, packages and starter code.
    package var guides: Shelf<Guide> {
        Shelf(kind: .guides, layers: layers) { [flakes] guide, files throws(ConfigurationFault) in
            try guide.checkFlake(among: flakes, files)
        }
    }
    /// Short pieces of advice for workers.
    package var skills: Shelf<SkillFragment> { Shelf(kind: .skills, layers: layers) }
    /// Toolchains, one folder each.
    package var flakes: Shelf<FlakeFolder> { Shelf(kind: .flakes, layers: layers) }
    /// Pipelines as text; the engine parses them.
    package var pipelines: Shelf<PipelineText> { Shelf(kind: .pipelines, layers: layers) }
}

/// The folders of knowledge.
package enum KnowledgeKind: String, CaseIterable, Codable, Sendable {
    case guides, skills, flakes, pipelines

    /// The word for one of them.
    package var singular: String { String(rawValue.dropLast()) }
}

/// Something that a shelf can hold.
package protocol Knowledge: Sendable {
    /// The name of the item that a file belongs to, or `nil` when it belongs to none.
    ///
    /// The path is the one below the kind's folder; the text is `nil` for a file that could not be read.
    static func itemName(path: String, text: String?) -> String?

    /// Reads an item from its files.
    ///
    /// - Returns: `nil` for files that are not meant to be an item, such as a note among the fragments.
    /// - Throws: ``ConfigurationFault`` with file and line.
    init?(files: [KnowledgeFile], name: String) throws(ConfigurationFault)
}
