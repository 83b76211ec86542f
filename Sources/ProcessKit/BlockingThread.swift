/// Runs blocking work on a thread of its own for a task that waits for it.
package enum BlockingThread {
    /// - Parameters:
    ///   - stop: Turned on when the waiting task is cancelled; the work has to heed it.
    ///   - work: What to do.
    /// - Returns: What the work returns.
    /// - Throws: What the work throws, or ``ProcessError`` when no thread can be made.
    package static func run<Result: Sendable>(
        stop: StopSwitch,
        _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let code = OwnThread.start {
                    continuation.resume(with: Swift.Result { try work() })
                }
                if code != 0 {
                    continuation.resume(throwing: ProcessError.refused("start a thread", code: code))
                }
            }
        } onCancel: {
            stop.turnOn()
        }
    }
}
