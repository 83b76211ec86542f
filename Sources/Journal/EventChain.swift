internal import Core
internal import HashKit

/// The fields of an event in the form in which they are stored, and so hashed.
struct StoredEvent {
    var run: String
    var sequence: Int64
    var at: Int64
    var kind: String
    var step: String?
    var input: [UInt8]?
    var result: [UInt8]?
    var body: String

    /// What stands for the previous hash before the first event.
    static let chainStart = [UInt8](repeating: 0, count: Digest.size)

    /// The event's hash: SHA-256 over the previous hash and every field, each with its length in front.
    func hash(after previous: [UInt8]) -> Digest {
        let content = EventChain.content(kind: kind, step: step, input: input, result: result, body: body)
        return EventChain.hash(of: content, after: previous, run: run, sequence: sequence, at: at)
    }
}

extension StoredEvent {
    /// Whether the result stands in the body, so that no blob has to.
    var holdsResult: Bool {
        kind == EventKind.stepEnded.rawValue && CompactJSON.value(of: body)?[StepRecord.valueMember] != nil
    }

    /// The event as readers see it.
    ///
    /// - Throws: ``JournalError/damaged(run:sequence:problem:)`` when a field cannot be what was once written.
    func event(of run: RunID, hash: [UInt8]?) throws(JournalError) -> Event {
        guard let body = CompactJSON.value(of: body), let hash = hash.flatMap(Digest.init(bytes:)) else {
            throw .damaged(run: run, sequence: Int(sequence), problem: "a field is not what was written")
        }
        return Event(
            run: run,
            sequence: Int(sequence),
            at: at,
            kind: EventKind(kind),
            step: step.map(StepPath.init),
            input: input.flatMap(Digest.init(bytes:)),
            result: result.flatMap(Digest.init(bytes:)),
            body: body,
            hash: hash
        )
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: Int64) {
        for shift in stride(from: 56, through: 0, by: -8) {
            append(UInt8(truncatingIfNeeded: number >> Int64(shift)))
        }
    }

    /// Appends a field with its length, so that no two lists of fields give the same bytes; -1 stands for none.
    fileprivate mutating func append(field: (some Collection<UInt8>)?) {
        guard let field else { return append(number: -1) }
        append(number: Int64(field.count))
        append(contentsOf: field)
    }
}

/// How the events of a run hang together, so that none is altered or added unseen, nor removed but from the end.
///
/// What is removed from the end is missed as far as the run's ``ChainHead`` reaches. Whoever may write to the file could
/// forge all of it: this finds damage and careless hands, not an attacker who owns the journal.
enum EventChain {
    /// What a hash covers of an event itself.
    static func content(kind: String, step: String?, input: [UInt8]?, result: [UInt8]?, body: String) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Event.sizeLimit + 5 * MemoryLayout<Int64>.size)
        bytes.append(field: kind.utf8)
        bytes.append(field: step?.utf8)
        bytes.append(field: input)
        bytes.append(field: result)
        bytes.append(field: body.utf8)
        return bytes
    }

    /// The hash of an event's content at its place.
    static func hash(of content: [UInt8], after previous: [UInt8], run: String, sequence: Int64, at: Int64) -> Digest {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(content.count + 96)
        bytes.append(contentsOf: "drydock event 1\n".utf8)
        bytes.append(contentsOf: previous)
        bytes.append(field: run.utf8)
        bytes.append(number: sequence)
        bytes.append(number: at)
        bytes.append(contentsOf: content)
        return .sha256(of: bytes)
    }

    /// Checks a run's chain over its events as readers see them.
    ///
    /// - Throws: ``JournalError/damaged(run:sequence:problem:)`` at the first event that is not what was recorded.
    static func check(_ events: [Event], of run: RunID) throws(JournalError) {
        var previous = StoredEvent.chainStart
        for (index, event) in events.enumerated() {
            guard event.sequence == index + 1 else {
                throw .damaged(run: run, sequence: index + 1, problem: "it is missing")
            }
            guard StoredEvent(event).hash(after: previous) == event.hash else {
                throw .damaged(run: run, sequence: event.sequence, problem: "it is not what was recorded")
            }
            previous = event.hash.bytes
        }
    }
}

extension StoredEvent {
    init(_ event: Event) {
        self.init(
            run: event.run.description,
            sequence: Int64(event.sequence),
            at: event.at,
            kind: event.kind.rawValue,
            step: event.step?.description,
            input: event.input?.bytes,
            result: event.result?.bytes,
            body: CompactJSON.text(of: event.body)
        )
    }
}
