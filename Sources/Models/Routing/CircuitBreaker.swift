package import Core
import Synchronization

/// Leaves a model alone that fails again and again, and tries it with one single call before all others return.
///
/// One breaker serves all models of a process; the store joins it with those of other processes. While nothing
/// is wrong the store is looked at once a second at most and never written. A store that fails fails no call: from then
/// on the breaker goes by what this process sees.
package final class CircuitBreaker: Sendable {
    /// What the end of a call says of the model.
    package enum Verdict: Sendable {
        case answers
        case fails(reason: String)
        case unknown
    }

    /// A call that was refused.
    package struct Open: Error, Hashable {
        /// When another one may be let through, in milliseconds since 1970.
        package let until: Int64
        /// Why the last call failed.
        package let reason: String?
        /// Whether one call is just trying the model: whoever has nobody else to ask may wait for what comes of it.
        package var isProbed = false
    }

    private struct Seen {
        var record: BreakerRecord
        var readAt: Int64
    }

    private let shared: any BreakerStore
    /// In the place of the shared one when that cannot be used.
    private let own = MemoryBreakerStore()
    private let isAlone = Atomic(false)
    private let rules: BreakerRules
    private let clock: any WallClock
    private let seen = Mutex<[ModelIdentity: Seen]>([:])
    private let isStoreFaultTold = Atomic(false)

    /// - Parameters:
    ///   - store: Where the state is kept.
    ///   - rules: When it opens and for how long.
    ///   - clock: The time of day.
    package init(
        _ store: any BreakerStore = MemoryBreakerStore(),
        rules: BreakerRules = .standard,
        clock: any WallClock = SystemClock()
    ) {
        shared = store
        self.rules = rules
        self.clock = clock
    }

    /// Throws when a call would be refused now.
    ///
    /// - Throws: ``Open``.
    package func check(_ model: ModelIdentity, _ observer: CallObserver) async throws {
        let record = await current(model, observer)
        if case .open(let until) = record.state(at: clock.milliseconds, rules) {
            throw Open(until: until, reason: record.reason)
        }
    }

    /// Runs a call unless the model is left alone, and draws the conclusions from how it ends.
    ///
    /// - Parameters:
    ///   - model: Whom the call asks.
    ///   - observer: Told when the breaker opens and closes.
    ///   - judge: What an error says of the model.
    ///   - body: The call.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and ``Open`` when it was not run.
    package func run<Result>(
        _ model: ModelIdentity,
        _ observer: CallObserver,
        judging judge: (any Error) -> Verdict,
        _ body: () async throws -> Result
    ) async throws -> Result {
        let record = await current(model, observer)
        switch record.state(at: clock.milliseconds, rules) {
        case .open(let until): throw Open(until: until, reason: record.reason)
        case .closed: return try await judged(model, isProbe: false, observer, judge, body)
        case .halfOpen: break
        }
        guard let permit = await probe(model, observer) else { throw busy(record) }
        defer { permit.release() }
        // Somebody else may have tried it since we looked.
        let latest = await reread(model, observer)
        switch latest.state(at: clock.milliseconds, rules) {
        case .open(let until): throw Open(until: until, reason: latest.reason)
        case .closed: permit.release()
        case .halfOpen: return try await judged(model, isProbe: true, observer, judge, body)
        }
        return try await judged(model, isProbe: false, observer, judge, body)
    }

    /// How every model does of which something is known.
    ///
    /// - Throws: What the store throws.
    package func states() async throws -> [(record: BreakerRecord, state: BreakerState)] {
        let now = clock.milliseconds
        return try await store.records().map { ($0, $0.state(at: now, rules)) }
    }

    /// While one call tries the model, the others come back when that may have ended.
    private func busy(_ record: BreakerRecord) -> Open {
        Open(until: clock.milliseconds + rules.openTime, reason: record.reason, isProbed: true)
    }
}

