internal import Core
package import YAMLKit

/// Makes a ``Pipeline`` from YAML and refuses every name that the engine does not know.
///
/// All errors are ``YAMLError``s, so that each names file, line and column.
package enum PipelineParser {
    package static func parse(_ node: YAMLNode) throws(YAMLError) -> Pipeline {
        let fields = try YAMLFields(node, of: "a pipeline", known: ["name", "title", "phases", "closing"])
        return Pipeline(
            name: try fields.required("name").string(),
            title: try fields.required("title").string(),
            phases: try phases(in: fields.required("phases")),
            closing: try fields["closing"].map { (node) throws(YAMLError) in try phases(in: node) } ?? []
        )
    }

    private static func phases(in node: YAMLNode) throws(YAMLError) -> [Phase] {
        var phases: [Phase] = []
        for element in try node.elements() {
            let phase = try phase(element)
            guard !phases.contains(where: { $0.name == phase.name }) else {
                throw element.error("there is already a phase '\(phase.name.printable)' here")
            }
            phases.append(phase)
        }
        guard !phases.isEmpty else { throw node.error("a list of phases needs at least one") }
        return phases
    }

    private static let workKeys = ["ask", "do", "each", "loop", "chat", "gate"]

    private static func phase(_ node: YAMLNode) throws(YAMLError) -> Phase {
        let known = ["name", "when", "before", "after", "width", "phases", "otherwise"] + workKeys
        let fields = try YAMLFields(node, of: "a phase", known: known)
        let name = try name(fields.required("name"))
        let named = workKeys.filter { fields[$0] != nil }
        guard let key = named.first, named.count == 1 else {
            throw node.error("the phase '\(name)' needs exactly one of \(workKeys.joined(separator: ", "))")
        }
        try refuseStrayKeys(of: key, in: fields)
        return Phase(
            name: name,
            condition: try fields["when"].map { (node) throws(YAMLError) in try condition(node) },
            before: try actions(fields["before"]),
            after: try actions(fields["after"]),
            work: try work(key, fields)
        )
    }

    /// A phase's name becomes a part of step paths, so it is made of few characters.
    private static func name(_ node: YAMLNode) throws(YAMLError) -> String {
        let name = try node.string()
        let allowed = Set("abcdefghijklmnopqrstuvwxyz0123456789-")
        guard !name.isEmpty, name.allSatisfy(allowed.contains) else {
            throw node.error("'\(name.printable)' is no name", hint: "use lower-case letters, digits and '-'")
        }
        return name
    }

    /// A key that the phase's kind of work does not read would be parsed and ignored.
    private static func refuseStrayKeys(of work: String, in fields: YAMLFields) throws(YAMLError) {
        let readers = ["width": ["each"], "phases": ["each", "loop"], "otherwise": ["gate"]]
        for entry in fields.entries {
            if let readers = readers[entry.key], !readers.contains(work) {
                throw entry.value.error(
                    "'\(entry.key)' belongs to \(readers.joined(separator: " or ")), not to '\(work)'"
                )
            }
        }
    }

    private static func work(_ key: String, _ fields: YAMLFields) throws(YAMLError) -> PhaseWork {
        let node = try fields.required(key)
        switch key {
        case "ask": return .ask(try node.choice())
        case "do": return .act(try node.choice())
        case "each":
            return .each(
                try node.choice(),
                width: try number(fields["width"], default: 2, in: WorkBounds.width),
                phases: try phases(in: fields.required("phases"))
            )
        case "loop":
            let inner = try phases(in: fields.required("phases"))
            return try loop(node, phases: inner)
        case "chat": return .chat(try chat(node))
        default:
            let words = try node.string().printable
            let otherwise = try fields.string("otherwise")
            return .gate(try condition(node), otherwise: otherwise ?? "the condition '\(words)' does not hold")
        }
    }

    private static func loop(_ node: YAMLNode, phases: [Phase]) throws(YAMLError) -> PhaseWork {
        let fields = try YAMLFields(node, of: "a loop", known: ["limit", "until"])
        return .loop(
            limit: try number(fields.required("limit"), default: 1, in: WorkBounds.passes),
            until: try condition(fields.required("until")),
            phases: phases
        )
    }

    private static func chat(_ node: YAMLNode) throws(YAMLError) -> ChatPlan {
        let known = ["speakers", "rounds", "stop-without-change", "after-round"]
        let fields = try YAMLFields(node, of: "a chat", known: known)
        return ChatPlan(
            speakers: try fields["speakers"].map { (node) throws(YAMLError) in try node.choice() } ?? .allAtOnce,
            rounds: try number(fields.required("rounds"), default: 1, in: WorkBounds.rounds),
            stopsWithoutChange: try fields.bool("stop-without-change") ?? true,
            afterRound: try actions(fields["after-round"])
        )
    }

    private static func actions(_ node: YAMLNode?) throws(YAMLError) -> [ActionName] {
        guard let node else { return [] }
        var actions: [ActionName] = []
        for element in try node.elements() {
            actions.append(try element.choice())
        }
        return actions
    }

    private static func number(
        _ node: YAMLNode?,
        default: Int,
        in range: ClosedRange<Int>
    ) throws(YAMLError) -> Int {
        guard let node else { return `default` }
        let number = try node.integer()
        guard range.contains(number) else {
            throw node.error("\(number) is not between \(range.lowerBound) and \(range.upperBound)")
        }
        return number
    }

    private static func condition(_ node: YAMLNode) throws(YAMLError) -> Condition {
        let text = try node.string()
        do {
            return try Condition(parsing: text)
        } catch {
            let facts = FactName.allCases.map { $0.rawValue }.joined(separator: ", ")
            let words =
                switch error {
                case .unknownFact(let word): "there is no fact '\(word.printable)'"
                case .expectedFact(let previous): "a fact is missing after '\(previous)'"
                case .unexpected(let word): "'\(word.printable)' stands where 'and' or 'or' belongs"
                }
            throw node.error(words, hint: "facts: \(facts)")
        }
    }
}
