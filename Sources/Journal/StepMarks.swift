package import Core

/// What a step's events carry besides its input and its result: what a fold over the events wants to know without
/// reading values, such as what a call has cost.
///
/// Marks are small (an event has 300 bytes) and have no part in the comparison of journals. Their members' names must
/// not be those of ``StepRecord``.
package struct StepMarks<Output: Sendable>: Sendable {
    /// Asked when the step is about to act; nothing is written or done when it throws.
    package let opening: @Sendable () async throws -> [String: JSONValue]
    /// Asked for the marks of the result.
    package let closing: @Sendable (Output) async -> [String: JSONValue]
    /// Asked for the marks of a failure.
    package let failing: @Sendable (any Error) async -> [String: JSONValue]
    /// Whether the input is kept as a value, and not only its hash.
    package let keepsInput: Bool

    package init(
        keepsInput: Bool,
        opening: @escaping @Sendable () async throws -> [String: JSONValue],
        closing: @escaping @Sendable (Output) async -> [String: JSONValue],
        failing: @escaping @Sendable (any Error) async -> [String: JSONValue]
    ) {
        self.opening = opening
        self.closing = closing
        self.failing = failing
        self.keepsInput = keepsInput
    }
}
