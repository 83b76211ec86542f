internal import Core
internal import GitKit
internal import Journal
internal import Models
internal import Sandbox
internal import Workspace

/// A command that the engine wants run in a work tree.
struct CommandOrder: Codable, Hashable, Sendable {
    var argv: [String]
    var profile: CommandProfile
    /// Where, relative to the tree.
    var folder: ProjectPath
    /// Variables besides those of the toolchain.
    var environment: [String: String]
    /// A regular expression that the output of a success has to match.
    var evidence: String?
}

/// What a command came to, as its step records it: nothing that changes from one machine to the next.
struct CommandOutcome: Codable, Equatable, Sendable {
    var argv: [String]
    var exitCode: Int32
    var ending: CommandResult.Ending
    /// The end of what it printed, redacted, for the fix contract.
    var output: String
    /// The commit that holds what it changed.
    var commit: CommitID
    /// The files that it made, changed or removed and that git does not ignore.
    var changed: [String]
    /// Whether it ended with 0 and yet shows nothing of what it was run for, such as a test runner that found no test.
    var lacksEvidence: Bool

    var succeeded: Bool { exitCode == 0 && !lacksEvidence }

    var fingerprint: String {
        FailureFingerprint.of(argv: argv, exitCode: exitCode, output: output)
    }
}

/// What a command came to, as an event of its own: it is recorded before the changes are committed, and its
/// duration is no part of a step's result.
struct CommandMark: Codable, Equatable, Sendable {
    var argv: [String]
    var exitCode: Int32
    var ending: CommandResult.Ending
    /// All that was kept of what it printed, redacted.
    var output: String
    var durationMilliseconds: Int
    var lacksEvidence = false
}

extension CommandMark {
    /// What a shell would say of a program that is not there.
    init(missing argv: [String]) {
        self.init(
            argv: argv,
            exitCode: 127,
            ending: .exited,
            output: "\(argv[0]): not found on this machine\n",
            durationMilliseconds: 0
        )
    }
}

extension CommandReport {
    init(_ mark: CommandMark) {
        let failed = mark.exitCode != 0 || mark.lacksEvidence
        self.init(
            argv: mark.argv,
            exitCode: mark.exitCode,
            ending: mark.ending,
            output: failed ? ProgramOutput.lastLines(of: mark.output) : nil
        )
    }
}

extension CrewStage {
    /// Runs one command in the sandbox and commits what it changed; both are one step.
    ///
    /// A process that died in between is found out by the commit, which carries the step's path. `home` is that of the
    /// tree unless another one is named.
    func run(
        _ order: CommandOrder,
        at path: StepPath,
        in keeper: TreeKeeper,
        _ toolchain: ChosenToolchain?,
        home: String? = nil,
        preparing: [CommandOrder] = []
    ) async throws -> CommandOutcome {
        guard let toolchain else { throw RunError.missingTools([order.argv[0]]) }
        let context = context
        let outcome = try await journal.step(
            path,
            input: order,
            probe: { try await context.interrupted(order, at: path, in: keeper) },
            effect: {
                try await keeper.change { tree in
                    if await keeper.takeNeedOfPreparation() {
                        try await context.prepare(preparing, for: path, in: tree, toolchain)
                    }
                    let mark = try await context.execute(order, at: path, in: tree, toolchain, home)
                    return try await context.commit(mark, of: order, at: path, in: tree)
                }
            }
        )
        await keeper.advance(to: outcome.commit)
        if journal.wasReplayed(path) {
            await keeper.passRecordedCommand()
        }
        return outcome
    }
}

extension RunContext {
    /// How many characters of the end of an output a step's result and a prompt get; the event has all that was kept.
    private static let promptedOutput = 24_000

