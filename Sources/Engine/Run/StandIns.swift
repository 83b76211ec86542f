internal import Core
internal import Models

/// How many calls were answered by another model than the one that a run's routes ask first.
struct StandIns: Sendable {
    private struct Change: Hashable {
        let asked: String
        let answered: String
    }

    private var calls: [Change: Int] = [:]
    /// In the order in which they came about.
    private var order: [Change] = []

    mutating func count(role: String, answeredBy answered: String, of routes: RouteTable) {
        guard let asked = routes.chain(for: role).first.map(CallMark.shortened), asked != answered else { return }
        // Of a pair both are asked.
        guard role != GenerateContract.name || !routes.pair.map(CallMark.shortened).contains(answered) else { return }
        let change = Change(asked: asked, answered: answered)
        if calls[change] == nil { order.append(change) }
        calls[change, default: 0] += 1
    }

    /// A sentence for each model that stood in for another.
    func notes(of run: RunID) -> [String] {
        order.map { change in
            let count = calls[change] ?? 0
            return "'\(change.answered)' answered \(count == 1 ? "1 call" : "\(count) calls") in place of "
                + "'\(change.asked)'; 'drydock watch \(run) --no-follow' says why."
        }
    }
}
