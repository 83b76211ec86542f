package import Core
internal import HashKit
internal import Synchronization

extension RunJournal {
    /// A step: returns its recorded result, or writes its intent, acts, and writes its result.
    ///
    /// The path is used once per run; the input holds everything that the result depends on. A step that began
    /// before without a result is looked for by `probe`, and made once more when that finds nothing. `probe` and
    /// `effect` run where the caller runs.
    ///
    /// - Throws: What `effect` throws, after it was recorded as the step's failure; `CancellationError` before
    ///   anything is done when the task is cancelled;
    ///   ``JournalError/inputChanged(step:what:)`` when the recorded input is another one;
    ///   ``JournalError/stopRequested(_:_:)`` before acting when someone has asked the run to pause or end;
    ///   in a replay, ``JournalError/effectForbidden(step:)`` or ``JournalError/recordedFailure(step:class:message:)``
    ///   when there is no result.
    package func step<Input: Encodable & Sendable, Output: Codable & Sendable>(
        _ path: StepPath,
        input: Input,
        marks: StepMarks<Output>? = nil,
        probe: (@Sendable () async throws -> Output?)? = nil,
        effect: @Sendable () async throws -> Output
    ) async throws -> Output {
        try Task.checkCancellation()
        let (digest, opening) = try await begin(path, input, marks)
        switch opening {
        case .recorded(let record):
            return try await result(of: record)
        case .act(let mayBeDone):
            let (output, wasProbed) = try await recordingFailure(of: path, marks?.failing) {
                if mayBeDone, let found = try await probe?() {
                    return (found, true)
                }
                return (try await effect(), false)
            }
            let closing = await marks?.closing(output) ?? [:]
            return try await end(path, input: digest, output: output, wasProbed: wasProbed, marks: closing)
        }
    }

    /// Writes a step's intent; the input's text is not kept while the step acts.
    private func begin<Output>(
        _ path: StepPath,
        _ input: some Encodable & Sendable,
        _ marks: StepMarks<Output>?
    ) async throws -> (input: Digest, opening: Opening) {
        let value = NamedValue(try redactedText(of: input))
        let keepsInput = marks?.keepsInput ?? false
        return (value.digest, try await begin(path, input: value, keepsInput: keepsInput, marks: marks?.opening))
    }

    /// Runs `act` and records what it throws.
    ///
    /// A result that cannot be written is no failure of the step: it stays in flight, and is probed for later.
    private func recordingFailure<Output>(
        of path: StepPath,
        _ marks: (@Sendable (any Error) async -> [String: JSONValue])?,
        _ act: () async throws -> Output
    ) async throws -> Output {
        do {
            return try await act()
        } catch {
            let marks = await marks?(error) ?? [:]
            // The effect's own error matters more than that it could not be written down.
            _ = try? await fail(path, StepFailure(error), marks: marks)
            throw error
        }
    }

    /// Whether a step has a result that follows from this input.
    package func hasResult(_ path: StepPath, from input: some Encodable & Sendable) throws -> Bool {
        guard let record = record(of: path), record.result != nil else { return false }
        return try NamedValue(redactedText(of: input)).digest == record.input
    }

    /// A step's recorded result, or `nil` when it has none.
    package func recordedResult<Output: Decodable & Sendable>(
        _ path: StepPath,
        as type: Output.Type = Output.self
    ) async throws -> Output? {
        guard let record = record(of: path), record.result != nil else { return nil }
        return try await result(of: record)
    }

    /// Records the result and returns what a replay would return.
    private func end<Output: Codable & Sendable>(
        _ path: StepPath,
        input: Digest,
        output: Output,
        wasProbed: Bool,
        marks: [String: JSONValue]
    ) async throws -> Output {
        let plain = try JSON.bytes(of: output)
        let text = try redacted(plain)
        var marks = marks
        if wasProbed { marks[StepRecord.probedMember] = true }
        try await end(path, input: input, result: text, marks: marks)
        return text == plain ? output : try decode(text, of: path)
    }

    private func result<Output: Decodable & Sendable>(of record: StepRecord) async throws -> Output {
        if let value = record.value {
            return try decode(Array(value.utf8), of: record.path)
        }
        guard let digest = record.result else { throw JournalError.stepUnknown(record.path) }
        do {
            return try decode(try await store.blob(digest), of: record.path)
        } catch JournalError.blobMissing {
            throw situation.withLock(\.state.wasPruned) ? JournalError.blobDropped(digest) : .blobMissing(digest)
        }
    }

    private func decode<Output: Decodable>(_ text: [UInt8], of path: StepPath) throws -> Output {
        do {
            return try JSON.decode(Output.self, from: text)
        } catch {
            throw JournalError.resultUnreadable(step: path, problem: error.description)
        }
    }

    /// The canonical JSON text of a value, without secrets.
    func redactedText(of value: some Encodable) throws -> [UInt8] {
        try redacted(JSON.bytes(of: value))
    }

    private func redacted(_ text: [UInt8]) throws -> [UInt8] {
        try redactor.redacting(json: text)
    }
}

extension StepFailure {
    /// What is recorded of a step that was cut: it came to nothing since something else stopped the run.
    package static let cut = "stopped with the run"

    /// Any error, in the class that it names itself; a cancellation is nobody's mistake but the machine's.
    init(_ error: any Error) {
        let fault = error as? any ReportableError
        failureClass = fault?.failureClass ?? .infrastructure
        message = fault?.description ?? (error is CancellationError ? Self.cut : "\(error)")
    }
}
