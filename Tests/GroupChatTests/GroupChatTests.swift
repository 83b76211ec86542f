import Core
import GroupChat
import Synchronization
import TestSupport
import Testing

/// Merges texts of equally many lines, line by line, over a project that lives in memory.
final class MemoryProject: RoundMerger {
    private let rounds = Mutex<[[ProjectPath: FileVersion]]>([])

    init(_ files: [String: String] = [:]) throws {
        var versions: [ProjectPath: FileVersion] = [:]
        for (path, content) in files { versions[try ProjectPath(path)] = FileVersion(content: content) }
        rounds.withLock { $0 = [versions] }
    }

    func base(of path: ProjectPath, round: Int) -> FileVersion? {
        rounds.withLock { $0[round - 1][path] }
    }

    func merge(base: String, ours: String, theirs: String) -> MergedText {
        let lines = [base, ours, theirs].map { $0.split(separator: "\n", omittingEmptySubsequences: false) }
        guard Set(lines.map(\.count)).count == 1 else { return .conflicted(nil) }
        var merged: [Substring] = []
        for index in lines[0].indices {
            let (old, left, right) = (lines[0][index], lines[1][index], lines[2][index])
            if left == right || right == old {
                merged.append(left)
            } else if left == old {
                merged.append(right)
            } else {
                return .conflicted("<\(left)|\(right)>")
            }
        }
        return .merged(merged.joined(separator: "\n"))
    }

    func apply(_ record: RoundRecord) -> RoundFeedback {
        rounds.withLock { rounds in
            var files = rounds[record.round - 1]
            for change in record.changes {
                switch change.edit {
                case .delete: files[change.path] = nil
                case .write(let content, let executable):
                    files[change.path] = FileVersion(content: content, isExecutable: executable ?? false)
                }
            }
            rounds.append(files)
        }
        return RoundFeedback()
    }

    var files: [String: String] {
        rounds.withLock { rounds in
            let now = rounds.last ?? [:]
            return Dictionary(uniqueKeysWithValues: now.map { ($0.key.description, $0.value.content) })
        }
    }
}

/// Keeps the turns that participants were given, by name and round.
final class TurnLog: Sendable {
    private let turns = Mutex<[String: ChatTurn]>([:])

    func add(_ turn: ChatTurn) {
        turns.withLock { $0["\(turn.participant)/\(turn.round)"] = turn }
    }

    var count: Int { turns.withLock { $0.count } }

    /// What a participant was told in a round: authors and texts.
    func news(_ key: String) -> [String]? {
        turns.withLock { $0[key]?.news.map { "\($0.author): \($0.text)" } }
    }

    subscript(key: String) -> ChatTurn? { turns.withLock { $0[key] } }
}

func write(_ path: String, _ content: String, executable: Bool? = nil) throws -> ChatFile {
    ChatFile(path: try ProjectPath(path), edit: .write(content: content, executable: executable))
}

func delete(_ path: String) throws -> ChatFile {
    ChatFile(path: try ProjectPath(path), edit: .delete)
}

struct TurnError: ReportableError {
    let kind: FaultKind
    let failureClass: FailureClass
    var description: String { "no answer" }
}

@Suite("A chat", .tags(.small))
struct ChatTests {
    private let log = TurnLog()

    /// One who says the same words for its round, and has files per round.
    private func worker(_ name: String, _ files: @escaping @Sendable (Int) throws -> [ChatFile]) -> ClosureParticipant {
        ClosureParticipant(name) { [log] turn in
            log.add(turn)
            return ChatAnswer(text: "\(name)\(turn.round)", files: try files(turn.round))
        }
    }

