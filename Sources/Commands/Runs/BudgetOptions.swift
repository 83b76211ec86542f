internal import CommandLineKit
internal import Engine
internal import Settings

/// What a run may use up.
struct BudgetOptions: ParsableArguments {
    @Option(help: "What the model calls of the run may cost; it waits when they would cost more.", valueName: "USD")
    var budget: String?

    @Option(help: "How many tokens it may use.", valueName: "N")
    var maxTokens: String?

    @Option(help: "How many calls of models it may make.", valueName: "N")
    var maxCalls: String?

    @Option(help: "How long it may be driven, such as 30m.", valueName: "TIME")
    var maxTime: String?

    @Option(help: "How many workers may take part.", valueName: "N")
    var maxAgents: String?

    init() {}

    var flags: [SettingFlag?] {
        [
            SettingFlag(SettingKeys.budgetUSD, budget, flag: "--budget"),
            SettingFlag(SettingKeys.budgetTokens, maxTokens, flag: "--max-tokens"),
            SettingFlag(SettingKeys.budgetCalls, maxCalls, flag: "--max-calls"),
            SettingFlag(SettingKeys.budgetTime, maxTime, flag: "--max-time"),
            SettingFlag(SettingKeys.budgetAgents, maxAgents, flag: "--max-agents"),
        ]
    }

    /// What the command line alone says, for a run that has caps already; `none` takes one away.
    ///
    /// - Throws: ``SettingsError`` for a value that cannot be one.
    func caps() throws -> BudgetCaps {
        var caps = BudgetCaps(try Settings(flags: flags.compactMap(\.self), environment: [:], files: []))
        let said: [(BudgetExhausted.Cap, String?)] = [
            (.usd, budget), (.tokens, maxTokens), (.calls, maxCalls), (.wallClock, maxTime), (.agents, maxAgents),
        ]
        let lifted = said.filter { $0.1 == "none" }.map(\.0)
        caps.lifted = lifted.isEmpty ? nil : lifted
        return caps
    }
}

extension BudgetCaps {
    init(_ settings: Settings) {
        self.init(
            usd: settings[SettingKeys.budgetUSD],
            tokens: settings[SettingKeys.budgetTokens],
            calls: settings[SettingKeys.budgetCalls],
            seconds: settings[SettingKeys.budgetTime],
            agents: settings[SettingKeys.budgetAgents]
        )
    }
}
