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
    package var parameters: ModelParameters

    package init(
        contract: String,
        instructions: String,
        input: JSONValue,
        schema: JSONValue,
        repair: RepairNote? = nil,
        parameters: ModelParameters = .deterministic
    ) {
        self.contract = contract
        self.instructions = instructions
        self.input = input
        self.schema = schema
        self.repair = repair
        self.parameters = parameters
    }
}

extension ModelRequest {
    private enum CodingKeys: String, CodingKey {
        case contract, instructions, input, schema, repair, parameters
    }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            contract: try members.decode(String.self, forKey: .contract),
            instructions: try members.decode(String.self, forKey: .instructions),
            input: try members.decode(JSONValue.self, forKey: .input),
            schema: try members.decode(JSONValue.self, forKey: .schema),
            repair: try members.decodeIfPresent(RepairNote.self, forKey: .repair),
            parameters: try members.decodeIfPresent(ModelParameters.self, forKey: .parameters) ?? .deterministic
        )
    }

    /// Parameters are left out where they are the defaults, so that steps recorded before there were any keep their hash.
    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(contract, forKey: .contract)
        try members.encode(instructions, forKey: .instructions)
        try members.encode(input, forKey: .input)
        try members.encode(schema, forKey: .schema)
        try members.encodeIfPresent(repair, forKey: .repair)
        if parameters != .deterministic { try members.encode(parameters, forKey: .parameters) }
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
    /// Who answered, where that need not be the model that was asked; left out otherwise.
    package var model: ModelIdentity?

    package init(text: String, usage: Usage = .zero, ending: Ending = .complete, model: ModelIdentity? = nil) {
        self.text = text
        self.usage = usage
        self.ending = ending
        self.model = model
    }
}

/// Something that answers requests.
///
/// A call may be repeated after an error. It throws for infrastructure and policy faults only (no connection, no key,
/// an exhausted budget); whatever the model itself says, useful or not, is a reply.
package protocol ModelProvider: Sendable {
    var identity: ModelIdentity { get }

    /// Who is asked first for a contract.
    func firstChoice(for contract: String) -> ModelIdentity

    /// What answering may use at most, as far as can be said before.
    func estimate(_ request: ModelRequest) -> Usage

    /// Answers, and tells `observer` what it did besides.
    func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply
}

extension ModelProvider {
    /// The model itself.
    package func firstChoice(for contract: String) -> ModelIdentity { identity }

    /// Nothing: for a model that costs nothing.
    package func estimate(_ request: ModelRequest) -> Usage { .zero }

    /// As ``complete(_:_:)`` when nobody wants to be told.
    package func complete(_ request: ModelRequest) async throws -> ModelReply {
        try await complete(request, .none)
    }
}
