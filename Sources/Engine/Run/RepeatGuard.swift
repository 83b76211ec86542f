internal import Core
internal import Models
internal import Synchronization

/// Stops a run that asks the same thing over and over: answers are made to be the same, so nothing new can come of it.
final class RepeatGuard: Sendable {
    /// How often the very same request may be made in a row.
    static let limit = 3

    private let last = Mutex<[String: (request: ModelRequest, count: Int)]>([:])

    /// Counts a request among those of its contract, component and worker: workers ask side by side.
    ///
    /// A run that is taken up again, or followed in a replay, passes the requests of its journal here once more, in the
    /// same order: so they count as if one process had made them all.
    ///
    /// - Parameters:
    ///   - request: What is to be asked.
    ///   - isAnswered: Whether the journal has the answer, so that nobody is asked.
    /// - Throws: ``RepeatedRequest`` for one too many in a row that would be asked.
    func check(_ request: ModelRequest, isAnswered: Bool) throws(RepeatedRequest) {
        let component = request.inputText["component"]?["name"]?.value.string ?? ""
        let worker = request.inputText["worker"]?["role"]?.value.string ?? ""
        let count = last.withLock { last in
            let key = [request.contract, component, worker].joined(separator: "/")
            let known = last[key].flatMap { $0.request == request ? $0.count : nil } ?? 0
            last[key] = (request, known + 1)
            return known + 1
        }
        guard count <= Self.limit || isAnswered else { throw RepeatedRequest(contract: request.contract) }
    }
}

/// The same request was made too often in a row.
struct RepeatedRequest: ReportableError, Equatable {
    let contract: String

    var kind: FaultKind { .failed }
    var failureClass: FailureClass { .quality }
    var description: String {
        "the model was asked the very same '\(contract)' \(RepeatGuard.limit) times in a row; nothing new can come of it"
    }
    var hint: String? { "begin a new run with another model or another description" }
}
