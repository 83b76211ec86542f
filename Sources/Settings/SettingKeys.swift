internal import Core

/// Every setting that there is, declared once.
package enum SettingKeys {
    package static let pipeline = SettingKey.text("pipeline", "crew", "The pipeline that 'new' runs.")
    package static let model = SettingKey<ModelChoice>.choice(
        "model",
        .auto,
        "The model that plans and writes; 'builtin' works by rule and makes starters."
    )
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
        pipeline, model, toolchain, nixpkgs, isolation, snapshotBackend, wallClock, memory, processes, disk, files,
        output,
        fixAttempts, chatRounds, crewWidth, committerName, committerEmail, retentionDays, color,
    ]
}

package enum ModelChoice: String, CaseIterable, Sendable {
    case auto, builtin
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
