package import Core
package import Models
import Synchronization

/// A provider that answers from a script and keeps every request.
///
/// Answers are taken by contract, in the order of the calls; the last one of a contract is repeated when
/// `repeatsLast` is set, else a call beyond the script is an error.
package final class ScriptedProvider: ModelProvider {
    /// One scripted answer.
    package enum Answer: Sendable {
        case text(String)
        case reply(ModelReply)
        case failure(any Error)
        case made(@Sendable (ModelRequest) throws -> String)

        /// An answer that is a JSON value.
        package static func json(_ value: JSONValue) -> Answer { .text(value.text) }

        /// An answer that a contract's type writes.
        package static func answer(_ value: some Encodable & Sendable) -> Answer {
            .made { _ in try JSONValue(encoding: value).text }
        }
    }

    /// A call that the script does not foresee.
    package struct Unscripted: Error, Equatable {
        package let contract: String
        package let call: Int
    }

    package let identity = ModelIdentity(provider: "scripted", name: "scripted")
    private let script: [String: [Answer]]
    private let repeatsLast: Bool
    private let usage: Usage
    private let recorded = Mutex<[ModelRequest]>([])

    package init(
        _ script: [String: [Answer]],
        repeatsLast: Bool = false,
        usage: Usage = Usage(inputTokens: 10, outputTokens: 5, costUSD: 0.25)
    ) {
        self.script = script
        self.repeatsLast = repeatsLast
        self.usage = usage
    }

    /// Every request so far, in the order of the calls.
    package var requests: [ModelRequest] { recorded.withLock { $0 } }

    package func requests(of contract: String) -> [ModelRequest] {
        requests.filter { $0.contract == contract }
    }

    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        let call = recorded.withLock { requests in
            requests.append(request)
            return requests.count { $0.contract == request.contract } - 1
        }
        let answers = script[request.contract] ?? []
        guard let answer = answers.indices.contains(call) ? answers[call] : repeatsLast ? answers.last : nil else {
            throw Unscripted(contract: request.contract, call: call)
        }
        switch answer {
        case .text(let text): return ModelReply(text: text, usage: usage)
        case .reply(let reply): return reply
        case .failure(let error): throw error
        case .made(let make): return ModelReply(text: try make(request), usage: usage)
        }
    }
}
