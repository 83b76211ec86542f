package import Core

/// What Drydock knows about one tool: how its stack is recognised, its commands, its layout and starter code.
package struct Guide: Codable, Hashable, Sendable {
    /// The file's name, which is the tool's: `cargo`.
    package let name: String
    /// What people call the stack: `Rust`.
    package let title: String
    /// The stack in one word: `rust`.
    package let stack: String
    /// One line for prompts that only need to know that the guide is there.
    package let brief: String
    /// Words and phrases that name the stack in a description; compared as whole words.
    package let words: [String]
    /// The kinds of project that it has starter code for; the first is the usual one.
    package let kinds: [ProjectKind]
    /// The programs that must be on the search path.
    package let tools: [String]
    /// The flake that provides them.
    package let flake: String
    package let nixPackages: [String]
    package let debianPackages: [String]
    /// Variables that every command of the guide gets.
    package let environment: [String: String]
    package let commands: [GuideCommand]
    /// What a worker has to know, in Markdown, for prompts.
    package let sheet: String
    /// Which file goes where, in Markdown, for prompts.
    package let layout: String
    package let blueprints: [Blueprint]

    /// The commands of one purpose for one kind of project, in the order of the file.
    package func commands(for purpose: GuideCommand.Purpose, kind: ProjectKind) -> [GuideCommand] {
        commands.filter { $0.purpose == purpose && ($0.kinds.isEmpty || $0.kinds.contains(kind)) }
    }

    /// The tool's own scaffolder for this kind; `nil` when the files are generated instead.
    package func scaffolder(for kind: ProjectKind) -> GuideCommand? {
        commands(for: .scaffold, kind: kind).first
    }

    /// The starter files of a kind, with the names filled in; empty when the guide has none.
    package func starter(for kind: ProjectKind, names: ProjectNames) -> [RenderedFile] {
        blueprints.filter { $0.kinds.contains(kind) }.flatMap { $0.files }.map { $0.rendered(with: names) }
    }
}

/// One command of a guide.
package struct GuideCommand: Codable, Hashable, Sendable {
    package enum Purpose: String, Codable, CaseIterable, Sendable {
        case scaffold, fetch, prepare, build, test, format, lint, run
    }

    package let purpose: Purpose
    /// The program and its arguments; placeholders are filled in by ``argv(with:)``.
    package let argv: [String]
    /// How the sandbox treats the command; only `fetch` has network.
    package let profile: CommandProfile
    /// The kinds that it is for; empty for all.
    package let kinds: [ProjectKind]
    /// A regular expression that the output of a success has to match somewhere.
    ///
    /// Many test runners end with 0 when they find no test; a success without this counts for nothing.
    package let evidence: String?

    package init(
        purpose: Purpose,
        argv: [String],
        profile: CommandProfile,
        kinds: [ProjectKind] = [],
        evidence: String? = nil
    ) {
        self.purpose = purpose
        self.argv = argv
        self.profile = profile
        self.kinds = kinds
        self.evidence = evidence
    }

    /// The argument vector with the project's names filled in.
    package func argv(with names: ProjectNames) -> [String] {
        argv.map { Template($0).rendered(with: names) }
    }
}

/// Starter code for one or more kinds of project.
package struct Blueprint: Codable, Hashable, Sendable {
    package let kinds: [ProjectKind]
    package let files: [BlueprintFile]
}

/// A file of a blueprint, with placeholders in path and content.
package struct BlueprintFile: Codable, Hashable, Sendable {
    package enum Role: String, Codable, CaseIterable, Sendable {
        case developer, tester, writer
    }

    package let path: String
    package let content: String
    package let isExecutable: Bool
    /// Which worker writes it.
    package let role: Role

    package func rendered(with names: ProjectNames) -> RenderedFile {
        RenderedFile(
            path: Template(path).rendered(with: names),
            content: Template(content).rendered(with: names),
            isExecutable: isExecutable,
            role: role
        )
    }
}

/// A file of a project to be.
package struct RenderedFile: Codable, Hashable, Sendable {
    package let path: String
    package let content: String
    package let isExecutable: Bool
    package let role: BlueprintFile.Role
}

extension Guide {
    /// The guide as the detector of stacks sees it.
    package var subject: StackSubject { StackSubject(name: name, title: title, words: words, kinds: kinds) }
}
