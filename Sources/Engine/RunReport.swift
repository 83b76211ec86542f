package import Core
package import Models

/// What became of a run, as `drydock new --json` and `drydock show --json` print it.
///
/// Every member is always written, with `null` for what the run does not have (yet); only `failure`,
/// `retryAt` and `steps` are left out when there are none.
package struct RunReport: Equatable, Sendable {
    package var run: RunID
    package var state: RunState
    /// Whether the acceptance commands ran in the sandbox and all ended with 0.
    package var verified: Bool
    package var scope: RunScope
    /// `nil` until the plan is made.
    package var title: String?
    /// The names of the guides, in the plan's order.
    package var stack: [String]
    package var pipeline: String
    package var model: Model?
    package var toolchain: ToolchainLevel?
    package var isolation: IsolationLevel?
    /// The commit that was verified and snapshotted, in hexadecimal digits.
    package var commit: String?
    /// The acceptance commands of the last verification, in order.
    package var checks: [Check]
    package var snapshot: Snapshot?
    package var delivered: Delivery?
    package var usage: Usage
    package var durationMilliseconds: Int
    package var failure: Failure?
    /// The way out of the failure, which the JSON has at the end of the failure's message.
    package var hint: String?
    /// When a model may answer again, in milliseconds since 1970; `nil` when no waiting helps.
    package var retryAt: Int64?
    /// What `resume` needs besides the run's name, for people alone: the JSON does not have it.
    package var resumeOption: String?
    /// How the usage is spread; only for `show`'s table, where models were called: the JSON has it step by step.
    package var shares: UsageShares?
    /// Only `show` fills these in.
    package var steps: [StepReport]?
    /// Sentences for the reader of the summary (what was assumed, what is missing); not part of the JSON.
    package var notes: [String] = []

    package init(run: RunID, state: RunState, pipeline: String, scope: RunScope = .starter) {
        self.run = run
        self.state = state
        self.pipeline = pipeline
        self.scope = scope
        verified = false
        stack = []
        checks = []
        usage = Usage()
        durationMilliseconds = 0
    }
}

/// Where a run is in its life.
package enum RunState: String, CaseIterable, Codable, Sendable {
    /// Under way, in this process or another.
    case running
    case completed
    case failed
    /// A person asked it to stop for now.
    case paused
    /// The machine or a provider stopped it; `resume` goes on.
    case parked
    case cancelled
}

/// What a run claims to have made.
package enum RunScope: String, CaseIterable, Codable, Sendable {
    /// What the description asks for.
    case described
    /// A working starting point, made by rule.
    case starter
}

extension RunReport {
    package enum ToolchainLevel: String, CaseIterable, Codable, Sendable {
        case nix
        case hostFlake = "host-flake"
        case host
    }

    package enum IsolationLevel: String, CaseIterable, Codable, Sendable {
        case bubblewrap
        case none
    }

    package enum SnapshotBackend: String, CaseIterable, Codable, Sendable {
        case archive
        case nix
    }

    package struct Model: Codable, Equatable, Sendable, CustomStringConvertible {
        package var provider: String
        package var name: String

        package init(provider: String, name: String) {
            self.provider = provider
            self.name = name
        }

        package var description: String { provider == name ? name : provider + "/" + name }
    }

    package struct Check: Equatable, Sendable {
        package var argv: [String]
        package var exitCode: Int32
        package var durationMilliseconds: Int

        package init(argv: [String], exitCode: Int32, durationMilliseconds: Int) {
            self.argv = argv
            self.exitCode = exitCode
            self.durationMilliseconds = durationMilliseconds
        }
    }

    package struct Snapshot: Codable, Equatable, Sendable {
        package var id: String
        package var backend: SnapshotBackend
        /// The archive's file, or the path in the Nix store.
        package var location: String
        /// The hash of the manifest.
        package var tree: Digest
        package var bytes: Int

        package init(id: String, backend: SnapshotBackend, location: String, tree: Digest, bytes: Int) {
            self.id = id
            self.backend = backend
            self.location = location
            self.tree = tree
            self.bytes = bytes
        }
    }

    package struct Delivery: Codable, Equatable, Sendable {
        /// An absolute path.
        package var folder: String

        package init(folder: String) {
            self.folder = folder
        }
    }

    /// The calls of a run's model, and what they used together.
    package struct Usage: Equatable, Sendable {
        package var calls = 0
        package var sum = Models.Usage.zero

        package init() {}

        /// Counts one more call.
        package mutating func add(_ call: Models.Usage) {
            calls += 1
            sum = sum + call
        }
    }

    package struct Failure: Equatable, Sendable {
        package var failureClass: FailureClass
        package var message: String
        /// The step that failed, if it was one.
        package var step: StepPath?
        /// The command that failed, if it was one.
        package var command: CommandReport?

        package init(
            failureClass: FailureClass,
            message: String,
            step: StepPath? = nil,
            command: CommandReport? = nil
        ) {
            self.failureClass = failureClass
            self.message = message
            self.step = step
            self.command = command
        }
    }
}

extension RunReport: Codable {
    private enum CodingKeys: String, CodingKey {
        case run, state, verified, scope, title, stack, pipeline, model, toolchain, isolation, commit, checks
        case snapshot, delivered, usage, failure, retryAt, steps
        case durationMilliseconds = "durationMs"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(run, forKey: .run)
        try container.encode(state, forKey: .state)
        try container.encode(verified, forKey: .verified)
        try container.encode(scope, forKey: .scope)
        try container.encode(title, forKey: .title)
        try container.encode(stack, forKey: .stack)
        try container.encode(pipeline, forKey: .pipeline)
        try container.encode(model, forKey: .model)
        try container.encode(toolchain, forKey: .toolchain)
        try container.encode(isolation, forKey: .isolation)
        try container.encode(commit, forKey: .commit)
        try container.encode(checks, forKey: .checks)
        try container.encode(snapshot, forKey: .snapshot)
        try container.encode(delivered, forKey: .delivered)
        try container.encode(usage, forKey: .usage)
        try container.encode(durationMilliseconds, forKey: .durationMilliseconds)
        try container.encodeIfPresent(failure.map { StatedFailure($0, hint: hint) }, forKey: .failure)
        try container.encodeIfPresent(retryAt, forKey: .retryAt)
        try container.encodeIfPresent(steps, forKey: .steps)
    }
}

/// One flat object: the calls beside the members of their sum.
extension RunReport.Usage: Codable {
    private enum CodingKeys: String, CodingKey {
        case calls
    }

    package init(from decoder: any Decoder) throws {
        calls = try decoder.container(keyedBy: CodingKeys.self).decode(Int.self, forKey: .calls)
        sum = try Models.Usage(from: decoder)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(calls, forKey: .calls)
        try sum.encode(to: encoder)
    }
}

extension RunReport.Check: Codable {
    private enum CodingKeys: String, CodingKey {
        case argv, exitCode
        case durationMilliseconds = "durationMs"
    }
}

extension RunReport.Failure: Codable {
    private enum CodingKeys: String, CodingKey {
        case failureClass = "class"
        case message, step, command
    }
}
