package import Core

/// The model that needs no network: it answers every contract by rule, and claims no more than a starter.
///
/// A pure function of the request's input; it costs nothing and counts no tokens.
package struct BuiltinModel: ModelProvider {
    package static let identity = ModelIdentity(provider: "builtin", name: "builtin")

    package init() {}

    package var identity: ModelIdentity { Self.identity }

    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        ModelReply(text: try Self.answer(to: request).text)
    }

    /// - Throws: ``BuiltinModelError`` for a contract that it does not know or an input of another shape.
    package static func answer(to request: ModelRequest) throws -> JSONValue {
        switch request.contract {
        case PlanContract.name: try answer(request, BuiltinPlan.answer)
        case StaffContract.name: try answer(request, BuiltinStaff.answer)
        case GenerateContract.name: try answer(request, BuiltinGenerate.answer)
        case FixContract.name: try answer(request, BuiltinFix.answer)
        case ReviewContract.name: try answer(request, BuiltinReview.answer)
        case ChooseContract.name: try answer(request, BuiltinChoose.answer)
        case VerdictContract.name: try answer(request, BuiltinVerdict.answer)
        default: throw BuiltinModelError.unknownContract(request.contract)
        }
    }

    /// Why this model would plan nothing, such as a stack that no guide is for; `nil` when it would plan.
    package static func refusal(of input: PlanInput) -> String? { BuiltinPlan.answer(input).refusal }

    private static func answer<Input: Decodable>(
        _ request: ModelRequest,
        _ rule: (Input) -> some Encodable
    ) throws -> JSONValue {
        let input: Input
        do {
            input = try request.input.decoded()
        } catch {
            throw BuiltinModelError.strangeInput(contract: request.contract, reason: error.description)
        }
        return try JSONValue(encoding: rule(input))
    }
}

/// A request that the built-in model has no rule for.
package enum BuiltinModelError: ReportableError, Equatable {
    case unknownContract(String)
    case strangeInput(contract: String, reason: String)

    package var kind: FaultKind {
        switch self {
        case .unknownContract: .configuration
        case .strangeInput: .internalFault
        }
    }

    package var description: String {
        switch self {
        case .unknownContract(let name): "the built-in model does not know the contract '\(name.printable)'"
        case .strangeInput(let contract, let reason): "the input of '\(contract.printable)' cannot be read: \(reason)"
        }
    }

    package var hint: String? {
        switch self {
        case .unknownContract: "configure a model, or use a pipeline of the contracts that the built-in model knows"
        case .strangeInput: nil
        }
    }
}
