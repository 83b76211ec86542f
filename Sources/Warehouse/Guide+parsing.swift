internal import Core
internal import YAMLKit

extension Guide: Knowledge {
    private static let keys = [
        "title", "stack", "brief", "words", "kinds", "tools", "flake", "nixPackages", "debianPackages",
        "environment", "commands",
    ]

    package static func itemName(path: String, text: String?) -> String? {
        guard !path.contains("/"), path.hasSuffix(".md"), path.count > 3 else { return nil }
        return String(path.dropLast(3))
    }

    package init?(files: [KnowledgeFile], name: String) throws(ConfigurationFault) {
        guard let file = files.first else { return nil }
        guard let matter = try FrontMatter(text: file.text, location: file.location) else {
            let place = YAMLPlace(file: file.location, line: 1)
            throw .malformed(YAMLError(at: place, "a guide begins with a header between two lines of '---'"))
        }
        let body = try GuideBody(matter)
        do {
            try self.init(name: name, header: matter.header, body: body)
        } catch {
            throw .malformed(error)
        }
        try check(body, matter)
    }

    private init(name: String, header: YAMLNode, body: GuideBody) throws(YAMLError) {
        let fields = try YAMLFields(header, of: "a guide", known: Self.keys)
        self.name = name
        title = try fields.required("title").string()
        stack = try fields.required("stack").string()
        brief = try fields.required("brief").string()
        words = try fields.required("words").strings()
        kinds = try Self.choices(fields.required("kinds"))
        guard !kinds.isEmpty else { throw try fields.required("kinds").error("a guide needs at least one kind") }
        tools = try fields.required("tools").strings()
        flake = try fields.required("flake").string()
        nixPackages = try fields.required("nixPackages").strings()
        debianPackages = try fields.required("debianPackages").strings()
        environment = try Self.environment(fields["environment"])
        commands = try Self.commands(fields.required("commands"))
        sheet = body.sheet
        layout = body.layout
        blueprints = body.blueprints.map { $0.blueprint }
    }

    /// Every kind of the header has starter code, and no path comes twice in one kind.
    private func check(_ body: GuideBody, _ matter: FrontMatter) throws(ConfigurationFault) {
        for kind in kinds {
            var paths: Set<String> = []
            for section in body.blueprints where section.blueprint.kinds.contains(kind) {
                for file in section.blueprint.files where !paths.insert(file.path).inserted {
                    throw matter.error(line: section.line, "'\(file.path)' comes twice in \(kind.phrase)")
                }
            }
            guard paths.isEmpty else { continue }
            throw matter.error(line: 0, "there is no blueprint for the kind '\(kind.rawValue)'")
        }
    }

    /// Checks that there is the flake that the guide names, and that it can be used.
    func checkFlake(among flakes: Shelf<FlakeFolder>, _ files: [KnowledgeFile]) throws(ConfigurationFault) {
        let unknown: UnknownKnowledge
        do {
            _ = try flakes.named(flake)
            return
        } catch let fault as ConfigurationFault {
            throw fault
        } catch let error as UnknownKnowledge {
            unknown = error
        } catch {
            preconditionFailure("a shelf throws nothing else: \(error)")
        }
        guard let file = files.first, let matter = try FrontMatter(text: file.text, location: file.location) else {
            return
        }
        let fields = try? YAMLFields(matter.header, of: "a guide", known: Self.keys)
        let place = fields?["flake"]?.place ?? YAMLPlace(file: file.location, line: 1)
        throw .malformed(YAMLError(at: place, unknown.description, hint: unknown.hint))
    }

    private static func choices<Value: RawRepresentable<String> & CaseIterable>(
        _ node: YAMLNode
    ) throws(YAMLError) -> [Value] {
        var values: [Value] = []
        for element in try node.elements() {
            values.append(try element.choice())
        }
        return values
    }

    private static func environment(_ node: YAMLNode?) throws(YAMLError) -> [String: String] {
        var environment: [String: String] = [:]
        for entry in try node?.entries() ?? [] {
            environment[entry.key] = try entry.value.string()
        }
        return environment
    }

    private static func commands(_ node: YAMLNode) throws(YAMLError) -> [GuideCommand] {
        var commands: [GuideCommand] = []
        for element in try node.elements() {
            let fields = try YAMLFields(
                element,
                of: "a command",
                known: ["purpose", "argv", "profile", "kinds", "evidence"]
            )
            let argv = try fields.required("argv")
            commands.append(
                GuideCommand(
                    purpose: try fields.required("purpose").choice(),
                    argv: try arguments(argv),
                    profile: try fields.required("profile").choice(),
                    kinds: try fields["kinds"].map { node throws(YAMLError) in try choices(node) } ?? [],
                    evidence: try fields["evidence"].map { node throws(YAMLError) in try expression(node) }
                )
            )
        }
        guard !commands.isEmpty else { throw node.error("a guide needs at least one command") }
        return commands
    }

    private static func expression(_ node: YAMLNode) throws(YAMLError) -> String {
        let text = try node.string()
        do {
            _ = try Regex(text)
        } catch {
            throw node.error("this is no regular expression: \(error)")
        }
        return text
    }

    private static func arguments(_ node: YAMLNode) throws(YAMLError) -> [String] {
        let argv = try node.strings()
        guard let program = argv.first, !program.isEmpty else { throw node.error("a command needs a program") }
        for argument in argv {
            guard let unknown = Template(argument).unknownPlaceholder else { continue }
            throw node.error("there is no placeholder '\(unknown)'", hint: Template.hint)
        }
        return argv
    }
}
