import Core

/// The attempts to get one answer from one model.
struct RoutedCall: Sendable {
    /// Why the model is left for the next one.
    struct Left: Error {
        let kind: RouteNotice.Kind
        let why: ModelsExhausted.Candidate

        /// As a notice says it.
        var reason: String { "it " + why.reason }
    }

    private let candidate: RouteCandidate
    private let isLast: Bool
    private let parts: RoutingParts
    private let observer: CallObserver

    init(_ candidate: RouteCandidate, isLast: Bool, parts: RoutingParts, observer: CallObserver) {
        self.candidate = candidate
        self.isLast = isLast
        self.parts = parts
        self.observer = observer
    }

    private var model: ModelIdentity { candidate.identity }

    /// The model's answer, with its cost.
    ///
    /// - Parameters:
    ///   - request: The question.
    ///   - spent: Grows by what the answer to no request has used: attempts that failed, and what it took to find out
    ///     whether the model can answer at all.
    /// - Returns: The answer.
    /// - Throws: ``Left``, a ``ProviderFault`` that ends the whole call, and what else the model throws.
    func reply(to request: ModelRequest, _ spent: inout Usage) async throws -> ModelReply {
        if let check = parts.capability, let baseURL = candidate.baseURL {
            let result = try await check.result(of: model, at: baseURL) { request in
                // Others wait for what is found out here: waiting for one of them would be for ever. It takes next to nothing.
                let reply = try await attempts(at: request, &spent, isChecked: false)
                spend(reply.usage, &spent)
                return reply
            }
            if result.spent != .zero { await observer.onNotice(Self.notice(of: result)) }
            guard result.finding.followsSchema else {
                let reason = "cannot follow a schema: \(result.finding.reason ?? "its answer fits none")"
                throw Left(kind: .excluded, why: .init(model, reason: reason))
            }
        }
        return try await attempts(at: request, &spent)
    }

    /// Tells at once what no reply may ever tell: another attempt may fail, or the whole call be cut.
    private func spend(_ usage: Usage, _ spent: inout Usage) {
        spent = spent + usage
        observer.onSpent(usage)
    }

    /// How long to wait for another call that is trying the model, before looking again; in milliseconds.
    private static let probePause: Int64 = 200

    /// Asks until there is an answer; the observer is asked before another attempt only when that is to be checked.
    private func attempts(
        at request: ModelRequest,
        _ spent: inout Usage,
        isChecked: Bool = true
    ) async throws -> ModelReply {
        var attempt = 0
        while true {
            attempt += 1
            if isChecked, spent != .zero { try await observer.check() }
            do {
                return try await once(request)
            } catch let open as CircuitBreaker.Open {
                guard open.isProbed, isLast else { throw left(alone: open) }
                // Workers begin together: all but one would give up while that one finds out that all is well.
                try await parts.sleeper.sleep(milliseconds: Self.probePause)
                attempt -= 1
            } catch let fault as ProviderFault {
                spend(billed(fault, request), &spent)
                try await wait(try wait(after: fault, attempt: attempt), for: fault)
            }
        }
    }

    /// How long to wait until the model is asked again.
    private func wait(after fault: ProviderFault, attempt: Int) throws -> Int64 {
        let now = parts.clock.milliseconds
        switch parts.retry.step(after: fault, attempt: attempt, isLast: isLast, now: now, random: parts.random) {
        case .stop: throw fault
        case .next: throw left(after: fault, now)
        case .again(let wait): return wait
        }
    }

    private func wait(_ wait: Int64, for fault: ProviderFault) async throws {
        do {
            // This fault may have been the one too many.
            try await parts.breaker.check(model, observer)
        } catch let open as CircuitBreaker.Open {
            throw left(alone: open)
        }
        let notice = RouteNotice(.retry, model, waitMilliseconds: Int(wait), reason: "it " + fault.summary)
        await observer.onNotice(notice)
        try await parts.sleeper.sleep(milliseconds: wait)
    }

    private func once(_ request: ModelRequest) async throws -> ModelReply {
        // Before any waiting in line: a model that is left alone is left for the next one at once.
        try await parts.breaker.check(model, observer)
        guard let limiter = parts.limiters[model.provider] else { return try await judged(request) }
        let charged = limiter.limits.tokensPerMinute == nil ? 0 : Self.estimatedTokens(request)
        let reply = try await limiter.withPermit(tokens: charged, onWait: told) { try await judged(request) }
        let used = reply.usage.inputTokens + reply.usage.outputTokens
        // What has no count is a model that does not count in tokens.
        if used > 0 { limiter.settle(used: used, charged: charged) }
        return reply
    }

