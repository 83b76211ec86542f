package import Core

/// What the Boss is asked to plan.
package struct PlanInput: Codable, Sendable, Hashable {
    package let description: String
    package let guides: [GuideBrief]
    /// The guide to take when the description names no stack.
    package let defaultGuide: String

    package init(description: String, guides: [GuideBrief], defaultGuide: String) {
        self.description = description
        self.guides = guides
        self.defaultGuide = defaultGuide
    }
}

/// A project, cut into components that different crews can build side by side.
package struct Plan: Codable, Sendable, Hashable, SchemaAnnotated {
    package let title: String
    package let summary: String
    /// Names of the guides that the components use, in their order, each once.
    package let stack: [String]
    package let components: [PlannedComponent]
    /// Commands beyond the guides' own checks that have to succeed in the project's folder.
    package let acceptance: [[String]]
    package let assumptions: [String]
    /// Why the project cannot be built with the guides there are; `nil` when it can.
    package let refusal: String?

    package init(
        title: String,
        summary: String,
        stack: [String],
        components: [PlannedComponent],
        acceptance: [[String]] = [],
        assumptions: [String] = [],
        refusal: String? = nil
    ) {
        self.title = title
        self.summary = summary
        self.stack = stack
        self.components = components
        self.acceptance = acceptance
        self.assumptions = assumptions
        self.refusal = refusal
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "title": SchemaNote("Short human name of the project, without slashes.", length: 1...80),
        "summary": SchemaNote("What will be built, in one or two sentences.", length: 1...2_000),
        "stack": SchemaNote("Names of the guides that the components use.", count: 0...8),
        "components": SchemaNote("The parts of the project, each with a folder of its own.", count: 0...8),
        "acceptance": SchemaNote(
            "Commands, each a list of program and arguments, that must succeed in the project's folder.",
            count: 0...20
        ),
        "assumptions": SchemaNote("What was decided without the description saying so.", count: 0...20),
        "refusal": SchemaNote(
            "Only if the description names a stack that no guide covers: which one. Else null.",
            length: 1...1_000
        ),
    ]
}

/// Contract `plan`: title, stack and components of a described project.
package struct PlanContract: Contract {
    package static let name = "plan"
    package static let instructions = """
        Plan the software project that 'description' describes.
        Choose guides from 'guides' only. If the description names no language or stack, use 'defaultGuide' and say so
        in 'assumptions'. If it names one that no guide covers, fill 'refusal' and leave 'components' and 'stack' empty.
        Use one component unless the description names several parts with stacks of their own. A single component has
        the empty path; several have separate folders, none inside another. Each component's kind is one of its guide's.
        'acceptance' lists extra commands that show that the project works; the guides' own build and test commands
        are run anyway. A command is a list of program and arguments, never a line for a shell.
        """

    package init() {}

    package var fallback: ContractFallback<PlanInput, Plan> { .failure }

    package func problems(in plan: Plan, for input: PlanInput) -> [String] {
        var problems: [String] = []
        do throws(TitleError) {
            try TitleError.check(plan.title)
        } catch {
            problems.append("'title': \(error)")
        }
        if let refusal = plan.refusal, !refusal.allSatisfy(\.isWhitespace) {
            if !plan.components.isEmpty { problems.append("'components' must be empty when 'refusal' is given") }
            return problems
        }
        if plan.components.isEmpty { problems.append("'components' is empty") }
        for (index, component) in plan.components.enumerated() {
            problems += Self.problems(in: component, at: "components[\(index)]", input.guides)
        }
        problems += Self.folderProblems(plan.components)
        problems += Self.stackProblems(plan)
        problems += CommandRules.problems(in: plan.acceptance, at: "acceptance", asChecks: true)
        return problems
    }

    private static func problems(in component: PlannedComponent, at place: String, _ guides: [GuideBrief]) -> [String] {
        guard let guide = guides.first(where: { $0.name == component.guide }) else {
            let names = guides.map { "'\($0.name)'" }.joined(separator: ", ")
            return ["'\(place).guide' is '\(component.guide.printable)', but the guides are \(names)"]
        }
        guard guide.kinds.isEmpty || guide.kinds.contains(component.kind) else {
            let kinds = guide.kinds.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            return ["'\(place).kind' is '\(component.kind.rawValue)', but '\(guide.name)' has \(kinds)"]
        }
        return []
    }

    private static func folderProblems(_ components: [PlannedComponent]) -> [String] {
        var problems: [String] = []
        var folders: [ProjectPath] = []
        var names: Set<String> = []
        for (index, component) in components.enumerated() {
            if !names.insert(component.name).inserted {
                problems.append("'components[\(index)].name' is '\(component.name)' again")
            }
            do throws(ProjectPathError) {
                let folder = try ProjectPath(component.path)
                if let other = folders.first(where: { $0.isInside(folder) || folder.isInside($0) }) {
                    problems.append(
                        "'components[\(index)].path' '\(folder.description.printable)' overlaps with "
                            + "'\(other.description.printable)'"
                    )
                }
                folders.append(folder)
            } catch {
                problems.append("'components[\(index)].path': \(error)")
            }
        }
        return problems
    }

    private static func stackProblems(_ plan: Plan) -> [String] {
        let used = Set(plan.components.map(\.guide))
        guard used != Set(plan.stack) else { return [] }
        let names = used.sorted().map { "'\($0.printable)'" }.joined(separator: ", ")
        return ["'stack' must name exactly the guides of the components: \(names)"]
    }
}
