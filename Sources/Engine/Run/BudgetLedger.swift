internal import Core
internal import Journal
internal import Models
internal import Synchronization

/// What a run may use and has used: one for all of its agents, made from the journal when the run is taken up again.
///
/// A call reserves what it may come to before it is made, and settles with what it came to. The reservation stands in the
/// event that begins the call's step, so that a process that dies takes none of it with it.
final class BudgetLedger: Sendable {
    /// At which part of a cap a person is told.
    private static let noticeShare = 2.0 / 3.0

    private struct Books {
        var fold = UsageFold()
        var reserved: [StepPath: Usage] = [:]
        /// What calls that are under way have used besides: attempts that failed.
        var spent: [StepPath: Usage] = [:]
        /// Calls of this process that have ended, besides those of the fold.
        var settled = RunReport.Usage()
        var agents = 0
        var noticed: Set<BudgetExhausted.Cap> = []

        var usage: RunReport.Usage {
            var sum = fold.usage
            sum.calls += settled.calls
            sum.sum = sum.sum + settled.sum
            return sum
        }

        /// What is used, with all that is set aside.
        var committed: Usage {
            (reserved.values.reduce(.zero, +) + spent.values.reduce(.zero, +)) + (usage.sum + fold.reserved)
        }
    }

    let caps: BudgetCaps
    private let books: Mutex<Books>

    init(_ caps: BudgetCaps, events: [Event]) {
        self.caps = caps
        var books = Books()
        for event in events { books.fold.apply(event) }
        self.books = Mutex(books)
    }

    /// What has been used so far.
    var usage: RunReport.Usage { books.withLock(\.usage) }

    /// Sets aside what a call may come to; returns the caps of which now two thirds are used, each once.
    ///
    /// - Throws: ``BudgetExhausted`` when it may exceed a cap, with what other calls have set aside.
    func reserve(_ estimate: Usage, at path: StepPath) throws(BudgetExhausted) -> [BudgetNotice] {
        try books.withLock { (books) throws(BudgetExhausted) in
            if let lost = books.fold.lose(path) { books.settled.add(lost) }
            let used = books.usage
            try check(books.committed + estimate, used: used.sum)
            let calls = Double(used.calls + books.fold.callsUnderWay + books.reserved.count + 1)
            try check(.calls, used: Double(used.calls), with: calls, caps.calls.map(Double.init))
            books.reserved[path] = estimate
            return notices(
                &books,
                [
                    (.usd, used.sum.costUSD, caps.usd),
                    (.tokens, Double(used.sum.tokens), caps.tokens.map(Double.init)),
                    (.calls, Double(used.calls), caps.calls.map(Double.init)),
                ]
            )
        }
    }

    /// Takes in what a call under way has used beside what is reserved for it.
    func spend(_ usage: Usage, at path: StepPath) {
        books.withLock { $0.spent[path, default: .zero] = $0.spent[path, default: .zero] + usage }
    }

    /// Asked before a call that has spent something asks once more.
    ///
    /// - Throws: ``BudgetExhausted`` when another attempt may exceed a cap.
    func check() throws(BudgetExhausted) {
        try books.withLock { (books) throws(BudgetExhausted) in
            try check(books.committed, used: books.usage.sum + books.spent.values.reduce(.zero, +))
        }
    }

    private func check(_ next: Usage, used: Usage) throws(BudgetExhausted) {
        try check(.usd, used: used.costUSD, with: next.costUSD, caps.usd)
        try check(.tokens, used: Double(used.tokens), with: Double(next.tokens), caps.tokens.map(Double.init))
    }

    /// Replaces a reservation with what the call came to: its answer, and what was spent besides.
    ///
    /// - Parameters:
    ///   - usage: What the answer used.
    ///   - path: The call's step.
    /// - Returns: What the call counts with.
    func settle(_ usage: Usage, at path: StepPath) -> Usage {
        books.withLock { books in
            books.reserved[path] = nil
            let sum = usage + (books.spent.removeValue(forKey: path) ?? .zero)
            books.settled.add(sum)
            return sum
        }
    }

    /// Ends a call that gave no answer.
    ///
    /// - Parameters:
    ///   - path: The call's step.
    ///   - wasCut: Whether it was ended from here: an attempt that was under way may have been answered, and billed.
    /// - Returns: What it counts with.
    func settleFailure(at path: StepPath, wasCut: Bool) -> Usage {
        books.withLock { books in
            let reserved = books.reserved.removeValue(forKey: path) ?? .zero
            let spent = books.spent.removeValue(forKey: path) ?? .zero
            let usage = wasCut ? spent + reserved : spent
            books.settled.add(usage)
            return usage
        }
    }

    /// Admits workers to the run; returns a notice when now two thirds of those are admitted that may be, once.
    func admit(_ count: Int) throws(BudgetExhausted) -> [BudgetNotice] {
        try books.withLock { (books) throws(BudgetExhausted) in
            books.agents += count
            guard let limit = caps.agents else { return [] }
            guard books.agents <= limit else {
                throw BudgetExhausted(cap: .agents, used: "\(books.agents)", limit: "\(limit)")
            }
            return notices(&books, [(.agents, Double(books.agents), Double(limit))])
        }
    }

    /// How long the run may still be driven, in milliseconds; `nil` for ever.
    func timeLeft(at now: Int64) -> Int64? {
        caps.seconds.map { seconds in Int64(seconds) * 1_000 - books.withLock { $0.fold.driven(at: now) } }
    }

    private func check(
        _ cap: BudgetExhausted.Cap,
        used: Double,
        with next: Double,
        _ limit: Double?
    ) throws(BudgetExhausted) {
        guard let limit, next > limit else { return }
        throw BudgetExhausted(
            cap: cap,
            used: "\(cap.text(used)) so far, and the next call may take \(cap.text(max(0, next - used)))",
            limit: cap.text(limit)
        )
    }

    private func notices(
        _ books: inout Books,
        _ shares: [(cap: BudgetExhausted.Cap, used: Double, limit: Double?)]
    ) -> [BudgetNotice] {
        shares.compactMap { cap, used, limit in
            guard let limit, used >= limit * Self.noticeShare, books.noticed.insert(cap).inserted else { return nil }
            return BudgetNotice(cap: cap, used: cap.text(used), limit: cap.text(limit))
        }
    }
}

/// Two thirds of a cap are used.
struct BudgetNotice: Sendable, CustomStringConvertible {
    let cap: BudgetExhausted.Cap
    let used: String
    let limit: String

    var description: String { "two thirds of the budget are used: \(used) of \(limit) \(cap.unit)" }
}

extension BudgetExhausted.Cap {
    fileprivate var unit: String {
        switch self {
        case .usd: "USD"
        case .tokens: "tokens"
        case .calls: "calls"
        case .wallClock: "of time"
        case .agents: "workers"
        }
    }

    fileprivate func text(_ amount: Double) -> String {
        self == .usd ? Usage.dollars(amount) : "\(Int(amount))"
    }
}

extension Usage {
    fileprivate var tokens: Int { inputTokens + outputTokens }
}
