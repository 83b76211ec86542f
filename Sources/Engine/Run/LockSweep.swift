/// Takes away the locks that a killed process has left in a run's repository, once.
///
/// Once, and before anybody works: a lock that is there later is held by a crew of this process, whose commit fails
/// when it is taken away.
actor LockSweep {
    private var sweep: Task<Void, any Error>?

    /// Returns when the locks are gone, whoever of all callers had it done.
    func pass(_ act: @escaping @Sendable () async throws -> Void) async throws {
        let sweep = sweep ?? Task { try await act() }
        self.sweep = sweep
        do {
            try await sweep.value
        } catch {
            self.sweep = nil
            throw error
        }
    }
}
