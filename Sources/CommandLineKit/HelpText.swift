/// The help of a command: what it does, how it is called, examples, and all that it takes.
struct HelpText: CustomStringConvertible {
    /// Lines are broken before this column.
    static let width = 100
    /// Where the explanations stand, unless the names need less.
    static let widestColumn = 28

    private let path: CommandPath
    private let configuration: CommandConfiguration
    private let inputs: [InputDefinition]

    init(of path: CommandPath) {
        self.path = path
        configuration = path.last.configuration
        inputs = configuration.subcommands.isEmpty ? LineParser.definitions(of: path.last) : []
    }

    var description: String {
        var parts = [configuration.abstract, "Usage: " + usage]
        parts += [examples, arguments] + commands + options
        parts.append(TextColumns.wrap(configuration.discussion, width: Self.width).joined(separator: "\n"))
        parts.append(closing)
        return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
    }

    private var usage: String {
        guard configuration.subcommands.isEmpty else {
            return path.line + (configuration.defaultSubcommand == nil ? " COMMAND" : " [COMMAND]")
        }
        let required = inputs.filter { $0.kind == .option && $0.isRequired }
        let words =
            required.map { "\($0.displayName) \($0.valueName)" }
            + positionals.map { definition in
                let name = definition.valueName + (definition.repeats ? "…" : "")
                return definition.isRequired ? name : "[\(name)]"
            }
        return ([path.line, "[OPTIONS]"] + words).joined(separator: " ")
    }

    private var positionals: [InputDefinition] { inputs.filter { $0.kind == .argument } }

    private var examples: String {
        guard !configuration.examples.isEmpty else { return "" }
        let lines = configuration.examples.flatMap { ["  \($0.line)", "      \($0.purpose)"] }
        return (["Examples:"] + lines).joined(separator: "\n")
    }

    private var arguments: String {
        TextColumns.section("Arguments", positionals.map { ($0.valueName, explanation($0)) })
    }

    private var commands: [String] {
        configuration.sections.map { section in
            TextColumns.section(section.title, section.commands.map { ($0.name, $0.configuration.abstract) })
        }
    }

    /// The command's own options first, then each group under its title.
    private var options: [String] {
        let named = inputs.filter { $0.kind != .argument }
        var titles: [String?] = [nil]
        for definition in named where !titles.contains(definition.section) {
            titles.append(definition.section)
        }
        return titles.enumerated().map { index, title in
            var rows = named.filter { $0.section == title }.map { (spelling($0), explanation($0)) }
            if index == titles.count - 1 {
                rows.append(("-h, --help", "Show this help."))
                if path.commands.count == 1, configuration.version != nil {
                    rows.append(("    --version", "Show the version."))
                }
            }
            return TextColumns.section(title ?? "Options", rows)
        }
    }

    private func spelling(_ definition: InputDefinition) -> String {
        let short = definition.spellings.first { !$0.hasPrefix("--") }.map { $0 + ", " } ?? "    "
        let long = definition.negation == nil ? definition.displayName : "--[no-]" + definition.displayName.dropFirst(2)
        return short + long + (definition.kind == .option ? " " + definition.valueName : "")
    }

    private func explanation(_ definition: InputDefinition) -> String {
        var text = definition.help
        if !definition.values.isEmpty {
            text += " (\(definition.values.joined(separator: ", ")))"
        }
        if let value = definition.defaultText, !value.isEmpty {
            text += " (default: \(value))"
        }
        return text
    }

    private var closing: String {
        configuration.subcommands.isEmpty ? "" : "'\(path.line) help COMMAND' says more of a command."
    }
}

/// Text in two columns.
enum TextColumns {
    static func section(_ title: String, _ rows: [(name: String, text: String)]) -> String {
        guard !rows.isEmpty else { return "" }
        let longest = rows.map { $0.name.count }.filter { $0 <= HelpText.widestColumn }.max() ?? 0
        let column = 2 + longest + 2
        let lines = rows.flatMap { name, text -> [String] in
            var texts = wrap(text, width: HelpText.width - column)[...]
            let fits = name.count <= longest
            let first = fits ? texts.popFirst() ?? "" : ""
            let head = "  " + (fits && !first.isEmpty ? name + spaces(longest - name.count + 2) + first : name)
            return [head] + texts.map { spaces(column) + $0 }
        }
        return (["\(title):"] + lines).joined(separator: "\n")
    }

    /// Breaks each paragraph at spaces; words that are too long stay whole.
    static func wrap(_ text: String, width: Int) -> [String] {
        text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
            var lines: [String] = []
            var line = ""
            for word in paragraph.split(separator: " ") {
                if !line.isEmpty, line.count + 1 + word.count > width {
                    lines.append(line)
                    line = ""
                }
                line += (line.isEmpty ? "" : " ") + word
            }
            return text.isEmpty ? [] : lines + [line]
        }
    }

    private static func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
}
