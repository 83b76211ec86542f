package import Core

/// What two workers made of the same task, each for itself.
package struct ChooseInput: Codable, Sendable, Hashable {
    /// One of the two results.
    package struct Candidate: Codable, Sendable, Hashable {
        package let name: Choice.Name
        /// What its author says of it.
        package let message: String
        package let files: [FileText]
        package let deletions: [String]

        package init(name: Choice.Name, message: String, files: [FileText], deletions: [String]) {
            self.name = name
            self.message = message
            self.files = files
            self.deletions = deletions
        }
    }

    package let title: String
    package let description: String
    package let component: PlannedComponent
    package let worker: WorkerRole
    /// Without their authors' names: whoever chooses may be one of them.
    package let candidates: [Candidate]

    package init(
        title: String,
        description: String,
        component: PlannedComponent,
        worker: WorkerRole,
        candidates: [Candidate]
    ) {
        self.title = title
        self.description = description
        self.component = component
        self.worker = worker
        self.candidates = candidates
    }
}

/// Which of two results counts.
package struct Choice: Codable, Sendable, Hashable, SchemaAnnotated {
    package enum Name: String, CaseIterable, Codable, Sendable {
        case first
        case second
    }

    package let choice: Name
    package let reason: String

    package init(choice: Name, reason: String) {
        self.choice = choice
        self.reason = reason
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "choice": SchemaNote("The name of the candidate whose files are taken."),
        "reason": SchemaNote("Why, in one or two sentences.", length: 1...1_000),
    ]
}

/// Contract `choose`: which of two results of the same task is taken.
package struct ChooseContract: Contract {
    package static let name = "choose"
    package static let instructions = """
        Two workers have done the task of 'worker' on the same files, each without the other. Decide whose result is taken;
        the other one is dropped whole. Judge by the files in 'candidates', not by what a message claims of them: which one
        does what the description says of the component, is more correct, better tested and simpler. Give the reason.
        """

    package init() {}

    package var fallback: ContractFallback<ChooseInput, Choice> {
        .answer("the first result is taken") { _ in
            Choice(choice: .first, reason: "The choice gave no usable answer; the first result is taken.")
        }
    }

    package func problems(in answer: Choice, for input: ChooseInput) -> [String] {
        answer.reason.allSatisfy(\.isWhitespace) ? ["'reason' is empty"] : []
    }
}
