package import Core

/// A whole project after its crews and the engine's checks are done.
package struct VerdictInput: Codable, Sendable, Hashable {
    package let title: String
    package let description: String
    package let components: [PlannedComponent]
    package let checks: [CheckResult]
    /// Paths of all files.
    package let files: [String]
    /// Whether the built-in model wrote the project, which can only make starters.
    package let modelIsBuiltin: Bool

    package init(
        title: String,
        description: String,
        components: [PlannedComponent],
        checks: [CheckResult],
        files: [String],
        modelIsBuiltin: Bool
    ) {
        self.title = title
        self.description = description
        self.components = components
        self.checks = checks
        self.files = files
        self.modelIsBuiltin = modelIsBuiltin
    }
}

/// How much of what was described is there.
package enum VerdictScope: String, CaseIterable, Codable, Sendable {
    /// What was described.
    case described
    /// A project that builds and passes its tests, without what was described.
    case starter
}

/// The Boss's judgement of the whole.
package struct Verdict: Codable, Sendable, Hashable, SchemaAnnotated {
    package let approved: Bool
    package let scope: VerdictScope
    package let reasons: [String]
    /// What was described and is not there.
    package let missing: [String]

    package init(approved: Bool, scope: VerdictScope, reasons: [String], missing: [String]) {
        self.approved = approved
        self.scope = scope
        self.reasons = reasons
        self.missing = missing
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "approved": SchemaNote("True only if all checks passed and the project is what 'scope' says."),
        "scope": SchemaNote("'described' if the project does what was described, 'starter' if it only builds."),
        "reasons": SchemaNote("Why, one sentence each.", count: 0...50),
        "missing": SchemaNote("What was described and is not there, one sentence each.", count: 0...50),
    ]
}

/// Contract `verdict`: approve the finished project, or not.
package struct VerdictContract: Contract {
    package static let name = "verdict"
    package static let instructions = """
        Decide whether the project can be handed over. 'checks' holds commands that were run on the finished project and the
        codes they ended with; believe them alone. Do not approve if one failed or none was run. Set 'scope' to 'described'
        only if everything in the description is there; list what is not in 'missing'. If 'modelIsBuiltin' is true, the
        project is a starter whatever it looks like. Give the reasons, one sentence each.
        """

    package init() {}

    package var fallback: ContractFallback<VerdictInput, Verdict> {
        .answer("the project is not approved") { input in
            Verdict(
                approved: false,
                scope: .starter,
                reasons: ["The final judgement gave no usable answer; the project counts as not approved."],
                missing: [input.description.isEmpty ? "all of the description" : "what was described was not judged"]
            )
        }
    }

    package func problems(in answer: Verdict, for input: VerdictInput) -> [String] {
        var problems: [String] = []
        if input.modelIsBuiltin, answer.scope == .described {
            problems.append("'scope' is 'described', but the built-in model writes starters only")
        }
        guard answer.approved else {
            if answer.reasons.isEmpty { problems.append("'reasons' is empty, but the project is not approved") }
            return problems
        }
        if answer.scope == .described, !answer.missing.isEmpty {
            problems.append("'scope' is 'described', but 'missing' is not empty")
        }
        if input.checks.isEmpty { problems.append("'approved' is true, but no check was run") }
        for check in input.checks where check.exitCode != 0 {
            problems.append("'approved' is true, but '\(check.words)' ended with \(check.exitCode)")
        }
        return problems
    }
}
