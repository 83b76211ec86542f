package import Core

/// A command that failed, for the one who is to fix it.
package struct FixInput: Codable, Sendable, Hashable {
    package let title: String
    package let description: String
    package let component: PlannedComponent
    package let command: [String]
    package let exitCode: Int
    package let output: String
    /// The component's files as they are now.
    package let files: [FileText]
    package let guide: GuideSheet
    /// From 1.
    package let attempt: Int

    package init(
        title: String,
        description: String,
        component: PlannedComponent,
        command: [String],
        exitCode: Int,
        output: String,
        files: [FileText],
        guide: GuideSheet,
        attempt: Int
    ) {
        self.title = title
        self.description = description
        self.component = component
        self.command = command
        self.exitCode = exitCode
        self.output = output
        self.files = files
        self.guide = guide
        self.attempt = attempt
    }
}

/// What is wrong, and the patch when there is one.
package struct Fix: Codable, Sendable, Hashable, SchemaAnnotated {
    package let diagnosis: String
    /// Whether a patch is given; only the command's next run tells whether it helped.
    package let fixed: Bool
    package let files: [FileText]
    package let deletions: [String]
    /// Run in the component's folder before the failed command runs again.
    package let commands: [[String]]

    package init(
        diagnosis: String,
        fixed: Bool,
        files: [FileText] = [],
        deletions: [String] = [],
        commands: [[String]] = []
    ) {
        self.diagnosis = diagnosis
        self.fixed = fixed
        self.files = files
        self.deletions = deletions
        self.commands = commands
    }

    /// Models leave lists out that would be empty; a repair would cost a whole answer, for nothing.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            diagnosis: try members.decode(String.self, forKey: .diagnosis),
            fixed: try members.decode(Bool.self, forKey: .fixed),
            files: try members.decodeIfPresent([FileText].self, forKey: .files) ?? [],
            deletions: try members.decodeIfPresent([String].self, forKey: .deletions) ?? [],
            commands: try members.decodeIfPresent([[String]].self, forKey: .commands) ?? []
        )
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "diagnosis": SchemaNote("The cause of the failure, in a sentence or two.", length: 1...4_000),
        "fixed": SchemaNote("True if a patch is given, false if the cause is unknown or cannot be fixed here."),
        "files": SchemaNote("Changed files, each with its whole text."),
        "deletions": SchemaNote("Paths of files to delete."),
        "commands": SchemaNote("Commands to run in the component's folder before the failed one runs again."),
    ]
}

/// Contract `fix`: a patch for one failed command.
package struct FixContract: Contract {
    package static let name = "fix"
    package static let instructions = """
        'command' ended with 'exitCode' in the component's folder and printed 'output'. Find the cause and give the smallest
        patch that removes it: changed files with their whole text, paths relative to the project's folder.
        Never make a check pass by weakening it: do not delete or skip tests, and do not turn warnings or checks off.
        If the cause is unknown, or lies outside of the files (a missing tool, no network), set 'fixed' to false and give no
        patch. A command is a list of program and arguments, never a line for a shell.
        """

    private let rules: FileRules

    package init(rules: FileRules = FileRules()) {
        self.rules = rules
    }

    package var fallback: ContractFallback<FixInput, Fix> { .failure }

    package func problems(in answer: Fix, for input: FixInput) -> [String] {
        var problems = rules.problems(
            files: answer.files,
            deletions: answer.deletions,
            owned: OwnedPaths(folder: input.component.path)
        )
        problems += Self.lostTests(in: answer, of: input)
        problems += CommandRules.problems(in: answer.commands, at: "commands")
        let isEmpty = answer.files.isEmpty && answer.deletions.isEmpty && answer.commands.isEmpty
        if answer.fixed == isEmpty {
            problems.append(
                isEmpty ? "'fixed' is true, but there is no patch" : "'fixed' is false, but there is a patch"
            )
        }
        return problems
    }

    /// A check that passes because its tests are gone shows nothing.
    private static func lostTests(in answer: Fix, of input: FixInput) -> [String] {
        let tests = Set(input.files.filter { isTest($0.path) && !isBlank($0.content) }.map(\.path))
        let deleted = answer.deletions.filter(tests.contains)
        let emptied = answer.files.filter { tests.contains($0.path) && isBlank($0.content) }.map(\.path)
        return (deleted + emptied).map { "the patch takes away the tests in '\($0.printable)'" }
    }

    private static func isBlank(_ text: String) -> Bool { text.allSatisfy(\.isWhitespace) }

    /// Whether a path is one at which the stacks keep tests.
    private static func isTest(_ path: String) -> Bool {
        let parts = path.lowercased().split(separator: "/")
        guard let name = parts.last else { return false }
        if parts.dropLast().contains(where: { ["test", "tests", "spec", "specs", "__tests__"].contains($0) }) {
            return true
        }
        let stem = name.prefix { $0 != "." }
        return stem.hasPrefix("test_") || stem.hasSuffix("_test") || stem.hasSuffix("tests")
            || name.contains(".test.") || name.contains(".spec.")
    }
}
