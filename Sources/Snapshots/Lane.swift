internal import Core

/// A thread for calls that block, away from those that all tasks share.
actor Lane {
    private let executor = QueueExecutor(label: "snapshots")

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe executor.asUnownedSerialExecutor()
    }

    /// Runs `body` here; it sees whether the calling task has been cancelled.
    func run<Result: Sendable>(_ body: @Sendable () async throws -> Result) async rethrows -> Result {
        try await body()
    }
}
