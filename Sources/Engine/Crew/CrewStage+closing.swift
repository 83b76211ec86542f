internal import Core
internal import GitKit
internal import Journal
internal import Models
internal import Sandbox
internal import Snapshots
internal import Warehouse
internal import Workspace

/// What a merge came to.
private enum MergeOutcomeRecord: Codable {
    case merged(CommitID)
    case conflicted([String])
}

/// What the commands of a verification came to.
private struct CheckResults {
    var checks: [RunReport.Check] = []
    /// Sentences on commands that ended with 0 without having tested anything.
    var unproven: [String] = []
    var firstFailure: StepPath?

    var passed: Bool { !checks.isEmpty && firstFailure == nil }
}

/// From the crews' branches to a verified, kept and delivered result.
extension CrewStage {
    /// Merges the crews' branches into the main tree, in the plan's order.
    ///
    /// - Throws: ``RunError/mergeConflict(component:paths:)``; the main tree keeps what was merged before.
    func merge(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let main = scope.main else { return }
        for crew in scope.crews {
            try await merge(crew, into: main, at: path.appending(crew.component.name))
        }
    }

    private func merge(_ crew: CrewState, into main: TreeKeeper, at path: StepPath) async throws {
        guard let branch = await crew.keeper.commit else { return }
        let context = context
        let outcome = try await journal.step(path, input: ["branch": branch.description]) {
            let tree = try await main.ready()
            return try await context.merge(branch, of: crew.component.name, into: tree, at: path)
        }
        switch outcome {
        case .merged(let commit): await main.advance(to: commit)
        case .conflicted(let paths): throw RunError.mergeConflict(component: crew.component.name, paths: paths)
        }
    }

    /// Runs every component's checks and the plan's own acceptance commands on the merged tree.
    ///
    /// The main tree holds nothing that git ignores, so nothing of the crews' own builds can help here. What the checks
    /// of one component change in the tree or leave in their home is gone before those of the next.
    func verify(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let main = scope.main, let plan = scope.plan, let commit = await main.commit else { return }
        var results = CheckResults()
        for crew in scope.crews {
            let part = path.appending(crew.component.name)
            for command in crew.guide.checks(for: crew.component.kind) {
                let step = part.appending(command.purpose.rawValue)
                try await check(crew.order(command), at: step, in: main, crew, &results)
            }
            try await settle(main, at: commit, part.appending("settle"))
        }
        for (number, argv) in plan.acceptance.enumerated() {
            guard let crew = scope.crews.first else { break }
            let order = CommandOrder(argv: argv, profile: .test, folder: .root, environment: [:])
            let step = path.appending("acceptance-\(number + 1)")
            try await check(order, at: step, in: main, crew, &results)
        }
        try await settle(main, at: commit, path.appending("settle"))
        let mark = VerifyMark(
            passed: results.passed,
            commit: commit.description,
            checks: results.checks,
            unproven: results.unproven
        )
        scope.verification = mark
        scope.failedVerification = results.firstFailure
        try await context.note(.runVerified, mark)
    }

    /// Takes back what commands have changed since a commit: what checks leave, which are not run on it, and what a
    /// scaffolder leaves that failed.
    func settle(_ main: TreeKeeper, at commit: CommitID, _ path: StepPath) async throws {
        guard await main.commit != commit else { return }
        _ = try await journal.step(path, input: ["commit": commit.description]) {
            try await main.change { tree in try await tree.reset(to: commit) }
            return commit
        }
        await main.advance(to: commit)
    }

    private func check(
        _ order: CommandOrder,
        at path: StepPath,
        in main: TreeKeeper,
        _ crew: CrewState,
        _ results: inout CheckResults
    ) async throws {
        let home = context.folder.verificationHome(of: crew.component.name)
        let outcome = try await run(order, at: path, in: main, crew.toolchain, home: home)
        let mark = try await context.noted(.commandEnded, at: path, as: CommandMark.self)
        results.checks.append(
            RunReport.Check(
                argv: order.argv,
                exitCode: outcome.exitCode,
                durationMilliseconds: mark?.durationMilliseconds ?? 0
            )
        )
        if !outcome.succeeded {
            results.firstFailure = results.firstFailure ?? path
        }
        if outcome.lacksEvidence {
            results.unproven.append("'\(order.argv.joined(separator: " "))' ended with 0, but no test ran.")
        }
    }

