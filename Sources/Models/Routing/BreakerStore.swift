import Synchronization

/// Where breakers are kept, so that those of several tasks, and of several processes, are one.
package protocol BreakerStore: Sendable {
    /// What is known of a model; a fresh record when nothing is.
    ///
    /// - Throws: ``StateFileError``.
    func record(of model: ModelIdentity) async throws -> BreakerRecord

    /// Changes the record of a model, as one step against all others that change it.
    ///
    /// - Throws: ``StateFileError``; then nothing was changed.
    @discardableResult
    func update(
        _ model: ModelIdentity,
        _ change: @Sendable (inout BreakerRecord) -> Void
    ) async throws -> BreakerRecord

    /// The one permit to try a model, or `nil` while somebody else holds it.
    ///
    /// Goes back by ``ProbePermit/release()`` and when its process dies.
    func probe(_ model: ModelIdentity) async throws -> (any ProbePermit)?

    /// Every record, by the names of the models.
    func records() async throws -> [BreakerRecord]
}

/// The permit to try a model that failed.
package protocol ProbePermit: Sendable {
    /// Gives it back; again does nothing.
    func release()
}

/// Breakers of this process alone.
package final class MemoryBreakerStore: BreakerStore {
    private struct State {
        var records: [ModelIdentity: BreakerRecord] = [:]
        var probed: Set<ModelIdentity> = []
    }

    private let state = Mutex(State())

    package init() {}

    package func record(of model: ModelIdentity) async throws -> BreakerRecord {
        state.withLock { $0.records[model] ?? BreakerRecord(model) }
    }

    @discardableResult
    package func update(
        _ model: ModelIdentity,
        _ change: @Sendable (inout BreakerRecord) -> Void
    ) async throws -> BreakerRecord {
        update(model, from: BreakerRecord(model), change)
    }

    package func probe(_ model: ModelIdentity) async throws -> (any ProbePermit)? { tryProbe(model) }

    /// Changes the record of a model, which is `initial` when there is none yet.
    @discardableResult
    func update(
        _ model: ModelIdentity,
        from initial: BreakerRecord,
        _ change: (inout BreakerRecord) -> Void
    ) -> BreakerRecord {
        state.withLock { state in
            var record = state.records[model] ?? initial
            change(&record)
            state.records[model] = record
            return record
        }
    }

    func tryProbe(_ model: ModelIdentity) -> (any ProbePermit)? {
        state.withLock { $0.probed.insert(model).inserted } ? Permit(store: self, model: model) : nil
    }

    package func records() async throws -> [BreakerRecord] {
        state.withLock { $0.records.values.sorted { $0.model.description < $1.model.description } }
    }

    private final class Permit: ProbePermit {
        private let store: MemoryBreakerStore
        private let model: ModelIdentity
        private let isHeld = Atomic(true)

        init(store: MemoryBreakerStore, model: ModelIdentity) {
            self.store = store
            self.model = model
        }

        deinit { release() }

        func release() {
            guard isHeld.exchange(false, ordering: .relaxed) else { return }
            _ = store.state.withLock { $0.probed.remove(model) }
        }
    }
}
