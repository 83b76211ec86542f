/// Where a piece of knowledge comes from.
package enum KnowledgeOrigin: String, Codable, Sendable, CaseIterable {
    case builtIn = "built-in"
    case user
    case project
}

/// One text file of a knowledge folder.
package struct KnowledgeFile: Codable, Hashable, Sendable {
    /// The path below the layer's folder: `guides/cargo.md`.
    package let path: String
    package let origin: KnowledgeOrigin
    /// The path that a person finds the file at; for a built-in file the same as `path`.
    package let location: String
    package let text: String

    package init(path: String, origin: KnowledgeOrigin, location: String, text: String) {
        self.path = path
        self.origin = origin
        self.location = location
        self.text = text
    }

    /// The path without the kind's folder.
    var inner: Substring { path.drop { $0 != "/" }.dropFirst() }
}

/// A source of knowledge files.
package enum KnowledgeLayer: Sendable {
    /// What is built into the program.
    case builtIn
    /// The user's configuration folder, which has `guides`, `skills`, `flakes` and `pipelines` in it.
    case user(folder: String)
    /// A project's `.drydock` folder; pass it only when a person has trusted it.
    case project(folder: String)
    /// The files that a run has recorded.
    case recorded([KnowledgeFile])

    var origin: KnowledgeOrigin {
        switch self {
        case .builtIn, .recorded: .builtIn
        case .user: .user
        case .project: .project
        }
    }

    /// The layer's files of one kind, and the faults of those that cannot be read, in the order of their paths.
    func files(of kind: KnowledgeKind) -> [Result<KnowledgeFile, UnreadableFile>] {
        switch self {
        case .builtIn:
            EmbeddedFiles.all.filter { $0.path.hasPrefix(kind.rawValue + "/") }.map { file in
                .success(KnowledgeFile(path: file.path, origin: .builtIn, location: file.path, text: file.text))
            }
        case .user(let folder): FolderReader(folder: folder, origin: .user).files(of: kind)
        case .project(let folder): FolderReader(folder: folder, origin: .project).files(of: kind)
        case .recorded(let files):
            files.filter { $0.path.hasPrefix(kind.rawValue + "/") }.map { .success($0) }
        }
    }
}

/// A file of a layer that could not be read, with the reason.
struct UnreadableFile: Error {
    let path: String
    let fault: ConfigurationFault
}
