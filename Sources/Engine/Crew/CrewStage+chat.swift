internal import Core
internal import GroupChat
internal import HashKit
internal import Journal
internal import Models
internal import Warehouse
internal import Workspace

/// The Workers' part: a group chat whose rounds become commits in the crew's tree.
extension CrewStage {
    func chat(_ plan: ChatPlan, at path: StepPath, in scope: inout CrewScope) async throws {
        guard let crew = scope.crew else { return }
        let session = ChatSession(stage: self, plan: plan, path: path, scope: scope)
        let participants = crew.workers.map { ChatWorker(session: session, crew: crew, role: $0) }
        var configuration = ChatConfiguration(
            selector: plan.speakers.selector,
            termination: plan.stopsWithoutChange ? NoChange() : MaxRounds(plan.rounds),
            maxRounds: plan.rounds,
            width: max(1, participants.count)
        )
        // A replay asks nobody: where one worker was cut, the others still pass what is recorded of them.
        configuration.cutsOthers = journal.mode == .live
        let chat = try Chat(participants: participants, configuration: configuration, merger: session)
        try await session.prepare(1)
        let result = try await chat.run(context: crew.feedback) { round in
            try await session.carryOut(round)
        }
        scope = await session.scope
        scope.crew?.conflicts = result.conflicts.map { $0.path.description }
        let mark = ChatMark(
            reason: result.reason.rawValue,
            rounds: result.rounds,
            conflicts: result.conflicts.map { $0.path.description }
        )
        try await context.note(.chatEnded, at: path, mark)
    }
}

/// How a chat ended.
private struct ChatMark: Codable {
    var reason: String
    var rounds: Int
    /// Paths on which nobody could agree; the tree holds the first author's version.
    var conflicts: [String]
}

extension ChatPlan.Speakers {
    fileprivate var selector: any SpeakerSelector {
        switch self {
        case .allAtOnce: AllAtOnce()
        case .roundRobin: RoundRobin()
        }
    }
}

/// One chat of a crew: what its rounds have made of the tree so far.
private actor ChatSession: GitRoundMerger {
    nonisolated let stage: CrewStage
    nonisolated let plan: ChatPlan
    nonisolated let path: StepPath
    private(set) var scope: CrewScope
    /// The component's files at the beginning of each round, as far as the round's prompts show them.
    private var files: [Int: ShownFiles] = [:]
    /// The commands that workers asked for in this round; answers come in any order.
    private var requested: [String: [[String]]] = [:]

    init(stage: CrewStage, plan: ChatPlan, path: StepPath, scope: CrewScope) {
        self.stage = stage
        self.plan = plan
        self.path = path
        self.scope = scope
    }

    /// Reads what a round's prompts show, before it begins.
    func prepare(_ round: Int) async throws {
        guard let crew = scope.crew else { return }
        files[round] = try await stage.files(of: crew, at: place(of: round).appending("files"))
    }

    func files(in round: Int) -> ShownFiles { files[round] ?? ShownFiles() }

    nonisolated func place(of round: Int) -> StepPath { path.appending("round-\(round)") }

    func base(of path: ProjectPath, round: Int) async throws -> FileVersion? {
        var file = files(in: round).files.first { $0.path == path.description }
        if file == nil, let keeper = scope.crew?.keeper {
            // Not the path itself: 'a/b' and 'a-b' would be one step, and an event has no room for a long one.
            let name = String(Digest.sha256(of: path.description).hex.prefix(32))
            let step = place(of: round).appending("base").appending(name)
            file = try await stage.file(path, at: step, in: keeper)
        }
        return file.map { FileVersion(content: $0.content, isExecutable: $0.executable ?? false) }
    }

    /// Writes a round's files, commits them, and does what the pipeline wants done after a round.
    func carryOut(_ round: RoundRecord) async throws -> RoundFeedback {
        guard let crew = scope.crew else { return RoundFeedback() }
        let place = place(of: round.round)
        let patch = Patch(round.changes)
        var notes: [String] = []
        if !patch.isEmpty {
            let message = "Write \(crew.component.name), round \(round.round)"
            let step = place.appending("patch")
            if let refusal = try await stage.apply(patch, message, at: step, in: crew.keeper) {
                notes.append("nothing of this round was written, because \(refusal)")
            }
        }
        for failure in round.failures {
            let notice = Notice("\(failure.participant) did not answer: \(failure.message)")
            try await stage.context.note(.notice, at: place.appending(failure.participant), notice)
        }
        scope.crew?.requested = round.speakers.flatMap { requested[$0] ?? [] }
        requested = [:]
        for action in plan.afterRound {
            var after = scope
            try await stage.act(action, at: place.appending(action.rawValue), in: &after)
            scope = after
        }
        if round.round < plan.rounds {
            try await prepare(round.round + 1)
        }
        return RoundFeedback(notes: notes)
    }

    func request(_ commands: [[String]], by worker: String) {
        requested[worker] = commands
    }
}

/// One worker of a crew in its chat.
private struct ChatWorker: Participant {
    let session: ChatSession
    let crew: CrewState
    let role: WorkerRole

    var name: String { role.role }

    func answer(_ turn: ChatTurn) async throws -> ChatAnswer {
        let stage = session.stage
        let title = await session.scope.plan?.title
        let input = input(turn, title: title, files: await session.files(in: turn.round))
        let step = session.place(of: turn.round).appending(role.role)
        let generation =
            if let written = try await stage.write(input, for: crew, at: step) {
                written
            } else {
                try await stage.answer(GenerateContract(), input, at: step)
            }
        await session.request(generation.commands, by: role.role)
        return try generation.chatAnswer
    }

    private func input(_ turn: ChatTurn, title: String?, files: ShownFiles) -> GenerateInput {
        GenerateInput(
            title: title ?? crew.component.name,
            description: session.stage.request.description,
            component: crew.component,
            worker: role,
            guide: crew.sheet,
            skills: session.stage.context.skillTexts(role.skills),
            round: turn.round,
            files: files.files,
            unshown: files.unshown,
            peers: turn.peers,
            feedback: turn.feedback
        )
    }
}

extension Patch {
    fileprivate init(_ changes: [ChatFile]) {
        self.init(files: [], deletions: [])
        for change in changes {
            switch change.edit {
            case .write(let content, let executable):
                files.append(FileText(path: change.path.description, content: content, executable: executable))
            case .delete: deletions.append(change.path.description)
            }
        }
    }
}
