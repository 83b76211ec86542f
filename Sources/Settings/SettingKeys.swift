internal import Core

/// Every setting that there is, declared once.
package enum SettingKeys {
    package static let pipeline = SettingKey.text("pipeline", "crew", "The pipeline that 'new' runs.")
    package static let model = SettingKey.text(
        "model",
        "auto",
        "The model that plans and writes: PROVIDER/MODEL, a provider, an agent, or 'builtin', which makes starters."
    )
    package static let offline = SettingKey<OfflineChoice>.choice(
        "offline",
        .auto,
        "Whether models beyond this machine are left alone; 'auto' does so when none of them can be reached."
    )
    package static let agentBilling = SettingKey<AgentBilling>.choice(
        "agentBilling",
        .never,
        "Whether agent programs get keys that are charged by use, or work with their subscription alone."
    )
    package static let temperature = SettingKey.decimal(
        "answers.temperature",
        "0",
        in: 0...2,
        "How freely models choose their words."
    )
    package static let answerTokens = SettingKey.limit(
        "answers.maxTokens",
        in: 1...10_000_000,
        "The longest answer in tokens; 'auto' leaves it to the provider."
    )
    package static let seed = SettingKey.limit(
        "answers.seed",
        in: 0...2_147_483_647,
        "Makes answers repeatable where a provider can; 'auto' is 0."
    )
    package static let budgetUSD = SettingKey.amount("budget.usd", "What the model calls of a run may cost, in USD.")
    package static let budgetTokens = SettingKey.cap("budget.tokens", "How many tokens a run may use.")
    package static let budgetCalls = SettingKey.cap("budget.calls", "How many calls of models a run may make.")
    package static let budgetAgents = SettingKey.cap("budget.agents", "How many workers may take part in a run.")
    package static let budgetTime = SettingKey.timeCap("budget.wallClock", "How long a run may be driven.")
    package static let toolchain = SettingKey<ToolchainPreference>.choice(
        "toolchain",
        .auto,
        "Where compilers come from; 'auto' takes the first of the others that this machine has."
    )
    package static let nixpkgs = SettingKey.text(
        "nixpkgs",
        "auto",
        "The flake that the toolchain 'nix' takes its packages from; 'auto' is the one that the stack's flake names."
    )
    package static let isolation = SettingKey<IsolationChoice>.choice(
        "sandbox.isolation",
        .bubblewrap,
        "What keeps commands apart from this machine; 'none' runs them with all your rights."
    )
    package static let snapshotBackend = SettingKey<SnapshotChoice>.choice(
        "snapshot.backend",
        .archive,
        "Where snapshots of finished projects are kept."
    )
    package static let wallClock = SettingKey.seconds("limits.wallClock", "20m", "How long one command may take.")
    package static let memory = SettingKey.bytes("limits.memory", "4GiB", "Memory for one command.")
    package static let processes = SettingKey.number(
        "limits.processes",
        1_024,
        in: 1...100_000,
        "Processes and threads of one command."
    )
    package static let disk = SettingKey.bytes("limits.disk", "8GiB", "How much one command may add to the disk.")
    package static let files = SettingKey.number(
        "limits.files",
        500_000,
        in: 1_000...100_000_000,
        "How many files one command may make."
    )
    package static let output = SettingKey.bytes("limits.output", "1MiB", "How much of a command's output is kept.")
    package static let fixAttempts = SettingKey.number(
        "fix.attempts",
        1,
        in: 0...20,
        "How often a failed command is repaired and run again."
    )
    package static let chatRounds = SettingKey.limit(
        "chat.rounds",
        in: WorkBounds.rounds,
        "The most rounds that a crew's chat takes, if the pipeline allows as many; 'auto' leaves it to the pipeline."
    )
    package static let crewWidth = SettingKey.limit(
        "crew.width",
        in: WorkBounds.width,
        "The most crews that work side by side, if the pipeline allows as many; 'auto' leaves it to the pipeline."
    )
    package static let committerName = SettingKey.text("commit.name", "Drydock", "The name on commits.")
    package static let committerEmail = SettingKey.text(
        "commit.email",
        "drydock@localhost",
        "The address on commits."
    )
    package static let retentionDays = SettingKey.number(
        "retention.days",
        90,
        in: 1...36_500,
        "Days after which 'prune' lets go of what a finished run stored."
    )
    package static let color = SettingKey<ColorChoice>.choice("color", .auto, "Colours on a terminal.")

    /// All of them, in the order in which they are listed.
    package static let all: [any AnySettingKey] = [
        pipeline, model, offline, agentBilling, temperature, answerTokens, seed, budgetUSD, budgetTokens, budgetCalls,
        budgetAgents,
        budgetTime, toolchain, nixpkgs, isolation, snapshotBackend, wallClock, memory, processes, disk, files,
        output,
        fixAttempts, chatRounds, crewWidth, committerName, committerEmail, retentionDays, color,
    ]
}

package enum AgentBilling: String, CaseIterable, Sendable {
    case never, allow
}

package enum OfflineChoice: String, CaseIterable, Sendable {
    case auto, on, off
}

package enum ToolchainPreference: String, CaseIterable, Sendable {
    case auto, nix
    case hostFlake = "host-flake"
    case host
}

package enum IsolationChoice: String, CaseIterable, Sendable {
    case bubblewrap, none
}

package enum SnapshotChoice: String, CaseIterable, Sendable {
    case archive, nix
}

package enum ColorChoice: String, CaseIterable, Sendable {
    case auto, always, never
}
