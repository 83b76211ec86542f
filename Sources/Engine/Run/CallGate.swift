internal import Models
internal import Synchronization

/// Lets so many calls at a time through what comes before a model is asked: the prompt, the reservation, the intent.
///
/// Tasks take turns, so with hundreds of agents beginning at once each would do its first part before any did its
/// second: all prompts would be held before the first one is sent, and the model would have nothing to do meanwhile.
package final class CallGate: Sendable {
    /// One for all runs of a process, since they share its processors.
    static let shared = CallGate(width: width)

    /// Enough that all processors have work and a group of commits is worth its wait for the disk; each one more is a
    /// prompt more in memory.
    package static let width = 128

    private let permits: PermitQueue

    init(width: Int) { permits = PermitQueue(width) }

    /// Waits for a place, after those who asked before.
    ///
    /// - Returns: What gives the place back.
    /// - Throws: `CancellationError`, and then no place is taken.
    func enter() async throws -> Pass {
        try await permits.acquire()
        return Pass(permits)
    }

    /// A place behind the gate, which is given back once.
    final class Pass: Sendable {
        private let permits: PermitQueue
        private let hasLeft = Atomic(false)

        fileprivate init(_ permits: PermitQueue) { self.permits = permits }

        /// Gives the place back; harmless when that was done before.
        func leave() {
            if !hasLeft.exchange(true, ordering: .relaxed) { permits.release() }
        }
    }
}