/// Conclusions.
extension CircuitBreaker {
    private func judged<Result>(
        _ model: ModelIdentity,
        isProbe: Bool,
        _ observer: CallObserver,
        _ judge: (any Error) -> Verdict,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            let result = try await body()
            await succeed(model, isProbe: isProbe, observer)
            return result
        } catch {
            switch judge(error) {
            case .answers: await succeed(model, isProbe: isProbe, observer)
            case .fails(let reason): await fail(model, reason, isProbe: isProbe, observer)
            case .unknown: break
            }
            throw error
        }
    }

    private func succeed(_ model: ModelIdentity, isProbe: Bool, _ observer: CallObserver) async {
        // The usual case: nothing to forget.
        if !isProbe, seen.withLock({ $0[model]?.record == BreakerRecord(model) }) { return }
        guard await change(model, observer, { $0.succeed(isProbe: isProbe) }) else { return }
        await observer.onNotice(RouteNotice(.breakerClosed, model, reason: "it has answered a trial call"))
    }

    private func fail(_ model: ModelIdentity, _ reason: String, isProbe: Bool, _ observer: CallObserver) async {
        let (now, rules) = (clock.milliseconds, rules)
        let opened = await change(model, observer) { $0.fail(reason, at: now, isProbe: isProbe, rules) }
        guard opened else { return }
        await observer.onNotice(
            RouteNotice(.breakerOpened, model, waitMilliseconds: Int(rules.openTime), reason: reason)
        )
    }
}

/// What is known.
extension CircuitBreaker {
    /// The store is asked when nothing is known, when something is wrong, and now and then.
    private func current(_ model: ModelIdentity, _ observer: CallObserver) async -> BreakerRecord {
        let now = clock.milliseconds
        if let known = seen.withLock({ $0[model] }), known.record.failures == 0, known.record.openUntil == nil,
            (0..<Self.freshness).contains(now - known.readAt)
        {
            return known.record
        }
        return await reread(model, observer)
    }

    private func reread(_ model: ModelIdentity, _ observer: CallObserver) async -> BreakerRecord {
        let record: BreakerRecord
        do {
            record = try await store.record(of: model)
        } catch {
            await tell(error, model, observer)
            // Puts a fresh record in the place of a damaged one.
            record = await update(model, observer) { _ in }
        }
        keep(record)
        return record
    }

    private func change(
        _ model: ModelIdentity,
        _ observer: CallObserver,
        _ body: @Sendable (inout BreakerRecord) -> Bool
    ) async -> Bool {
        let hasTurned = Atomic(false)
        keep(await update(model, observer) { hasTurned.store(body(&$0), ordering: .relaxed) })
        return hasTurned.load(ordering: .relaxed)
    }

    private func update(
        _ model: ModelIdentity,
        _ observer: CallObserver,
        _ change: @Sendable (inout BreakerRecord) -> Void
    ) async -> BreakerRecord {
        do {
            return try await store.update(model, change)
        } catch {
            await leave(error, model, observer)
            let known = seen.withLock { $0[model]?.record } ?? BreakerRecord(model)
            return own.update(model, from: known, change)
        }
    }

    private func probe(_ model: ModelIdentity, _ observer: CallObserver) async -> (any ProbePermit)? {
        do {
            return try await store.probe(model)
        } catch {
            await leave(error, model, observer)
            return own.tryProbe(model)
        }
    }

    private var store: any BreakerStore { isAlone.load(ordering: .relaxed) ? own : shared }

    private func keep(_ record: BreakerRecord) {
        seen.withLock { $0[record.model] = Seen(record: record, readAt: clock.milliseconds) }
    }

    /// Goes on without the shared store, unless only this call has ended.
    private func leave(_ error: any Error, _ model: ModelIdentity, _ observer: CallObserver) async {
        guard !(error is CancellationError) else { return }
        // What this process knows of the others goes along.
        for known in seen.withLock({ Array($0.values) }) { own.update(known.record.model, from: known.record) { _ in } }
        isAlone.store(true, ordering: .relaxed)
        await tell(error, model, observer)
    }

    /// Says once what is wrong with the store.
    private func tell(_ error: any Error, _ model: ModelIdentity, _ observer: CallObserver) async {
        guard !(error is CancellationError), !isStoreFaultTold.exchange(true, ordering: .relaxed) else { return }
        await observer.onNotice(RouteNotice(.breakerUnsaved, model, reason: "\(error)"))
    }

    /// For how long a breaker that is closed is known to be, in milliseconds.
    private static let freshness: Int64 = 1_000
}