    /// Fetches and prepares again what a tree that had to be made anew does not have; no step of its own.
    fileprivate func prepare(
        _ orders: [CommandOrder],
        for path: StepPath,
        in tree: WorkTree,
        _ chosen: ChosenToolchain
    ) async throws {
        for order in orders where !chosen.missing.contains(order.argv[0]) {
            let mark = try await runInSandbox(order, at: path, in: tree, chosen.toolchain, nil)
            let words = order.argv.joined(separator: " ")
            try await note(.notice, at: path, Notice("'\(words)' was run again for a new tree: \(mark.exitCode)"))
        }
    }

    /// Runs a command and records what it came to before anything else happens.
    fileprivate func execute(
        _ order: CommandOrder,
        at path: StepPath,
        in tree: WorkTree,
        _ chosen: ChosenToolchain,
        _ home: String?
    ) async throws -> CommandMark {
        let mark: CommandMark
        if chosen.missing.contains(order.argv[0]) {
            mark = CommandMark(missing: order.argv)
        } else {
            mark = try await runInSandbox(order, at: path, in: tree, chosen.toolchain, home)
        }
        try await note(.commandEnded, at: path, mark)
        return mark
    }

    private func runInSandbox(
        _ order: CommandOrder,
        at path: StepPath,
        in tree: WorkTree,
        _ toolchain: Toolchain,
        _ home: String?
    ) async throws -> CommandMark {
        let site = BuildSite(
            tree: tree.path,
            protectedPaths: tree.gitPaths,
            home: home ?? tree.name.map(folder.home(of:)) ?? folder.home,
            toolchain: toolchain,
            isOffline: parts.isOffline
        )
        let command = Command(
            argv: order.argv,
            directory: order.folder,
            environment: order.environment,
            profile: order.profile,
            limits: request.limits.forCommands
        )
        let result = try await parts.runner.run(command, in: site) { parts.onLine(path, $0) }
        // A command that was stopped with its run has come to nothing: it runs again when the run goes on.
        guard result.ending != .cancelled else { throw CancellationError() }
        let lacksEvidence = result.succeeded && !order.isProven(by: result.output)
        let remark = lacksEvidence ? "\ndrydock: it ended with 0, but its output shows no test that ran\n" : ""
        return CommandMark(
            argv: order.argv,
            exitCode: result.exitCode,
            ending: result.ending,
            output: parts.redactor.redacting(result.output + remark),
            durationMilliseconds: result.durationMilliseconds,
            lacksEvidence: lacksEvidence
        )
    }

    fileprivate func commit(
        _ mark: CommandMark,
        of order: CommandOrder,
        at path: StepPath,
        in tree: WorkTree
    ) async throws -> CommandOutcome {
        let before = try await tree.head()
        do {
            let made = try await commit("Run \(order.argv.joined(separator: " "))", at: path, in: tree)
            return try await outcome(mark, of: order, in: tree, from: before, to: made ?? before)
        } catch let fault as TreeError where fault.isFaultOfFiles {
            guard let before else { throw fault }
            return try await outcome(
                refused(mark, because: fault, at: path, in: tree, before),
                of: order,
                in: tree,
                from: before,
                to: before
            )
        }
    }

    /// Takes back what a command did that left something no project can have: it counts as failed, and says why.
    private func refused(
        _ mark: CommandMark,
        because fault: TreeError,
        at path: StepPath,
        in tree: WorkTree,
        _ before: CommitID
    ) async throws -> CommandMark {
        var mark = mark
        mark.exitCode = mark.exitCode == 0 ? 1 : mark.exitCode
        let advice = fault.hint.map { "; \($0)" } ?? ""
        mark.output += "\ndrydock: \(fault)\(advice); nothing that the command changed was kept\n"
        try await note(.commandEnded, at: path, mark)
        try await tree.reset(to: before)
        return mark
    }

