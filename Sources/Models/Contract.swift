package import Core
import Synchronization

/// One narrow question to a model.
package protocol Contract: Sendable {
    associatedtype Input: Codable & Sendable
    associatedtype Answer: Codable & Sendable

    /// The contract's name in requests, journals and pipelines.
    static var name: String { get }

    /// What the model has to do, as instructions; the same for every input.
    static var instructions: String { get }

    /// What happens when the repaired answer cannot be used either.
    var fallback: ContractFallback<Input, Answer> { get }

    /// Everything that is wrong with an answer that fits its schema; empty when it can be used.
    func problems(in answer: Answer, for input: Input) -> [String]
}

/// What a contract does without a usable answer.
package enum ContractFallback<Input, Answer>: Sendable {
    /// The question fails.
    case failure
    /// An answer made by rule; the text says which, for the run's record.
    case answer(String, @Sendable (Input) -> Answer)
}

extension Contract {
    /// The JSON Schema of the answer; members outside of it are ones that this role may not write.
    package static var schema: JSONValue {
        get throws { try SchemaCache.schema(of: Answer.self).value }
    }

    /// The request that asks this contract.
    package func request(_ input: Input, repair: RepairNote? = nil) throws -> ModelRequest {
        ModelRequest(
            contract: Self.name,
            instructions: Self.instructions,
            input: try JSONFragment(encoding: input),
            schema: try SchemaCache.schema(of: Answer.self),
            repair: repair
        )
    }
}

/// The schemas of answers, each made once in a process.
private enum SchemaCache {
    private static let known = Mutex<[ObjectIdentifier: AnswerSchema]>([:])

    static func schema<Answer: Decodable>(of type: Answer.Type) throws -> AnswerSchema {
        if let schema = known.withLock({ $0[ObjectIdentifier(type)] }) { return schema }
        let schema = AnswerSchema(try JSONSchema.of(type))
        known.withLock { $0[ObjectIdentifier(type)] = schema }
        return schema
    }
}

/// A usable answer, and how it was come by.
package struct ContractOutcome<Answer: Codable & Sendable>: Codable, Sendable {
    package let answer: Answer
    /// Of all calls that the answer took.
    package let usage: Usage
    package let calls: Int
    /// Whether the answer is the repaired one.
    package let repaired: Bool
    /// Why the answer is the contract's fallback; `nil` when a model gave it.
    package let fallbackReason: String?
    /// Places of members that the schema does not know; they were dropped.
    package let droppedFields: [String]
    /// What was wrong with answers before this one, per call.
    package let rejections: [[String]]
}

/// A question that got no usable answer.
package struct ContractFailure: ReportableError, Equatable {
    package let contract: String
    package let calls: Int
    package let usage: Usage
    /// What was wrong with the last answer.
    package let problems: [String]

    package init(contract: String, calls: Int, usage: Usage, problems: [String]) {
        self.contract = contract
        self.calls = calls
        self.usage = usage
        self.problems = problems
    }

    package var kind: FaultKind { .failed }
    package var failureClass: FailureClass { .contract }

    package var description: String {
        let count = calls == 1 ? "1 answer" : "\(calls) answers"
        return "the model gave no usable answer to '\(contract)' (\(count)): "
            + problems.prefix(3).map(\.printable).joined(separator: "; ")
    }

    package var hint: String? { "retry the run, or choose another model" }
}
