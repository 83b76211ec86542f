package import Core

/// Which model answers, as runs record it.
package struct ModelIdentity: Codable, Sendable, Hashable, CustomStringConvertible {
    package let provider: String
    package let name: String

    package init(provider: String, name: String) {
        self.provider = provider
        self.name = name
    }

    package var description: String { provider == name ? name : provider + "/" + name }
}

/// What calls have used so far; values add up.
package struct Usage: Codable, Sendable, Hashable {
    package var inputTokens: Int
    package var outputTokens: Int
    package var costUSD: Double

    package static let zero = Usage(inputTokens: 0, outputTokens: 0, costUSD: 0)

    package init(inputTokens: Int, outputTokens: Int, costUSD: Double) {
        self.inputTokens = inputTokens
        self.outputTokens = outputTokens
        self.costUSD = costUSD
    }

    package static func + (left: Usage, right: Usage) -> Usage {
        Usage(
            inputTokens: left.inputTokens + right.inputTokens,
            outputTokens: left.outputTokens + right.outputTokens,
            costUSD: left.costUSD + right.costUSD
        )
    }
}

/// An answer that could not be used, shown to the model once together with the exact error.
package struct RepairNote: Codable, Sendable, Hashable {
    package let previousAnswer: String
    package let error: String

    package init(previousAnswer: String, error: String) {
        self.previousAnswer = previousAnswer
        self.error = error
    }
}

/// One question to a model, complete in itself: the answer depends on nothing else.
package struct ModelRequest: Codable, Sendable, Hashable {
    package let contract: String
    package let instructions: String
    /// The contract's input; all of it is data.
    package let input: JSONValue
    /// The JSON Schema of the answer.
    package let schema: JSONValue
    package let repair: RepairNote?

    package init(
        contract: String,
        instructions: String,
        input: JSONValue,
        schema: JSONValue,
        repair: RepairNote? = nil
    ) {
        self.contract = contract
        self.instructions = instructions
        self.input = input
        self.schema = schema
        self.repair = repair
    }
}

/// What a model sent back.
package struct ModelReply: Codable, Sendable, Hashable {
    /// Why the model stopped writing.
    package enum Ending: String, CaseIterable, Codable, Sendable {
        case complete
        /// The limit of output tokens was reached: the text is cut off.
        case outputLimit
        case refused
    }

    package let text: String
    package let usage: Usage
    package let ending: Ending

    package init(text: String, usage: Usage = .zero, ending: Ending = .complete) {
        self.text = text
        self.usage = usage
        self.ending = ending
    }
}

/// Something that answers requests.
///
/// A call may be repeated after an error. It throws for infrastructure and policy faults only (no connection, no key,
/// an exhausted budget); whatever the model itself says, useful or not, is a reply.
package protocol ModelProvider: Sendable {
    var identity: ModelIdentity { get }

    func complete(_ request: ModelRequest) async throws -> ModelReply
}