    @Test("shows each participant in its second round what the others did, and nothing twice")
    func rounds() async throws {
        let project = try MemoryProject()
        let chat = try Chat(
            participants: [
                worker("a") { [try write("a.txt", "a\($0)")] },
                worker("b") { [try write("b.txt", "b\($0)")] },
                worker("c") { [try write("c.txt", "c\($0)")] },
            ],
            configuration: ChatConfiguration(maxRounds: 3),
            merger: project
        )
        let result = try await chat.run(context: ["task"]) { project.apply($0) }
        #expect(result.reason == .maxRounds)
        #expect(log.news("b/1") == ["chat: task"])
        #expect(log.news("b/2") == ["a: a1", "c: c1"])
        #expect(log.news("b/3") == ["a: a2", "c: c2"])
        #expect(log["b/2"]?.news.flatMap(\.files) == [try write("a.txt", "a1"), try write("c.txt", "c1")])
        #expect(project.files == ["a.txt": "a3", "b.txt": "b3", "c.txt": "c3"])
        #expect(
            result.conversation.messages.map { "\($0.number) \($0.round) \($0.author) \($0.kind)" } == [
                "1 0 chat context", "2 1 a response", "3 1 b response", "4 1 c response", "5 2 a response",
                "6 2 b response", "7 2 c response", "8 3 a response", "9 3 b response", "10 3 c response",
                "11 3 chat terminate",
            ]
        )
    }

    @Test("comes to the same conversation whatever the timing")
    func timing() async throws {
        var results: Set<ChatResult> = []
        for _ in 0..<20 {
            let project = try MemoryProject(["x": "1\n2\n3"])
            let participants = ["a", "b", "c", "d"].map { name in
                ClosureParticipant(name) { turn in
                    try await Task.sleep(for: .microseconds(Int.random(in: 0...2_000)))
                    let said = turn.news.map { "\($0.number)" }.joined(separator: ",")
                    let line = name == "a" ? "A\(turn.round)\n2\n3" : "1\n2\n\(name)\(turn.round)"
                    return ChatAnswer(text: "\(name) heard \(said)", files: [try write("x", line)])
                }
            }
            let configuration = ChatConfiguration(maxRounds: 3, width: 3)
            let chat = try Chat(participants: participants, configuration: configuration, merger: project)
            results.insert(try await chat.run(context: ["go"]) { project.apply($0) })
        }
        #expect(results.count == 1)
        #expect(results.first?.conflicts.map(\.authors) == [["a", "b", "c", "d"]])
    }

    @Test("asks no more participants at once than it may")
    func width() async throws {
        let running = Mutex((now: 0, most: 0))
        let participants = (0..<8).map { number in
            ClosureParticipant("p\(number)") { _ in
                running.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
                for _ in 0..<50 { await Task.yield() }
                running.withLock { $0.now -= 1 }
                return ChatAnswer(text: "")
            }
        }
        let chat = try Chat(
            participants: participants,
            configuration: ChatConfiguration(width: 3),
            merger: try MemoryProject()
        )
        _ = try await chat.run { _ in RoundFeedback() }
        #expect(running.withLock { $0.most } == 3)
    }

    @Test("asks one who is alone exactly once")
    func alone() async throws {
        let project = try MemoryProject()
        let chat = try Chat(
            participants: [worker("a") { [try write("a.txt", "a\($0)")] }],
            configuration: ChatConfiguration(maxRounds: 5),
            merger: project
        )
        let result = try await chat.run { project.apply($0) }
        #expect(result.reason == .singleParticipant)
        #expect(log.count == 1)
        #expect(project.files == ["a.txt": "a1"])
    }

    @Test("keeps going when one cannot answer, and tells that one again what it missed")
    func failure() async throws {
        let project = try MemoryProject()
        let weak = ClosureParticipant("weak") { [log] turn in
            log.add(turn)
            guard turn.round != 1 else { throw TurnError(kind: .failed, failureClass: .contract) }
            return ChatAnswer(text: "here")
        }
        let chat = try Chat(
            participants: [weak, worker("b") { [try write("b", "\($0)")] }],
            configuration: ChatConfiguration(maxRounds: 2),
            merger: project
        )
        let records = Mutex<[RoundRecord]>([])
        let result = try await chat.run(context: ["task"]) { record in
            records.withLock { $0.append(record) }
            return project.apply(record)
        }
        #expect(result.rounds == 2)
        #expect(records.withLock { $0[0].failures.map(\.participant) } == ["weak"])
        #expect(result.conversation.messages[1].kind == .failure)
        #expect(log.news("weak/2") == ["chat: task", "b: b1"])
        #expect(log.news("b/2") == ["weak: no answer"])
    }

    @Test("lets others come to their end, or cuts them, when an error ends it", arguments: [true, false])
    func cut(cutsOthers: Bool) async throws {
        let log = log
        let broken = ClosureParticipant("broken") { _ in
            throw TurnError(kind: .failed, failureClass: .infrastructure)
        }
        let slow = ClosureParticipant("slow") { turn in
            try await Task.sleep(for: cutsOthers ? .seconds(600) : .milliseconds(20))
            log.add(turn)
            return ChatAnswer(text: "done")
        }
        var configuration = ChatConfiguration()
        configuration.cutsOthers = cutsOthers
        let chat = try Chat(
            participants: [broken, slow],
            configuration: configuration,
            merger: try MemoryProject()
        )
        await #expect(throws: TurnError.self) { _ = try await chat.run { _ in RoundFeedback() } }
        #expect(log.count == (cutsOthers ? 0 : 1))
    }

    @Test(
        "ends with an error that is no participant's fault",
        arguments: [FailureClass.infrastructure, .policy, .user]
    )
    func fault(of failureClass: FailureClass) async throws {
        let broken = ClosureParticipant("x") { _ in throw TurnError(kind: .failed, failureClass: failureClass) }
        let chat = try Chat(
            participants: [broken, worker("b") { _ in [] }],
            configuration: ChatConfiguration(),
            merger: try MemoryProject()
        )
        await #expect(throws: TurnError.self) { try await chat.run { _ in RoundFeedback() } }
    }

    @Test("stops at once when its caller is cancelled")
    func cancellation() async throws {
        let began = AsyncStream.makeStream(of: Void.self)
        let hanging = ["a", "b"].map { name in
            ClosureParticipant(name) { _ in
                began.continuation.yield()
                try await Task.sleep(for: .seconds(600))
                return ChatAnswer(text: "")
            }
        }
        let chat = try Chat(
            participants: hanging,
            configuration: ChatConfiguration(),
            merger: try MemoryProject()
        )
        let run = Task { try await chat.run { _ in RoundFeedback() } }
        for await _ in began.stream { break }
        run.cancel()
        await #expect(throws: CancellationError.self) { try await run.value }
    }

    @Test(
        "refuses participants that cannot be told apart",
        arguments: [
            ([], ChatError.noParticipant), (["a", "a"], .duplicateName("a")), (["a", " "], .unusableName(" ")),
            (["chat"], .unusableName("chat")),
        ]
    )
    func names(names: [String], error: ChatError) throws {
        #expect(throws: error) {
            try Chat(
                participants: names.map { name in ClosureParticipant(name) { _ in ChatAnswer(text: "") } },
                configuration: ChatConfiguration(),
                merger: try MemoryProject()
            )
        }
    }

    @Test("tells what happens, round by round")
    func events() async throws {
        let events = Mutex<[ChatEvent]>([])
        let chat = try Chat(
            participants: [worker("a") { _ in [] }, worker("b") { _ in [] }],
            configuration: ChatConfiguration(selector: RoundRobin(), termination: MaxRounds(2), maxRounds: 9),
            merger: try MemoryProject()
        ) { event in events.withLock { $0.append(event) } }
        _ = try await chat.run { _ in RoundFeedback() }
        #expect(
            events.withLock(\.self) == [
                .asked(participant: "a", round: 1), .answered(participant: "a", round: 1), .roundEnded(round: 1),
                .asked(participant: "b", round: 2), .answered(participant: "b", round: 2), .roundEnded(round: 2),
                .ended(.maxRounds),
            ]
        )
    }
}
