internal import Synchronization

/// Wakes those who wait for something to change.
///
/// Whoever waits reads ``count`` first, then looks at what may change, and then waits for a change after that count: so
/// none is missed that comes in between.
final class ChangeSignal: Sendable {
    private struct State {
        var changes = 0
        var number = 0
        var waiters: [Int: CheckedContinuation<Void, any Error>] = [:]
    }

    private let state = Mutex(State())

    /// How many changes there were.
    var count: Int { state.withLock(\.changes) }

    /// Says that something has changed.
    func announce() {
        let waiters = state.withLock { state in
            state.changes += 1
            defer { state.waiters = [:] }
            return state.waiters.values
        }
        for waiter in waiters { waiter.resume() }
    }

    /// Waits until there were more than `count` changes.
    ///
    /// - Throws: `CancellationError`.
    func wait(after count: Int) async throws {
        let number = state.withLock { state in
            state.number += 1
            return state.number
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(number, after: count, $0) }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: number) }?.resume(throwing: CancellationError())
        }
    }

    /// Stands among the waiters, unless the task is cancelled or there was a change meanwhile.
    private func wait(_ number: Int, after count: Int, _ continuation: CheckedContinuation<Void, any Error>) {
        let end: Result<Void, any Error>? = state.withLock { state in
            guard !Task.isCancelled else { return .failure(CancellationError()) }
            guard state.changes == count else { return .success(()) }
            state.waiters[number] = continuation
            return nil
        }
        if let end { continuation.resume(with: end) }
    }
}