    func verdict(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let plan = scope.plan, let verification = scope.verification, let main = scope.main else { return }
        let files = try await paths(at: path.appending("files"), in: main)
        let input = VerdictInput(
            title: plan.title,
            description: request.description,
            components: plan.components,
            checks: verification.checks.map { CheckResult(argv: $0.argv, exitCode: Int($0.exitCode)) },
            files: files,
            modelIsBuiltin: context.model == BuiltinModel.identity
        )
        let verdict = try await answer(VerdictContract(), input, at: path)
        let mark = VerdictMark(
            approved: verdict.approved && verification.passed,
            scope: verdict.scope == .described && verification.passed ? .described : .starter,
            reasons: verdict.reasons,
            missing: verdict.missing
        )
        scope.verdict = mark
        try await context.note(.runVerdict, mark)
    }

    private func paths(at path: StepPath, in main: TreeKeeper) async throws -> [String] {
        try await journal.step(path, input: [String: String]()) {
            let tree = try await main.ready()
            return try await tree.paths(under: .root).map { $0.description }
        }
    }

    /// Keeps the main tree with its history, whether the run went well or not.
    func snapshot(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let main = scope.main, let plan = scope.plan, let commit = await main.commit else { return }
        let context = context
        let order = ["commit": commit.description, "backend": request.snapshot.rawValue]
        let record = try await journal.step(path, input: order) {
            let tree = try await main.ready()
            return try await context.parts.snapshots.create(
                from: tree.path,
                repository: true,
                title: plan.title,
                run: context.run,
                backend: SnapshotKind(context.request.snapshot)
            )
        }
        scope.snapshot = record
        try await context.note(.runSnapshot, RunReport.Snapshot(record))
    }

    /// Gives the result to the person: a restore of its snapshot, so that what was kept is what they get.
    func deliver(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let plan = scope.plan, let snapshot = scope.snapshot else { return }
        let target = DeliveryTarget(request.targetFolder(title: plan.title))
        let snapshots = context.parts.snapshots
        let delivery = try await journal.step(
            path,
            input: ["snapshot": snapshot.id, "folder": target.path],
            probe: { try await target.holds(snapshot, of: snapshots) ? RunReport.Delivery(folder: target.path) : nil },
            effect: {
                try target.check()
                _ = try await snapshots.restore(snapshot.id, to: target.path)
                return RunReport.Delivery(folder: target.path)
            }
        )
        try await context.note(.runDelivered, delivery)
    }
}

extension RunContext {
    fileprivate func merge(
        _ branch: CommitID,
        of component: String,
        into tree: WorkTree,
        at path: StepPath
    ) async throws -> MergeOutcomeRecord {
        let message = "Merge the work on \(component)"
        let outcome = try await tree.merge(branch, message: message, trailers: trailers(of: path))
        switch outcome {
        case .merged(let commit): return .merged(commit)
        case .conflicted(let paths): return .conflicted(paths.map { $0.description })
        case .upToDate:
            guard let head = try await tree.head() else { throw RunError.treeLost(tree.path) }
            return .merged(head)
        }
    }
}

extension SnapshotKind {
    init(_ backend: RunReport.SnapshotBackend) {
        self = backend == .archive ? .archive : .nix
    }
}

extension RunReport.Snapshot {
    init(_ record: SnapshotRecord) {
        self.init(
            id: record.id,
            backend: record.backend == .archive ? .archive : .nix,
            location: record.location,
            tree: record.tree,
            bytes: record.bytes
        )
    }
}
