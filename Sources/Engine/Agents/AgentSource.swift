internal import Models

/// Who writes the files of workers in place of a model's answers; the engine asks it once for each worker and round.
///
/// The same run must get the same agents whenever it is gone on with: an implementation answers from what the run began
/// with. An agent that has changed meanwhile stops the run at the step that it would take.
package protocol AgentSource: Sendable {
    /// The agent that writes a worker's files; `nil` when the model is asked for them as for everything else.
    func writer(for request: RunRequest, role: String) async throws -> AgentWriter?
}

/// An agent as a writer of files.
package struct AgentWriter: Sendable {
    package let agent: AgentModel
    /// Whether the model is asked when the agent gives no answer and another try would not help to find out why.
    package let fallsBack: Bool

    package init(_ agent: AgentModel, fallsBack: Bool = false) {
        self.agent = agent
        self.fallsBack = fallsBack
    }
}

/// No agents.
package struct NoAgents: AgentSource {
    package init() {}

    package func writer(for request: RunRequest, role: String) async throws -> AgentWriter? { nil }
}

/// The same agent for every worker.
package struct OneAgent: AgentSource {
    private let writer: AgentWriter

    package init(_ writer: AgentWriter) {
        self.writer = writer
    }

    package func writer(for request: RunRequest, role: String) async throws -> AgentWriter? { writer }
}
