package import Core

/// What another worker of the same component said and wrote in the last round.
package struct PeerMessage: Codable, Sendable, Hashable {
    package let author: String
    package let message: String
    /// The files that it wrote.
    package let paths: [String]

    package init(author: String, message: String, paths: [String]) {
        self.author = author
        self.message = message
        self.paths = paths
    }
}

/// What a worker is asked to write in one round.
package struct GenerateInput: Codable, Sendable, Hashable {
    package let title: String
    package let description: String
    package let component: PlannedComponent
    package let worker: WorkerRole
    package let guide: GuideSheet
    /// Texts of the worker's skill fragments.
    package let skills: [String]
    /// From 1.
    package let round: Int
    /// The component's files as they are now.
    package let files: [FileText]
    /// The paths of files that are there, but too large to be shown, or no text; `nil` for none.
    package let unshown: [String]?
    package let peers: [PeerMessage]
    /// What a review asked for; `nil` in a first attempt.
    package let feedback: String?

    package init(
        title: String,
        description: String,
        component: PlannedComponent,
        worker: WorkerRole,
        guide: GuideSheet,
        skills: [String],
        round: Int,
        files: [FileText],
        unshown: [String] = [],
        peers: [PeerMessage],
        feedback: String?
    ) {
        self.title = title
        self.description = description
        self.component = component
        self.worker = worker
        self.guide = guide
        self.skills = skills
        self.round = round
        self.files = files
        self.unshown = unshown.isEmpty ? nil : unshown
        self.peers = peers
        self.feedback = feedback
    }
}

/// What a worker writes.
package struct Generation: Codable, Sendable, Hashable, SchemaAnnotated {
    package let message: String
    package let files: [FileText]
    package let deletions: [String]
    /// Run in the component's folder, in the sandbox, after the files are written.
    package let commands: [[String]]

    package init(message: String, files: [FileText], deletions: [String] = [], commands: [[String]] = []) {
        self.message = message
        self.files = files
        self.deletions = deletions
        self.commands = commands
    }

    /// Models leave lists out that would be empty; a repair would cost a whole answer, for nothing.
    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            message: try members.decode(String.self, forKey: .message),
            files: try members.decode([FileText].self, forKey: .files),
            deletions: try members.decodeIfPresent([String].self, forKey: .deletions) ?? [],
            commands: try members.decodeIfPresent([[String]].self, forKey: .commands) ?? []
        )
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "message": SchemaNote("What was done, for the other workers.", length: 1...4_000),
        "files": SchemaNote("New and changed files, each with its whole text."),
        "deletions": SchemaNote("Paths of files to delete."),
        "commands": SchemaNote("Commands to run in the component's folder; usually none."),
    ]
}

/// Contract `generate`: one worker's files of one round.
package struct GenerateContract: Contract {
    package static let name = "generate"
    package static let instructions = """
        Write the files of 'component' that 'worker' owns. All paths are relative to the project's folder, so they begin
        with the component's path unless that is empty. Follow the guide's sheet and layout. Give each new or changed file
        with its whole text, leave out files that stay as they are, and write no file that 'worker.owns' does not cover.
        From round 2 on, 'files' and 'peers' show what the others wrote: make your files fit them, or change nothing and
        say so in 'message'. Files that 'unshown' names are there, too large to be shown, or no text. If 'feedback' is given,
        do what it asks for.
        'commands' is for commands that must run once in the component's folder, such as code generators; the guide's own
        build and test commands are run anyway. A command is a list of program and arguments, never a line for a shell.
        """

    /// The same task for a program that writes the files itself: they are not in its input, and it sends none back.
    package static let workInstructions = """
        Write the files of 'component' that 'worker' owns. All paths are relative to the current folder, so they begin with
        the component's path unless that is empty. Follow the guide's sheet and layout. Write no file that 'worker.owns'
        does not cover (an empty list covers the whole component): changes to others are thrown away.
        From round 2 on the folder and 'peers' show what the others wrote: make your files fit them, or change nothing
        and say so. If 'feedback' is given, do what it asks for. You may build and test here; only files that git does not
        ignore are kept.
        """

    private let rules: FileRules

    package init(rules: FileRules = FileRules()) {
        self.rules = rules
    }

    package var fallback: ContractFallback<GenerateInput, Generation> { .failure }

    package func problems(in answer: Generation, for input: GenerateInput) -> [String] {
        let owned = OwnedPaths(folder: input.component.path, entries: input.worker.owns)
        return rules.problems(files: answer.files, deletions: answer.deletions, owned: owned)
            + CommandRules.problems(in: answer.commands, at: "commands")
    }
}
