package import Core

/// What a planner gets to know of a guide.
package struct GuideBrief: Codable, Sendable, Hashable {
    package let name: String
    package let title: String
    /// Words that name the stack in a description; matched as whole words.
    package let words: [String]
    package let kinds: [ProjectKind]

    package init(name: String, title: String, words: [String], kinds: [ProjectKind]) {
        self.name = name
        self.title = title
        self.words = words
        self.kinds = kinds
    }
}

/// A starter file of a guide, with placeholders, as guides hold it.
package struct BlueprintText: Codable, Sendable, Hashable {
    /// Relative to the component's folder; may hold placeholders.
    package let path: String
    package let content: String
    package let executable: Bool
    /// Who writes it: `developer`, `tester` or `writer`.
    package let role: String

    package init(path: String, content: String, executable: Bool = false, role: String) {
        self.path = path
        self.content = content
        self.executable = executable
        self.role = role
    }
}

/// What those who write a component get to know of its guide.
package struct GuideSheet: Codable, Sendable, Hashable {
    package let name: String
    package let title: String
    package let sheet: String
    package let layout: String
    /// The blueprint of the component's kind; empty when the guide has none.
    package let blueprint: [BlueprintText]
    /// The guide's commands that put files into the stack's format; empty when it has none.
    package let formatCommands: [[String]]

    package init(
        name: String,
        title: String,
        sheet: String,
        layout: String,
        blueprint: [BlueprintText],
        formatCommands: [[String]] = []
    ) {
        self.name = name
        self.title = title
        self.sheet = sheet
        self.layout = layout
        self.blueprint = blueprint
        self.formatCommands = formatCommands
    }
}

/// A part of the project with a stack and a folder of its own.
package struct PlannedComponent: Codable, Sendable, Hashable, SchemaAnnotated {
    /// Lower-case words with hyphens; what package manifests call it.
    package let name: String
    package let guide: String
    package let kind: ProjectKind
    /// The component's folder in the project, empty for the project's own folder.
    package let path: String
    package let description: String

    package init(name: String, guide: String, kind: ProjectKind, path: String, description: String) {
        self.name = name
        self.guide = guide
        self.kind = kind
        self.path = path
        self.description = description
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "name": SchemaNote(
            "Name for package manifests: lower-case words joined by hyphens.",
            length: 1...60,
            pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
        ),
        "guide": SchemaNote("Name of a guide from the input.", length: 1...60),
        "kind": SchemaNote("What the component is; one of the guide's kinds."),
        "path": SchemaNote(
            "Folder of the component in the project; empty for the project's own folder.",
            length: 0...200
        ),
        "description": SchemaNote("What this component does.", length: 1...500_000),
    ]
}

/// A text file of the project.
package struct FileText: Codable, Sendable, Hashable, SchemaAnnotated {
    /// Relative to the project's folder, with `/`.
    package let path: String
    package let content: String
    /// Whether the file can be started as a program; absent means no, or as before.
    package let executable: Bool?

    package init(path: String, content: String, executable: Bool? = nil) {
        self.path = path
        self.content = content
        self.executable = executable
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "path": SchemaNote("Path relative to the project's folder.", length: 1...1_024),
        "content": SchemaNote("The whole text of the file.", length: 0...FileRules.fileLimit),
        "executable": SchemaNote("True for a file that is started as a program."),
    ]
}

/// A command that the engine ran, and how it ended.
package struct CheckResult: Codable, Sendable, Hashable {
    package let argv: [String]
    package let exitCode: Int
    /// The last part of what it printed, when that helps.
    package let output: String?

    package init(argv: [String], exitCode: Int, output: String? = nil) {
        self.argv = argv
        self.exitCode = exitCode
        self.output = output
    }

    /// The command as a person would type it, for messages.
    package var words: String { argv.joined(separator: " ").printable }
}
