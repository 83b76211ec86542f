import Core
import Synchronization

/// A clock and waits by it that pass at once, or when a test says so.
package final class ScriptedTime: WallClock, Sleeper {
    private struct Waiter {
        let number: Int
        let end: Int64
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now: Int64
        var waits: [Int64] = []
        var waiters: [Waiter] = []
        var nextNumber = 0
    }

    private let isManual: Bool
    private let state: Mutex<State>

    /// - Parameters:
    ///   - now: The time at the start, in milliseconds since 1970.
    ///   - isManual: Waits end by ``advance(by:)`` alone; else each sets the clock to its end and is over.
    package init(_ now: Int64 = 1_000_000_000_000, isManual: Bool = false) {
        self.isManual = isManual
        state = Mutex(State(now: now))
    }

    package var milliseconds: Int64 { state.withLock { $0.now } }

    /// Every wait so far, in milliseconds.
    package var waits: [Int64] { state.withLock { $0.waits } }

    /// How many wait now.
    package var waiting: Int { state.withLock { $0.waiters.count } }

    package func advance(by milliseconds: Int64) {
        let due = state.withLock { state in
            state.now += milliseconds
            let due = state.waiters.filter { $0.end <= state.now }
            state.waiters.removeAll { $0.end <= state.now }
            return due
        }
        for waiter in due { waiter.continuation.resume() }
    }

    package func sleep(milliseconds: Int64) async throws {
        try Task.checkCancellation()
        let number = state.withLock { state in
            state.waits.append(milliseconds)
            state.nextNumber += 1
            if !isManual { state.now += milliseconds }
            return state.nextNumber
        }
        guard isManual else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(number, milliseconds, $0) }
        } onCancel: {
            take(number)?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns when so many wait.
    package func waitUntil(waiting count: Int) async {
        await until { waiting == count }
    }

    private func wait(_ number: Int, _ milliseconds: Int64, _ continuation: CheckedContinuation<Void, any Error>) {
        let isCancelled = state.withLock { state in
            guard !Task.isCancelled else { return true }
            let end = state.now + milliseconds
            state.waiters.append(Waiter(number: number, end: end, continuation: continuation))
            return false
        }
        if isCancelled { continuation.resume(throwing: CancellationError()) }
    }

    private func take(_ number: Int) -> Waiter? {
        state.withLock { state in
            state.waiters.firstIndex { $0.number == number }.map { state.waiters.remove(at: $0) }
        }
    }
}
