package import Core
package import Journal
package import Models
package import Sandbox
package import Snapshots
package import Warehouse

/// The outside world as the engine sees it: everything that a test replaces is a member here.
package struct EngineParts: Sendable {
    /// The folder below which each run has its own.
    package var runs: String
    package var store: any JournalStore
    package var warehouse: Warehouse
    package var snapshots: SnapshotStore
    package var runner: any CommandRunner
    package var toolchains: any ToolchainSource
    package var model: any ModelProvider
    /// Who writes workers' files in place of the model; nobody unless someone is put here.
    package var agents: any AgentSource = NoAgents()
    package var clock: any WallClock
    package var identifiers: any IdentifierSource
    package var redactor: Redactor
    /// Whether nothing may be asked beyond this machine: no command has a network, and Nix fetches nothing.
    package var isOffline = false
    /// Gets each line that a command of a run prints, as it is printed; it must not block.
    package var onLine: @Sendable (StepPath, String) -> Void = { _, _ in }

    package init(
        runs: String,
        store: any JournalStore,
        warehouse: Warehouse,
        snapshots: SnapshotStore,
        runner: any CommandRunner,
        toolchains: any ToolchainSource,
        model: any ModelProvider,
        clock: any WallClock = SystemClock(),
        identifiers: any IdentifierSource = RandomIdentifiers(),
        redactor: Redactor = .none
    ) {
        self.runs = runs
        self.store = store
        self.warehouse = warehouse
        self.snapshots = snapshots
        self.runner = runner
        self.toolchains = toolchains
        self.model = model
        self.clock = clock
        self.identifiers = identifiers
        self.redactor = redactor
    }
}

/// Where a run's toolchain comes from.
package protocol ToolchainSource: Sendable {
    /// Chooses a toolchain for a guide, and captures its environment.
    ///
    /// Missing tools are no error: the run goes on as far as it can, and says so.
    func toolchain(for need: ToolchainNeed, from warehouse: Warehouse) async throws -> ChosenToolchain
}

/// What a run needs of its toolchain.
package struct ToolchainNeed: Codable, Equatable, Sendable {
    package var choice: RunRequest.ToolchainChoice
    /// A flake reference in place of the public nixpkgs; `nil` for that.
    package var nixpkgs: String?
    /// The programs that the guide's commands begin with.
    package var tools: [String]
    /// The name of the flake that provides them.
    package var flake: String
}

/// A toolchain and what it lacks.
package struct ChosenToolchain: Codable, Equatable, Sendable {
    package var toolchain: Toolchain
    /// Tools that the guide needs and this machine does not have.
    package var missing: [String]

    package init(toolchain: Toolchain, missing: [String] = []) {
        self.toolchain = toolchain
        self.missing = missing
    }
}
