internal import Core
internal import Models
internal import Sandbox
internal import Warehouse

/// A guide as the crew's contracts see it.
extension Guide {
    /// The stack that is taken when a description names none: it is on every Debian machine and needs no build.
    static let defaultName = "python"

    var planBrief: GuideBrief {
        GuideBrief(name: name, title: title, words: words, kinds: kinds)
    }

    /// The commands that a component has to pass, in the order in which they make sense.
    func checks(for kind: ProjectKind) -> [GuideCommand] {
        [.fetch, .prepare, .build, .lint, .test].flatMap { commands(for: $0, kind: kind) }
    }

    func sheet(for kind: ProjectKind, _ names: ProjectNames) -> GuideSheet {
        GuideSheet(
            name: name,
            title: title,
            sheet: sheet,
            layout: layout,
            blueprint: blueprints.filter { $0.kinds.contains(kind) }.flatMap { $0.files }.map { file in
                BlueprintText(
                    path: file.path,
                    content: file.content,
                    executable: file.isExecutable,
                    role: file.role.rawValue
                )
            },
            formatCommands: commands(for: .format, kind: kind).map { $0.argv(with: names) }
        )
    }
}

extension PlanInput {
    /// What the Boss is asked: a description, and the stacks that it may choose from.
    init(_ description: String, _ guides: [Guide]) {
        self.init(
            description: description,
            guides: guides.map { $0.planBrief },
            defaultGuide: Guide.defaultName
        )
    }
}

extension CrewState {
    var sheet: GuideSheet { guide.sheet(for: component.kind, names) }

    /// The files that the workers' roles name one by one.
    var expectedFiles: [String] { workers.flatMap { $0.owns }.filter { !$0.hasSuffix("/**") } }

    /// What has to be run again in a tree that was made anew, before anything else.
    var preparation: [CommandOrder] {
        [.fetch, .prepare].flatMap { guide.commands(for: $0, kind: component.kind) }.map { order($0) }
    }

    /// A guide's command as the sandbox gets it.
    func order(_ command: GuideCommand) -> CommandOrder {
        var order = order(command.argv(with: names), command.profile)
        order.evidence = command.evidence
        return order
    }

    /// Any command in the component's folder, with the variables that its guide gives to all commands.
    func order(_ argv: [String], _ profile: CommandProfile) -> CommandOrder {
        CommandOrder(argv: argv, profile: profile, folder: folder, environment: guide.environment)
    }
}

extension RunContext {
    /// The fragments that a component's Manager may choose from.
    func skills(for component: PlannedComponent, _ guide: Guide) -> [SkillBrief] {
        SkillCatalogue(warehouse.skills.usable())
            .search(role: component.name, tech: guide.stack, task: component.description, count: 12)
            .map { SkillBrief(slug: $0.slug, area: $0.area, name: $0.name) }
    }

    func skillTexts(_ slugs: [String]) -> [String] {
        let fragments = warehouse.skills.usable()
        return slugs.compactMap { slug in fragments.first { $0.slug == slug }?.body }
    }
}

extension CommandOutcome {
    /// What a review is told: of a success that shows nothing, the output too.
    var result: CheckResult {
        CheckResult(argv: argv, exitCode: Int(exitCode), output: lacksEvidence ? String(output.suffix(400)) : nil)
    }
}
