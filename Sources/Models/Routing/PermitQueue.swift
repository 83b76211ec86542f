import Synchronization

/// A number of permits, given out in the order in which they are asked for; who waits costs no time.
package final class PermitQueue: Sendable {
    private struct Waiter {
        let number: Int
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var free: Int
        /// From `first` on; what comes before has been served, and is dropped when it is most of the list.
        var waiters: [Waiter] = []
        var first = 0
        var nextNumber = 0

        var line: ArraySlice<Waiter> { waiters[first...] }

        mutating func popFirst() -> Waiter? {
            guard let next = line.first else { return nil }
            first += 1
            if first * 2 > waiters.count {
                waiters.removeFirst(first)
                first = 0
            }
            return next
        }
    }

    private let state: Mutex<State>

    package init(_ permits: Int) { state = Mutex(State(free: permits)) }

    /// How many wait.
    var waiting: Int { state.withLock { $0.line.count } }

    /// How many permits nobody holds.
    var free: Int { state.withLock { $0.free } }

    /// Takes a permit, after those who asked before; whoever takes one has to give it back.
    ///
    /// - Throws: `CancellationError`, and then no permit is taken.
    package func acquire() async throws {
        try Task.checkCancellation()
        let number: Int? = state.withLock { state in
            guard state.free == 0 || !state.line.isEmpty else {
                state.free -= 1
                return nil
            }
            state.nextNumber += 1
            return state.nextNumber
        }
        guard let number else { return }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { wait(Waiter(number: number, continuation: $0)) }
        } onCancel: {
            take(number)?.resume(throwing: CancellationError())
        }
    }

    package func release() {
        let next: Waiter? = state.withLock { state in
            if let next = state.popFirst() { return next }
            state.free += 1
            return nil
        }
        next?.continuation.resume()
    }

    /// Stands in line, unless the task is cancelled or a permit has come back meanwhile.
    private func wait(_ waiter: Waiter) {
        enum Turn { case now, later, never }
        let turn: Turn = state.withLock { state in
            guard !Task.isCancelled else { return .never }
            guard state.free == 0 || !state.line.isEmpty else {
                state.free -= 1
                return .now
            }
            state.waiters.append(waiter)
            return .later
        }
        switch turn {
        case .now: waiter.continuation.resume()
        case .later: break
        case .never: waiter.continuation.resume(throwing: CancellationError())
        }
    }

    private func take(_ number: Int) -> CheckedContinuation<Void, any Error>? {
        state.withLock { state in
            guard let index = state.line.firstIndex(where: { $0.number == number }) else { return nil }
            return state.waiters.remove(at: index).continuation
        }
    }
}

extension PermitQueue {
    /// Runs `body` with a permit, which goes back however it ends.
    func withPermit<Result>(_ body: () async throws -> Result) async throws -> Result {
        try await acquire()
        defer { release() }
        return try await body()
    }
}
