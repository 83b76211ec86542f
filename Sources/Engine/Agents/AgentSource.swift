package import Models

/// Who writes the files of workers in place of a model's answers; the engine asks it once for each worker and round.
///
/// The same run must get the same agents whenever it is gone on with: an implementation answers from what the run began
/// with. An agent that has changed meanwhile stops the run at the step that it would take.
package protocol AgentSource: Sendable {
    /// The agents that write a worker's files; none when the model is asked for them as for everything else.
    func writers(for request: RunRequest, role: String) async throws -> AgentWriters

    /// Whether anyone writes in place of the model; what an agent writes cannot be played back.
    var canWrite: Bool { get }
}

/// Who writes a worker's files.
package struct AgentWriters: Sendable {
    /// More than one only where a run's routes name a pair.
    package var present: [AgentWriter]
    /// Why the others of a pair cannot be used here.
    package var absent: [ModelIdentity: String]

    package init(_ present: [AgentWriter] = [], absent: [ModelIdentity: String] = [:]) {
        self.present = present
        self.absent = absent
    }
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

    package func writers(for request: RunRequest, role: String) async throws -> AgentWriters { AgentWriters() }

    package var canWrite: Bool { false }
}

/// The same agents for every worker.
package struct SameAgents: AgentSource {
    private let writers: AgentWriters

    package init(_ writers: AgentWriters) {
        self.writers = writers
    }

    package init(_ writer: AgentWriter) {
        self.init(AgentWriters([writer]))
    }

    package func writers(for request: RunRequest, role: String) async throws -> AgentWriters { writers }

    package var canWrite: Bool { !writers.present.isEmpty }
}
