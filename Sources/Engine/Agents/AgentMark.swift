internal import Core
internal import GitKit
internal import Models
internal import Sandbox

/// What an agent is asked to write, as its step's input.
struct AgentTask: Codable, Sendable {
    var agent: ModelIdentity
    /// The commit of the crew's tree that it begins with; the files are in it, not in ``input``.
    var base: CommitID
    var input: GenerateInput
}

/// What came of it, as its step's result: nothing that changes from one machine to the next.
struct AgentOutcome: Codable, Sendable {
    /// `nil` when the agent gave no answer.
    var generation: Generation?
    /// Why it gave none.
    var fault: ProviderFault?
    /// Why nothing of what it left can be taken: it costs the worker its turn.
    var problems: [String] = []
    /// What it left that was not taken, a sentence each.
    var remarks: [String] = []
    var usage = Usage.zero
    /// The name of its tree in git, everything that could be committed included.
    var tree: String?
}

/// The record of one call, as an event of its own: its times and its output are no part of a step's result.
struct AgentMark: Codable, Sendable {
    var agent: ModelIdentity
    var version: String?
    /// With `{prompt}` or `{file}` in place of the task, which the step's input holds.
    var argv: [String]
    var isolation: Isolation
    /// Milliseconds since 1970.
    var startedAt: Int64
    var endedAt: Int64
    var exitCode: Int32
    var ending: CommandResult.Ending
    /// Where its tree began and where it ended.
    var base: CommitID
    var head: CommitID
    var tree: String
    var usage: Usage
    /// All that was kept of what it printed, redacted.
    var output: String
    var errors: String
}

extension AgentMark {
    init(_ call: AgentCall, of agent: AgentModel, _ harvest: AgentHarvest, from base: CommitID, _ redactor: Redactor) {
        self.init(
            agent: agent.identity,
            version: agent.version,
            argv: call.argv,
            isolation: agent.isolation,
            startedAt: call.startedAt,
            endedAt: call.endedAt,
            exitCode: call.result.exitCode,
            ending: call.result.ending,
            base: base,
            head: harvest.head,
            tree: harvest.tree,
            usage: call.answer.usage,
            output: redactor.redacting(call.result.output),
            errors: redactor.redacting(call.result.errors ?? "")
        )
    }
}
