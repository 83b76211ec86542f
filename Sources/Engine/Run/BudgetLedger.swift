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

    /// A call that is under way.
    private struct OpenCall {
        /// What its answer may come to; `nil` while it has to wait for others before it asks once more.
        var reserved: Usage?
        /// What its attempts that failed have used.
        var spent = Usage.zero
        var wasSent = false
        /// Whether an attempt may be with the model just now: if it is cut, it may be billed all the same.
        var isAsking = false
    }

    private struct Books {
        var fold = UsageFold()
        var open: [StepPath: OpenCall] = [:]
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

        /// What is used, and what has to be taken for used: failed attempts, and calls that a dead process has left.
        var used: RunReport.Usage {
            var used = usage
            used.calls += fold.callsUnderWay
            used.sum = open.values.reduce(used.sum + fold.reserved) { $0 + $1.spent }
            return used
        }
    }

    let caps: BudgetCaps
    private let books: Mutex<Books>
    /// Tells those who wait that a reservation is gone.
    private let released = ChangeSignal()

    init(_ caps: BudgetCaps, events: [Event]) {
        self.caps = caps
        var books = Books()
        for event in events { books.fold.apply(event) }
        self.books = Mutex(books)
    }

    /// What has been used so far.
    var usage: RunReport.Usage { books.withLock(\.usage) }

    /// Sets aside what an attempt of a call may come to, in place of what the call has set aside before.
    ///
    /// Other calls settle with less than they have set aside: while only that stands in the way, it waits. Whoever waits
    /// before another attempt has nothing but the call itself set aside, so that of two none waits for the other.
    ///
    /// - Parameters:
    ///   - estimate: What the attempt may come to.
    ///   - path: The call's step.
    ///   - onWait: Called before each time of waiting.
    ///   - check: Called after each; what it throws ends the wait.
    /// - Returns: The caps of which now two thirds are used, each once.
    /// - Throws: ``BudgetExhausted`` when a cap may be exceeded and no other call is under way; `CancellationError`.
    func reserve(
        _ estimate: Usage,
        at path: StepPath,
        onWait: @Sendable () -> Void = {},
        check: @Sendable () async throws -> Void
    ) async throws -> [BudgetNotice] {
        var isFirst = true
        while true {
            let seen = released.count
            if let notices = try reserveNow(estimate, at: path) { return notices }
            // What the call had set aside before is free for the others now.
            if isFirst { released.announce() }
            isFirst = false
            onWait()
            try await released.wait(after: seen)
            try await check()
        }
    }

    /// - Returns: `nil` when another call has to settle first.
    private func reserveNow(_ estimate: Usage, at path: StepPath) throws(BudgetExhausted) -> [BudgetNotice]? {
        try books.withLock { (books) throws(BudgetExhausted) in
            let hasBegun = books.open[path] != nil
            books.open[path]?.reserved = nil
            let others = books.open.filter { $0.key != path }.values
            let reserved = others.compactMap(\.reserved)
            do throws(BudgetExhausted) {
                try check(reserved.reduce(books.used.sum + estimate, +), others.count + 1, beside: books.used)
            } catch {
                // One that has begun keeps its place among the calls: who waits as it does has nothing that could help it.
                guard hasBegun ? reserved.isEmpty : others.isEmpty else { return nil }
                throw error
            }
            if let lost = books.fold.lose(path) { books.settled.add(lost) }
            books.open[path, default: OpenCall()].reserved = estimate
            return notices(&books, of: books.usage)
        }
    }

    /// - Throws: ``BudgetExhausted`` when a sum, or so many calls more, would exceed a cap.
    private func check(_ next: Usage, _ calls: Int, beside used: RunReport.Usage) throws(BudgetExhausted) {
        let (tokens, count) = (Double(used.sum.tokens), Double(used.calls))
        try check(.usd, used: used.sum.costUSD, with: next.costUSD, caps.usd)
        try check(.tokens, used: tokens, with: Double(next.tokens), caps.tokens.map(Double.init))
        try check(.calls, used: count, with: count + Double(calls), caps.calls.map(Double.init))
    }

    /// Takes in that an attempt of a call may be with the model from now on.
    func send(at path: StepPath) {
        books.withLock { books in
            books.open[path]?.wasSent = true
            books.open[path]?.isAsking = true
        }
    }

    /// Takes in what an attempt that has failed used beside what is reserved for the call.
    func spend(_ usage: Usage, at path: StepPath) {
        books.withLock { books in
            guard var call = books.open[path] else { return }
            call.spent = call.spent + usage
            call.isAsking = false
            books.open[path] = call
        }
    }

    /// Replaces a reservation with what the call came to: its answer, and what was spent besides.
    ///
    /// - Parameters:
    ///   - usage: What the answer used.
    ///   - path: The call's step.
    /// - Returns: What the call counts with.
    func settle(_ usage: Usage, at path: StepPath) -> Usage {
        close(path) { call in usage + call.spent } ?? usage
    }

    /// Ends a call that gave no answer.
    ///
    /// - Parameters:
    ///   - path: The call's step.
    ///   - wasCut: Whether it was ended from here: an attempt that was under way may have been answered, and billed.
    /// - Returns: What it counts with; `nil` for nothing, not even a call, since no model was asked.
    func settleFailure(at path: StepPath, wasCut: Bool) -> Usage? {
        close(path) { call in
            guard wasCut else { return call.spent }
            guard call.wasSent || call.spent != .zero else { return nil }
            return call.isAsking ? call.spent + (call.reserved ?? .zero) : call.spent
        }
    }

    /// Ends a call that has not been settled, since it has not begun; harmless for any other.
    func abandon(_ path: StepPath) {
        _ = close(path) { _ in nil }
    }

    private func close(_ path: StepPath, _ sum: (OpenCall) -> Usage?) -> Usage? {
        let usage: Usage? = books.withLock { books in
            guard let call = books.open.removeValue(forKey: path), let usage = sum(call) else { return nil }
            books.settled.add(usage)
            return usage
        }
        released.announce()
        return usage
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
        caps.seconds.map { seconds in Int64(seconds) * 1_000 - driven(at: now) }
    }

    /// For how long the run has been driven, in milliseconds.
    func driven(at now: Int64) -> Int64 { books.withLock { $0.fold.driven(at: now) } }

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

    private func notices(_ books: inout Books, of used: RunReport.Usage) -> [BudgetNotice] {
        notices(
            &books,
            [
                (.usd, used.sum.costUSD, caps.usd),
                (.tokens, Double(used.sum.tokens), caps.tokens.map(Double.init)),
                (.calls, Double(used.calls), caps.calls.map(Double.init)),
            ]
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

extension Usage {
    fileprivate var tokens: Int { inputTokens + outputTokens }
}
