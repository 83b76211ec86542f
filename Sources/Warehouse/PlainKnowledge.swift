/// A pipeline's text with its place; its words are checked by whoever interprets it.
package struct PipelineText: Knowledge, Hashable {
    package let name: String
    package let file: KnowledgeFile

    package static func itemName(path: String, text: String?) -> String? {
        guard !path.contains("/") else { return nil }
        for suffix in [".yaml", ".yml"] where path.hasSuffix(suffix) && path.count > suffix.count {
            return String(path.dropLast(suffix.count))
        }
        return nil
    }

    package init?(files: [KnowledgeFile], name: String) throws(ConfigurationFault) {
        guard let file = files.first else { return nil }
        guard files.count == 1 else { throw .twice(name: name, files: files.map { $0.location }) }
        self.name = name
        self.file = file
    }
}

/// A flake and what lies beside it.
package struct FlakeFolder: Knowledge, Hashable {
    package let name: String
    /// The files by their names inside the folder, `flake.nix` among them.
    package let files: [String: KnowledgeFile]

    package static func itemName(path: String, text: String?) -> String? {
        path.contains("/") ? path.split(separator: "/").first.map(String.init) : nil
    }

    package init?(files: [KnowledgeFile], name: String) throws(ConfigurationFault) {
        let inner = files.map { file in (String(file.inner.dropFirst(name.count + 1)), file) }
        self.files = Dictionary(inner) { _, last in last }
        self.name = name
        guard self.files["flake.nix"] != nil else {
            throw .unreadable(file: files.first?.location ?? name, reason: "the folder '\(name)' has no flake.nix")
        }
    }
}
