/// Waiting, as a parameter, so that a test need not wait.
package protocol Sleeper: Sendable {
    /// Returns after so many milliseconds, or at once when there is nothing to wait for.
    ///
    /// - Throws: `CancellationError` as soon as the task is cancelled.
    func sleep(milliseconds: Int64) async throws
}

/// Waiting by the machine's clock; time in which the machine is suspended counts.
package struct SystemSleeper: Sleeper {
    package init() {}

    package func sleep(milliseconds: Int64) async throws {
        try Task.checkCancellation()
        guard milliseconds > 0 else { return }
        try await Task.sleep(for: .milliseconds(milliseconds), clock: .continuous)
    }
}
