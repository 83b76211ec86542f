package import Core
package import Models

/// What a person asked for, with every choice that they made or that the configuration made for them.
///
/// It is recorded when the run begins; nothing that changes afterwards changes the run.
package struct RunRequest: Codable, Equatable, Sendable {
    /// The longest description, in characters.
    package static let descriptionLimit = 50_000

    package var description: String
    /// An absolute path: where the result goes; `nil` for a folder below ``base`` named after the title.
    package var into: String?
    /// The absolute path of the folder in which the person was.
    package var base: String
    package var pipeline: String
    package var snapshot: RunReport.SnapshotBackend
    package var toolchain: ToolchainChoice
    /// A flake reference that the toolchain level `nix` uses in place of the public nixpkgs; `nil` for that.
    package var nixpkgs: String?
    package var isolation: RunReport.IsolationLevel
    /// How often a failed command may be given to the `fix` contract; 0 switches the fix loop off.
    package var fixAttempts: Int
    /// The most rounds of a chat, at most what the pipeline says; `nil` for that.
    package var chatRounds: Int?
    /// The most components that are built at once, at most what the pipeline says; `nil` for that.
    package var width: Int?
    package var limits: RunLimits
    /// Which models are asked for what; `nil` for the built-in model.
    package var routes: RouteTable?
    /// Whether only models on this machine may be asked; `nil` for no.
    package var isOffline: Bool?
    /// The absolute path of the recording from which all answers come; `nil` when they do not.
    package var playback: String?
    /// The run whose journal all answers come from; `nil` when they do not.
    package var answersOf: RunID?
    /// What the run may use up; `nil` for no limit.
    package var budget: BudgetCaps?
    /// Who commits.
    package var author: Author
    /// Whether nobody vouches for who wrote the description, such as the author of an issue; `nil` for no.
    ///
    /// Agents are then off: ``AgentPolicy/refusal(of:)``.
    package var isFromUntrusted: Bool?
    /// The run that this one tries again.
    package var retryOf: RunID?

    package struct Author: Codable, Equatable, Sendable {
        package var name: String
        package var email: String

        package init(name: String, email: String) {
            self.name = name
            self.email = email
        }
    }

    package enum ToolchainChoice: String, CaseIterable, Codable, Sendable {
        /// The best that this machine has: `nix`, then `host-flake`, then `host`.
        case auto
        case nix
        case hostFlake = "host-flake"
        case host
    }

    /// Whether all answers are recorded ones, so that nobody is asked, and nobody is paid.
    var isPlayed: Bool { playback != nil || answersOf != nil }

    package init(description: String, base: String, pipeline: String = "crew") {
        self.description = description
        self.base = base
        self.pipeline = pipeline
        snapshot = .archive
        toolchain = .auto
        isolation = .bubblewrap
        fixAttempts = 1
        limits = RunLimits()
        author = Author(name: "Drydock", email: "drydock@localhost")
    }

    /// Checks what can be known before a run begins.
    ///
    /// - Throws: ``RunError`` of kind usage.
    package func validate() throws {
        guard description.contains(where: { !$0.isWhitespace }) else { throw RunError.emptyDescription }
        let length = description.count
        guard length <= Self.descriptionLimit else { throw RunError.descriptionTooLong(length) }
        guard !description.utf8.contains(0) else { throw RunError.descriptionHoldsNUL }
    }
}

/// What one command of a run may use up.
package struct RunLimits: Codable, Equatable, Sendable {
    /// How long one command may run.
    package var seconds = 1_200
    package var memoryBytes = 4 << 30
    package var processes = 1_024
    /// How much the project's tree and the run's home may grow.
    package var diskBytes = 8 << 30
    /// How many files, folders and links these may gain; `nil` for 500,000.
    package var files: Int?
    /// How much of a command's output is kept.
    package var outputBytes = 1 << 20

    package init() {}
}
