import Core

/// Asks contracts: request, parse, check, one repair, then the declared fallback or failure.
package struct ContractClient: Sendable {
    /// How much of a rejected answer goes into the repair request, in characters.
    package static let previousAnswerLimit = 40_000
    /// How many problems go into the repair request.
    package static let problemLimit = 20

    /// How often an unusable answer is sent back.
    private let repairLimit: Int
    /// Of all requests.
    private let parameters: ModelParameters

    package init(repairLimit: Int = 1, parameters: ModelParameters = .deterministic) {
        self.repairLimit = repairLimit
        self.parameters = parameters
    }

    /// Asks `contract` of `provider`.
    package func ask<Asked: Contract>(
        _ contract: Asked,
        input: Asked.Input,
        of provider: any ModelProvider
    ) async throws -> ContractOutcome<Asked.Answer> {
        try await ask(contract, input: input) { request, _ in try await provider.complete(request) }
    }

    /// Asks `contract` by way of `call`, which gets the request and the number of the attempt, from 0.
    ///
    /// What `call` throws goes to the caller unchanged: a provider's trouble is no unusable answer,
    /// is never shown to the model and never starts the fallback.
    ///
    /// - Throws: ``ContractFailure`` when no answer can be used and the contract declares no fallback.
    package func ask<Asked: Contract>(
        _ contract: Asked,
        input: Asked.Input,
        call: (_ request: ModelRequest, _ attempt: Int) async throws -> ModelReply
    ) async throws -> ContractOutcome<Asked.Answer> {
        let rejected = Rejected()
        for attempt in 0...repairLimit {
            let reply = try await call(request(contract, input, rejected), attempt)
            if let outcome = try Self.outcome(of: reply, contract, input, rejected) { return outcome }
        }
        return try Self.fallBack(contract, input, rejected)
    }

    /// The answers so far that could not be used; an object, since thousands of askers wait at a time.
    private final class Rejected {
        var usage = Usage.zero
        var rejections: [[String]] = []
        var repair: RepairNote?
    }

    @inline(never)
    private func request<Asked: Contract>(
        _ contract: Asked,
        _ input: Asked.Input,
        _ rejected: Rejected
    ) throws -> ModelRequest {
        var request = try contract.request(input, repair: rejected.repair)
        request.parameters = parameters
        return request
    }

    /// What a reply comes to, or `nil` when it is to be repaired.
    @inline(never)
    private static func outcome<Asked: Contract>(
        of reply: ModelReply,
        _ contract: Asked,
        _ input: Asked.Input,
        _ rejected: Rejected
    ) throws -> ContractOutcome<Asked.Answer>? {
        rejected.usage = rejected.usage + reply.usage
        let reading = read(reply, contract, input, schema: try Asked.schema)
        guard let answer = reading.answer else {
            rejected.rejections.append(reading.problems)
            rejected.repair = repair(reply, reading.problems)
            return nil
        }
        return ContractOutcome(
            answer: answer,
            usage: rejected.usage,
            calls: rejected.rejections.count + 1,
            repaired: !rejected.rejections.isEmpty,
            fallbackReason: nil,
            droppedFields: reading.dropped,
            rejections: rejected.rejections
        )
    }

    @inline(never)
    private static func fallBack<Asked: Contract>(
        _ contract: Asked,
        _ input: Asked.Input,
        _ rejected: Rejected
    ) throws -> ContractOutcome<Asked.Answer> {
        let (usage, rejections) = (rejected.usage, rejected.rejections)
        let problems = rejections.last ?? []
        guard case .answer(let rule, let make) = contract.fallback else {
            throw ContractFailure(contract: Asked.name, calls: rejections.count, usage: usage, problems: problems)
        }
        let reason = problems.first.map { $0.printable } ?? "no answer"
        return ContractOutcome(
            answer: make(input),
            usage: usage,
            calls: rejections.count,
            repaired: false,
            fallbackReason: "\(rule), because the model gave no usable answer: \(reason)",
            droppedFields: [],
            rejections: rejections
        )
    }

    private static func repair(_ reply: ModelReply, _ problems: [String]) -> RepairNote {
        var lines = problems.prefix(problemLimit).map { "- " + $0 }
        if problems.count > problemLimit {
            lines.append("- and \(problems.count - problemLimit) more")
        }
        let shown = reply.text.prefix(previousAnswerLimit)
        return RepairNote(previousAnswer: String(shown), error: lines.joined(separator: "\n"))
    }
}

// MARK: - Reading an answer

extension ContractClient {
    /// An answer, or what is wrong with it.
    private struct Reading<Answer> {
        var answer: Answer?
        var dropped: [String] = []
        var problems: [String] = []
    }

    private static func read<Asked: Contract>(
        _ reply: ModelReply,
        _ contract: Asked,
        _ input: Asked.Input,
        schema: JSONValue
    ) -> Reading<Asked.Answer> {
        switch reply.ending {
        case .refused: return Reading(problems: ["the model refused to answer"])
        case .outputLimit:
            return Reading(problems: ["the answer was cut off at the limit of output tokens; write a shorter one"])
        case .complete: break
        }
        do {
            let findings = JSONSchema.findings(of: try AnswerText.object(in: reply.text), against: schema)
            guard findings.problems.isEmpty else {
                return Reading(problems: findings.problems.map(\.description))
            }
            let answer: Asked.Answer = try findings.cleaned.decoded()
            let problems = contract.problems(in: answer, for: input)
            guard problems.isEmpty else { return Reading(problems: problems) }
            return Reading(answer: answer, dropped: findings.unknown)
        } catch {
            return Reading(problems: ["\(error)"])
        }
    }
}
