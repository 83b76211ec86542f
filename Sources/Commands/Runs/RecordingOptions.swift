internal import CommandLineKit
internal import Core
internal import Engine
internal import FoundationEssentials
internal import Models
internal import ProcessKit
internal import Settings

/// Where a new run's answers come from, when no model is to be asked.
struct PlaybackOptions: ParsableArguments {
    @Option(help: "Take all answers from a recording, without a network.", valueName: "FILE", completion: .file)
    var playback: String?

    @Option(help: "Take all answers from the journal of a run.", valueName: "RUN", completion: RunArgument.names)
    var replay: String?

    init() {}

    func validate() throws {
        guard playback == nil || replay == nil else {
            throw ValidationError("give --playback or --replay, not both", hint: "answers come from one place")
        }
    }

    /// The recording that a new run answers from, noted in its request; `nil` when a model is to be asked.
    func recording(
        for request: inout RunRequest,
        _ surroundings: Surroundings,
        _ settings: Settings
    ) async throws -> Recording? {
        if let playback {
            request.playback = try surroundings.absolute(playback)
            let recording = try Recording(file: surroundings.absolute(playback))
            request.answers(as: recording.header)
            return recording
        }
        guard let replay else { return nil }
        guard surroundings.hasJournal else { throw RunError.notFound(replay) }
        let service = try await Dock.open(surroundings, settings).service
        let run = try await service.run(named: replay)
        request.answersOf = run
        let recording = try await service.recording(of: run, program: Drydock.version)
        request.answers(as: recording.header)
        return recording
    }
}

/// The largest recording that is read, in bytes.
private let recordingLimit = 1 << 30

extension Recording {
    /// Reads a recording's file.
    ///
    /// - Throws: ``RecordingError``.
    init(file: String) throws {
        guard FileSystem.isRegularFile(file), let data = FileManager.default.contents(atPath: file) else {
            throw RecordingError.unreadable(file, line: 1, problem: "there is no such file that can be read")
        }
        guard data.count <= recordingLimit, let text = String(validating: data, as: UTF8.self) else {
            throw RecordingError.unreadable(file, line: 1, problem: "it is no text in UTF-8 of 1 GiB at most")
        }
        try self.init(parsing: text, name: file)
    }

    /// Refuses a file that could not be written when the run has stopped.
    ///
    /// - Throws: ``RecordingUnwritten``.
    static func checkFile(_ file: String) throws(RecordingUnwritten) {
        let folder = FileSystem.parent(of: file)
        let reason: String? =
            if FileSystem.kind(of: file) == .folder {
                "it is a folder"
            } else if !FileManager.default.fileExists(atPath: folder) {
                "there is no folder '\(folder)'"
            } else {
                FileSystem.whyUnwritable(folder)
            }
        if let reason { throw RecordingUnwritten(file: file, reason: reason, kind: .usage) }
    }

    /// Writes the file whole or not at all.
    ///
    /// - Throws: ``RecordingUnwritten``.
    func write(to file: String) throws {
        do {
            try SmallFile.replace(file, with: try text)
        } catch {
            throw RecordingUnwritten(file: file, reason: "\(error)", kind: .failed)
        }
    }
}

/// A recording that could not be written.
struct RecordingUnwritten: ReportableError {
    let file: String
    let reason: String
    /// Whether the file was refused, or came to nothing when it was written.
    let kind: FaultKind

    var description: String {
        "the recording '\(file.printable)' cannot be written: \(reason.printable)"
    }
    var hint: String? {
        "name a file in a folder that you may write; 'drydock new --replay RUN --record FILE' writes that of an ended run"
    }
}

extension RunRequest {
    /// Asks what the recorded run asked, so that its answers fit.
    fileprivate mutating func answers(as header: Recording.Header) {
        pipeline = header.pipeline
        routes = RouteTable([header.model], parameters: header.parameters ?? .deterministic)
    }
}
