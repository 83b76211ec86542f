package import Core
package import Models

/// One step of a run, as `drydock show` lists it.
package struct StepReport: Equatable, Sendable {
    package enum State: String, CaseIterable, Codable, Sendable {
        case running, completed, failed
    }

    package var step: StepPath
    package var state: State
    /// Milliseconds since 1970.
    package var beganAt: Int64
    /// `nil` while the step runs.
    package var durationMilliseconds: Int?
    package var input: Digest?
    package var result: Digest?
    /// Why the step failed, in one sentence.
    package var message: String?
    /// The command that the step ran and that ended, if it was one.
    package var command: CommandReport?
    /// Which model answered and what the call used, if the step was one; a call without an answer names no model.
    package var model: String?
    package var usage: Usage?

    package init(step: StepPath, state: State, beganAt: Int64) {
        self.step = step
        self.state = state
        self.beganAt = beganAt
    }
}

extension StepReport: Codable {
    private enum CodingKeys: String, CodingKey {
        case step, state, beganAt, input, result, message, command, model, usage
        case durationMilliseconds = "durationMs"
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(step, forKey: .step)
        try container.encode(state, forKey: .state)
        try container.encode(beganAt, forKey: .beganAt)
        try container.encode(durationMilliseconds, forKey: .durationMilliseconds)
        try container.encode(input, forKey: .input)
        try container.encode(result, forKey: .result)
        try container.encodeIfPresent(message, forKey: .message)
        try container.encodeIfPresent(command, forKey: .command)
        try container.encodeIfPresent(model, forKey: .model)
        try container.encodeIfPresent(usage, forKey: .usage)
    }
}
