package import Core

/// A step with the hashes of its input and result: what a journal says, without how and when it came about.
package struct StepOutcome: Hashable, Sendable {
    package let path: StepPath
    package let input: Digest
    package let result: Digest

    package init(path: StepPath, input: Digest, result: Digest) {
        self.path = path
        self.input = input
        self.result = result
    }
}

/// How two journals differ; they are equal when their sets of outcomes are.
package struct JournalDifference: Sendable, Equatable, CustomStringConvertible {
    /// Steps that only the first journal has.
    package let onlyFirst: [StepPath]
    /// Steps that only the second journal has.
    package let onlySecond: [StepPath]
    package let otherInput: [StepPath]
    /// Steps with equal inputs and different results.
    package let otherResult: [StepPath]

    package init(_ first: Set<StepOutcome>, _ second: Set<StepOutcome>) {
        let left = Dictionary(first.map { ($0.path, $0) }) { _, last in last }
        let right = Dictionary(second.map { ($0.path, $0) }) { _, last in last }
        let shared = Set(left.keys).intersection(right.keys).sorted()
        onlyFirst = left.keys.filter { right[$0] == nil }.sorted()
        onlySecond = right.keys.filter { left[$0] == nil }.sorted()
        otherInput = shared.filter { left[$0]?.input != right[$0]?.input }
        otherResult = shared.filter { left[$0]?.input == right[$0]?.input && left[$0]?.result != right[$0]?.result }
    }

    package var isEmpty: Bool {
        onlyFirst.isEmpty && onlySecond.isEmpty && otherInput.isEmpty && otherResult.isEmpty
    }

    /// A line for each step that differs; none for equal journals.
    package var lines: [String] {
        onlyFirst.map { "only in the first: \($0.description.printable)" }
            + onlySecond.map { "only in the second: \($0.description.printable)" }
            + otherInput.map { "other input: \($0.description.printable)" }
            + otherResult.map { "other result: \($0.description.printable)" }
    }

    package var description: String { lines.joined(separator: "\n") }
}

extension JournalStore {
    /// How the journals of two runs differ, in this store or in this and another one.
    package func difference(
        of first: RunID,
        from second: RunID,
        in other: (any JournalStore)? = nil
    ) async throws -> JournalDifference {
        let left = RunState(try await events(of: first))
        let right = RunState(try await (other ?? self).events(of: second))
        return JournalDifference(left.outcomes, right.outcomes)
    }
}