    private func judged(_ request: ModelRequest) async throws -> ModelReply {
        let reply = try await parts.breaker.run(model, observer, judging: Self.verdict) {
            try await candidate.provider.complete(request, observer)
        }
        let usage = parts.prices.priced(counted(reply, to: request), of: model)
        return ModelReply(text: reply.text, usage: usage, ending: reply.ending, model: reply.model)
    }

    /// Short waits come often where limits are tight, and are no news.
    private func told(_ milliseconds: Int64, _ reason: String) async {
        guard milliseconds >= 1_000 else { return }
        await observer.onNotice(RouteNotice(.limited, model, waitMilliseconds: Int(milliseconds), reason: reason))
    }
}

/// What a fault means.
extension RoutedCall {
    /// A model that is asked too often is well; one that refuses a request with an answer is, too.
    private static func verdict(_ error: any Error) -> CircuitBreaker.Verdict {
        guard let fault = error as? ProviderFault, fault.reason != .rateLimited else { return .unknown }
        if fault.isTransient { return .fails(reason: "it " + fault.summary) }
        return fault.status == nil ? .unknown : .answers
    }

    private func left(alone open: CircuitBreaker.Open) -> Left {
        let reason = "failed too often and is left alone until \(TimeOfDay.text(open.until))"
        let last = open.reason.map { "; at last " + $0 } ?? ""
        return Left(kind: .fallback, why: .init(model, reason: reason + last, retryAt: open.until))
    }

    private func left(after fault: ProviderFault, _ now: Int64) -> Left {
        let wait = fault.retryTime?.wait(at: now) ?? parts.retry.longestWait
        let (time, overflow) = now.addingReportingOverflow(wait)
        let retryAt = fault.isTransient ? (overflow ? .max : time) : nil
        return Left(kind: .fallback, why: .init(model, fault: fault, reason: fault.summary, retryAt: retryAt))
    }

    /// About how many tokens a prompt has.
    static func estimatedTokens(_ request: ModelRequest) -> Int {
        let text = PromptText(request)
        return (text.system.utf8.count + text.user.utf8.count) / Usage.bytesPerToken + 1
    }
}

/// What an attempt used.
extension RoutedCall {
    /// The tokens of an answer; those that the model does not tell are taken from the length of the texts.
    ///
    /// Else a model that counts nothing would cost nothing, and no budget would ever be used up.
    private func counted(_ reply: ModelReply, to request: ModelRequest) -> Usage {
        let prompt = promptEstimate(request)
        var usage = reply.usage
        guard prompt > 0 else { return usage }
        if usage.inputTokens == 0 { usage.guess(input: prompt) }
        if usage.outputTokens == 0 { usage.guess(output: reply.text.utf8.count / Usage.bytesPerToken) }
        return usage
    }

    /// What a failed attempt may be billed with: nothing, when the provider refused it.
    private func billed(_ fault: ProviderFault, _ request: ModelRequest) -> Usage {
        guard fault.mayBeBilled else { return .zero }
        var usage = fault.usage ?? .zero
        if usage.inputTokens == 0 { usage.guess(input: promptEstimate(request)) }
        return parts.prices.priced(usage, of: model)
    }

    /// In tokens; 0 for a model that uses none.
    private func promptEstimate(_ request: ModelRequest) -> Int {
        candidate.baseURL == nil ? candidate.provider.estimate(request).inputTokens : Self.estimatedTokens(request)
    }

    private static func notice(of result: CapabilityCheck.Result) -> RouteNotice {
        let tokens = result.spent.inputTokens + result.spent.outputTokens
        let reason = "it \(result.finding.followsSchema ? "can" : "cannot"), found out with \(tokens) tokens"
        return RouteNotice(.checked, result.finding.model, reason: reason)
    }
}

extension Usage {
    fileprivate mutating func guess(input: Int = 0, output: Int = 0) {
        inputTokens += input
        outputTokens += output
        estimatedTokens += input + output
    }
}

extension ProviderFault {
    /// Whether the provider may have read the prompt, and written an answer that did not arrive whole.
    fileprivate var mayBeBilled: Bool {
        if let usage { return usage != .zero }
        guard status.map({ (200..<300).contains($0) }) ?? true else { return false }
        return [.timeout, .cutOff, .malformed, .tooLarge, .server, .overloaded, .refusedByPolicy].contains(reason)
    }
}
