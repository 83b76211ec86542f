internal import Core
internal import Engine
internal import FoundationEssentials
internal import GroupChat
internal import HTTPClientKit
internal import Journal
internal import Models
internal import ProcessKit

/// Many group chats at once, against a real server: what one of the engine's crews does in its chat, without git and
/// without commands.
///
/// Each chat is a run of its own in one journal, and each turn a durable step that holds request and answer, as in
/// every run: whoever took the run up again would ask nothing twice.
struct ChatLoad: Sendable {
    /// What it came to; the names are those of the line that is printed.
    struct Result: Codable, Sendable {
        /// Seconds from the first chat's beginning to the last one's end.
        var wall: Double
        /// Seconds of processor time of this process, in the same time.
        var processor: Double
        var turns: Int
        /// Of all chats' final trees.
        var files: Int
        /// The most memory that this process ever had, in KiB.
        var peakMemory: Int

        private enum CodingKeys: String, CodingKey {
            case wall = "wall_s"
            case processor = "cpu_s"
            case turns, files
            case peakMemory = "rss_peak_kb"
        }
    }

    private let options: ChatOptions
    private let store: SQLiteJournal
    private let model: HTTPModel

    /// Runs the load in a folder of its own, which is removed afterwards.
    static func run(_ options: ChatOptions) async throws -> Result {
        let folder = "\(options.folder)/drydock-bench-chat-\(UInt64.random(in: 0 ... .max))"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try await SQLiteJournal(path: folder + "/journal.db")
        let client = HTTPClient()
        let load = ChatLoad(options: options, store: store, model: model(options, client))
        do {
            let result = try await load.result()
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }

    private static func model(_ options: ChatOptions, _ client: HTTPClient) -> HTTPModel {
        let variable = "DRYDOCK_BENCH_KEY"
        let environment = ProcessInfo.processInfo.environment
        let source: KeySource = environment[variable, default: ""].isEmpty ? .none : .environment([variable])
        var profile = ProviderProfile.compatible(name: "server", baseURL: options.baseURL)
        profile.streams = options.streams
        let key = ProviderKey(source, environment: environment)
        return HTTPModel(profile, model: options.model, client: client, key: key)
    }

    private func result() async throws -> Result {
        if options.warmup > 0 {
            _ = try await hold(runs(options.warmup))
        }
        let runs = try await runs(options.chats)
        let (start, cpu) = (ContinuousClock.now, ProcessTime.used)
        let outcomes = try await hold(runs)
        let (end, cpuEnd) = (ContinuousClock.now, ProcessTime.used)
        return Result(
            wall: (end - start) / .seconds(1),
            processor: (cpuEnd - cpu) / .seconds(1),
            turns: outcomes.reduce(0) { $0 + $1.turns },
            files: outcomes.reduce(0) { $0 + $1.files },
            peakMemory: ProcessTime.peakMemory
        )
    }

    /// Runs that wait for their chats.
    private func runs(_ count: Int) async throws -> [RunJournal] {
        let clock = SystemClock()
        return try await withThrowingTaskGroup { group in
            for _ in 0..<count {
                group.addTask { [store] in
                    let at = clock.milliseconds
                    let run = RunID(milliseconds: at, random: .random(in: 0 ... .max))
                    try await store.createRun(run, at: at, first: [EventDraft(.runCreated)], blobs: [])
                    let lease = try await store.acquireLease(
                        on: run,
                        owner: .current,
                        duration: .seconds(3_600),
                        at: at
                    )
                    return try await RunJournal(store: store, run: run, lease: lease)
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func hold(_ runs: [RunJournal]) async throws -> [(turns: Int, files: Int)] {
        try await withThrowingTaskGroup { group in
            for run in runs {
                group.addTask { try await hold(run) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
    }

    private func hold(_ run: RunJournal) async throws -> (turns: Int, files: Int) {
        let tree = ChatTree()
        let caller = ModelCaller(ofNew: run, model: model)
        let participants = (1...options.agents).map { ChatAgent(number: $0, tree: tree, caller: caller) }
        let configuration = ChatConfiguration(
            termination: MaxRounds(options.rounds),
            maxRounds: options.rounds,
            width: options.agents
        )
        let chat = try Chat(participants: participants, configuration: configuration, merger: tree)
        let result = try await chat.run { round in
            if let failure = round.failures.first {
                throw ChatTurnError(participant: failure.participant, round: round.round, message: failure.message)
            }
            await tree.apply(round.changes)
            return RoundFeedback()
        }
        return (result.conversation.messages.count { $0.kind == .response }, await tree.files.count)
    }
}

/// A turn that brought no usable answer.
private struct ChatTurnError: Error, CustomStringConvertible {
    let participant: String
    let round: Int
    let message: String

    var description: String { "\(participant) had no answer in round \(round): \(message)" }
}

/// The files of one chat.
private actor ChatTree: GitRoundMerger {
    private(set) var files: [ProjectPath: FileVersion] = [:]

    func base(of path: ProjectPath, round: Int) -> FileVersion? { files[path] }

    func apply(_ changes: [ChatFile]) {
        for change in changes {
            switch change.edit {
            case .write(let content, let executable):
                files[change.path] = FileVersion(content: content, isExecutable: executable ?? false)
            case .delete: files[change.path] = nil
            }
        }
    }

    /// All files as a prompt shows them.
    var texts: [FileText] {
        files.sorted { $0.key < $1.key }.map { path, file in
            FileText(path: path.description, content: file.content, executable: file.isExecutable ? true : nil)
        }
    }
}

/// One worker, who may write everywhere.
private struct ChatAgent: Participant {
    let role: WorkerRole
    let tree: ChatTree
    let caller: ModelCaller

    init(number: Int, tree: ChatTree, caller: ModelCaller) {
        role = WorkerRole(role: "worker-\(number)", description: "writes part \(number)", owns: [], skills: [])
        self.tree = tree
        self.caller = caller
    }

    var name: String { role.role }

    func answer(_ turn: ChatTurn) async throws -> ChatAnswer {
        let files = await tree.texts
        let step = StepPath("chat/round-\(turn.round)").appending(name)
        return try await caller.ask(GenerateContract(), input(turn, files), at: step).answer.chatAnswer
    }

    private func input(_ turn: ChatTurn, _ files: [FileText]) -> GenerateInput {
        GenerateInput(
            title: "Load",
            description: "a library in several parts, each written by one worker",
            component: Self.component,
            worker: role,
            guide: Self.guide,
            skills: [],
            round: turn.round,
            files: files,
            peers: turn.peers,
            feedback: turn.feedback
        )
    }

    private static let component = PlannedComponent(
        name: "load",
        guide: "plain",
        kind: .library,
        path: "",
        description: "the parts of the library"
    )
    private static let guide = GuideSheet(
        name: "plain",
        title: "Plain files",
        sheet: "Write plain text files.",
        layout: "One folder for each part.",
        blueprint: []
    )
}
