internal import CommandLineKit
internal import Core
internal import Settings

/// `drydock config show`: every setting with the value that holds.
struct ConfigShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show every setting with the value that holds.",
        discussion: """
            Flags win over the environment (DRYDOCK_ and the name, such as DRYDOCK_SNAPSHOT_BACKEND), that over the \
            project's file, the user's, the system's, and last the defaults.
            """,
        examples: [
            CommandExample("drydock config show --origin", "Each value with the file and line that it comes from."),
            CommandExample("drydock config show snapshot.backend", "One value alone, for a script."),
        ]
    )

    @Flag(help: "Show where each value comes from.")
    var origin = false

    @Argument(help: "One setting; its value is printed alone.", valueName: "NAME", completion: settingNames)
    var name: String?

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private static let settingNames = CompletionKind.values(SettingKeys.all.map { $0.name })

    func validate() throws {
        guard let name, !SettingKeys.all.contains(where: { $0.name == name }) else { return }
        let question = Suggestions.question(for: name, in: SettingKeys.all.map { $0.name })
        throw ValidationError(
            "there is no setting '\(name.printable)'",
            hint: question ?? "'drydock config show' lists them"
        )
    }

    mutating func run() async throws {
        let settings = try Surroundings.current().settings()
        let output = output.makeOutput(settings)
        let keys = SettingKeys.all.filter { name == nil || $0.name == name }
        if output.isJSON {
            try output.json(keys.map { SettingReport($0, settings) })
        } else if name != nil {
            try output.result(
                keys.map { key in
                    settings.text(of: key).printable + (origin ? "  # \(settings.origin(of: key))" : "")
                }
            )
        } else {
            try output.table(table(keys, settings))
        }
        for variable in settings.unknownVariables {
            let question = Suggestions.question(for: variable, in: SettingKeys.all.map { $0.variable })
            output.note("the variable \(variable.printable) means nothing" + (question.map { "; \($0)" } ?? ""))
        }
    }

    private func table(_ keys: [any AnySettingKey], _ settings: Settings) -> Table {
        var columns = [Table.Column(title: "SETTING"), Table.Column(title: "VALUE")]
        columns.append(origin ? Table.Column(title: "ORIGIN") : Table.Column(title: "MEANING", shrinks: true))
        var table = Table(columns: columns)
        table.rows = keys.map { key in
            let place = settings.origin(of: key)
            let value = Table.Cell(settings.text(of: key), place == .default ? nil : .green)
            return [Table.Cell(key.name), value, Table.Cell(origin ? place.description : key.help, .dim)]
        }
        return table
    }
}

/// A setting as JSON.
private struct SettingReport: Encodable {
    let name: String
    let value: String
    let origin: String
    let help: String

    init(_ key: any AnySettingKey, _ settings: Settings) {
        name = key.name
        value = settings.text(of: key)
        origin = settings.origin(of: key).description
        help = key.help
    }
}
