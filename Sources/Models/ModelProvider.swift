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
    /// One for all copies: a request passes through many hands, each of which keeps one while the answer is waited for.
    private let question: Question
    package var parameters: ModelParameters

    package var contract: String { question.contract }
    package var instructions: String { question.instructions }
    /// The contract's input; all of it is data.
    package var input: JSONValue { question.input.value }
    /// The input by its text, which costs no reading.
    package var inputText: JSONFragment { question.input }
    /// The JSON Schema of the answer.
    package var schema: JSONValue { question.schema.value }
    /// The schema by its text, which costs no comparing of values.
    var schemaText: JSONFragment { question.schema.text }
    package var repair: RepairNote? { question.repair }

    package init(
        contract: String,
        instructions: String,
        input: JSONValue,
        schema: JSONValue,
        repair: RepairNote? = nil,
        parameters: ModelParameters = .deterministic
    ) {
        // What no library can write was never read from a text either.
        let text = (try? JSONFragment(encoding: input)) ?? .null
        question = Question(contract, instructions, text, AnswerSchema(schema), repair)
        self.parameters = parameters
    }

    init(contract: String, instructions: String, input: JSONFragment, schema: AnswerSchema, repair: RepairNote?) {
        question = Question(contract, instructions, input, schema, repair)
        parameters = .deterministic
    }
}

/// A schema with its text, which every request of a contract shares.
struct AnswerSchema: Sendable, Hashable {
    let value: JSONValue
    let text: JSONFragment

    init(_ value: JSONValue) {
        self.value = value
        text = (try? JSONFragment(encoding: value)) ?? .null
    }

    static func == (left: AnswerSchema, right: AnswerSchema) -> Bool { left.text == right.text }

    func hash(into hasher: inout Hasher) { hasher.combine(text) }
}

/// What a request asks.
private final class Question: Sendable, Hashable {
    let contract: String
    let instructions: String
    let input: JSONFragment
    let schema: AnswerSchema
    let repair: RepairNote?

    init(
        _ contract: String,
        _ instructions: String,
        _ input: JSONFragment,
        _ schema: AnswerSchema,
        _ repair: RepairNote?
    ) {
        self.contract = contract
        self.instructions = instructions
        self.input = input
        self.schema = schema
        self.repair = repair
    }

    static func == (left: Question, right: Question) -> Bool {
        left === right
            || left.contract == right.contract && left.instructions == right.instructions
                && left.input == right.input && left.schema == right.schema && left.repair == right.repair
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(contract)
        hasher.combine(instructions)
        hasher.combine(input)
        hasher.combine(schema)
        hasher.combine(repair)
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
        try members.encode(question.input, forKey: .input)
        try members.encode(question.schema.text, forKey: .schema)
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
