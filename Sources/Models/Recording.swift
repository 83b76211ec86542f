package import Core
import HashKit
import Synchronization

/// The calls of a run as a portable text: one JSON object a line, the first about the run, each other one a call.
///
/// Whoever has it can run the same again without a network. Secrets were taken out before anything was recorded.
package struct Recording: Sendable, Equatable {
    /// The format of the text that this program writes.
    package static let version = 1

    /// What the recorded run was asked for.
    package struct Header: Codable, Sendable, Equatable {
        /// ``Recording/version`` of the text.
        package let recording: Int
        /// The program that wrote it.
        package let drydock: String
        package let model: ModelIdentity
        package let description: String
        package let pipeline: String
        /// Part of every request; `nil` for the defaults.
        package let parameters: ModelParameters?

        package init(
            drydock: String,
            model: ModelIdentity,
            description: String,
            pipeline: String,
            parameters: ModelParameters?
        ) {
            self.parameters = parameters
            recording = Recording.version
            self.drydock = drydock
            self.model = model
            self.description = description
            self.pipeline = pipeline
        }
    }

    /// A request and the answer to it.
    package struct Call: Codable, Sendable, Equatable {
        package let step: String
        /// The hash of the request's canonical JSON text.
        package let key: Digest
        /// `nil` when the journal does not keep it any more.
        package let request: JSONValue?
        package let reply: ModelReply

        package init(step: String, key: Digest, request: JSONValue?, reply: ModelReply) {
            self.step = step
            self.key = key
            self.request = request
            self.reply = reply
        }
    }

    package let header: Header
    package let calls: [Call]

    package init(header: Header, calls: [Call]) {
        self.header = header
        self.calls = calls
    }

    package var text: String {
        get throws {
            let lines = try [JSON.encode(header)] + calls.map { try JSON.encode($0) }
            return lines.map { String(decoding: $0, as: UTF8.self) + "\n" }.joined()
        }
    }

    /// Reads a text; `name` is its file's, for errors.
    ///
    /// - Throws: ``RecordingError``.
    package init(parsing text: String, name: String) throws(RecordingError) {
        var header: Header?
        var calls: [Call] = []
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
        where !line.isEmpty {
            do {
                let value = try JSONValue(parsing: String(line))
                if header != nil {
                    calls.append(try value.decoded())
                } else {
                    // Before anything else: whatever a newer program writes, this is where it says so.
                    let version = value["recording"]?.integer ?? 0
                    guard version <= Self.version else { throw RecordingError.newer(name, Int(version)) }
                    header = try value.decoded()
                }
            } catch let error as RecordingError {
                throw error
            } catch {
                throw .unreadable(name, line: index + 1, problem: "\(error)")
            }
        }
        guard let header else { throw .unreadable(name, line: 1, problem: "it is empty") }
        self.init(header: header, calls: calls)
    }
}

/// Answers from a recording, and from nowhere else.
package final class RecordedModel: ModelProvider {
    package let identity: ModelIdentity
    /// The answers to each request, in the order in which they were given.
    private let replies: [Digest: [ModelReply]]
    private let given = Mutex<[Digest: Int]>([:])
    private let redactor: Redactor

    /// - Parameters:
    ///   - recording: What was recorded, without secrets.
    ///   - redactor: Takes out of requests what was taken out of the recorded ones.
    package init(_ recording: Recording, redactor: Redactor) {
        self.redactor = redactor
        identity = recording.header.model
        replies = Dictionary(grouping: recording.calls, by: \.key).mapValues { $0.map(\.reply) }
    }

    /// - Throws: ``RecordingError/notRecorded(contract:)``.
    package func complete(_ request: ModelRequest, _ observer: CallObserver) async throws -> ModelReply {
        let key = Digest.sha256(of: try redactor.redacting(json: JSON.bytes(of: request)))
        guard let answers = replies[key], let last = answers.last else {
            throw RecordingError.notRecorded(contract: request.contract)
        }
        let turn = given.withLock { given in
            defer { given[key, default: 0] += 1 }
            return given[key, default: 0]
        }
        return answers.indices.contains(turn) ? answers[turn] : last
    }
}

/// A recording that cannot be used.
package enum RecordingError: ReportableError, Equatable {
    case unreadable(String, line: Int, problem: String)
    case newer(String, Int)
    /// Nothing was recorded for a request of this contract.
    case notRecorded(contract: String)
    /// An agent wrote files of the run: it works with tools of its own, which answer nothing again.
    case agentAtWork

    package var kind: FaultKind {
        switch self {
        case .unreadable, .newer: .usage
        case .notRecorded: .notFound
        case .agentAtWork: .policy
        }
    }

    package var failureClass: FailureClass { .user }

    package var description: String {
        switch self {
        case .unreadable(let name, let line, let problem):
            "'\(name.printable)' is no recording: line \(line): \(problem)"
        case .newer(let name, let version):
            "'\(name.printable)' is of version \(version); this program reads \(Recording.version)"
        case .notRecorded(let contract): "no answer to this '\(contract)' is recorded"
        case .agentAtWork: "an agent wrote files of this run, and what agents do cannot be played back"
        }
    }

    package var hint: String? {
        switch self {
        case .unreadable: "make one with 'drydock new --record FILE'"
        case .newer: "use a newer Drydock"
        case .agentAtWork: "'drydock replay' checks the run; record runs whose models answer over HTTP"
        case .notRecorded:
            "what is asked depends on the description, the settings, the guides and the tools here; make them the recorded ones"
        }
    }
}