    private func outcome(
        _ mark: CommandMark,
        of order: CommandOrder,
        in tree: WorkTree,
        from before: CommitID?,
        to commit: CommitID?
    ) async throws -> CommandOutcome {
        guard let before, let commit else { throw RunError.treeLost(tree.path) }
        return CommandOutcome(
            argv: order.argv,
            exitCode: mark.exitCode,
            ending: mark.ending,
            output: String(mark.output.suffix(Self.promptedOutput)),
            commit: commit,
            changed: before == commit
                ? [] : try await tree.diff(from: before, to: commit).files.map { $0.path.description },
            lacksEvidence: mark.lacksEvidence
        )
    }

    /// Commits the tree with the trailers by which a resumed run finds its own work; `nil` when nothing changed.
    func commit(_ message: String, at path: StepPath, in tree: WorkTree) async throws -> CommitID? {
        let outcome = try await tree.commitAll(
            message: String(message.prefix(72)).printable,
            trailers: trailers(of: path),
            refusing: parts.redactor
        )
        for remark in outcome.findings.remarks {
            try await note(.notice, at: path, Notice(remark))
        }
        return outcome.commit?.id
    }

    func trailers(of path: StepPath) -> [Trailer] {
        [Trailer(Trailer.run, run.description), Trailer(Trailer.step, path.description)]
    }

    /// A command that ended before the process died, whether or not its changes were committed.
    fileprivate func interrupted(
        _ order: CommandOrder,
        at path: StepPath,
        in keeper: TreeKeeper
    ) async throws -> CommandOutcome? {
        guard let mark = try await noted(.commandEnded, at: path, as: CommandMark.self) else { return nil }
        let tree = try await keeper.asFound()
        let before = await keeper.commit
        guard try await tree.find(trailers(of: path)) != nil else {
            return try await commit(mark, of: order, at: path, in: tree)
        }
        return try await outcome(mark, of: order, in: tree, from: before, to: tree.head())
    }
}

extension TreeError {
    /// Whether a command has left something that no project can have; a secret is another matter.
    var isFaultOfFiles: Bool {
        switch self {
        case .unusableName, .unusableLink, .tooDeep, .tooLarge, .tooMany: true
        case .system, .linkOnTheWay, .notAFile, .holdsSecret: false
        }
    }
}

extension TreeFindings {
    /// What a person should know of a tree before it was committed, a sentence each.
    var remarks: [String] {
        let groups: [(String, [String])] = [
            ("nested git folders were removed", removedGitFolders),
            ("special files cannot be kept", specialFiles),
            ("links that lead out of the project cannot be kept", outwardLinks),
            ("permissions were set to 644 or 755", normalisedModes.map { $0.description }),
        ]
        return groups.filter { !$0.1.isEmpty }.map { text, paths in
            let shown = paths.prefix(5).map { "'\($0.printable)'" }.joined(separator: ", ")
            return "\(text): \(shown)" + (paths.count > 5 ? " and \(paths.count - 5) more" : "")
        }
    }
}

extension CommandOrder {
    /// Whether the output of a success shows what the command was run for.
    fileprivate func isProven(by output: String) -> Bool {
        guard let evidence, let expression = try? Regex(evidence) else { return true }
        return output.contains(expression.anchorsMatchLineEndings())
    }
}

extension WorkTree {
    /// The component that a linked tree belongs to; `nil` for the main tree.
    fileprivate var name: String? {
        gitDirectory == commonDirectory ? nil : gitDirectory.split(separator: "/").last.map(String.init)
    }

    /// What commands may read and must not write: the tree's own `.git`, and the repository behind a linked one.
    var gitPaths: [String] { [path + "/.git", commonDirectory].uniqued() }
}

extension RunLimits {
    var forCommands: CommandLimits {
        var limits = CommandLimits()
        limits.wallClock = seconds
        limits.cpu = seconds * 4
        limits.memoryBytes = memoryBytes
        limits.processes = processes
        limits.diskBytes = diskBytes
        limits.files = files ?? limits.files
        limits.fileBytes = min(limits.fileBytes, diskBytes)
        limits.outputBytes = outputBytes
        return limits
    }
}
