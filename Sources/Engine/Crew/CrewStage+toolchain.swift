internal import Core
internal import Journal
internal import Models
internal import Sandbox
internal import Warehouse
internal import Workspace

/// The toolchains, and the first files that a stack's own tool makes in them.
extension CrewStage {
    /// Chooses a toolchain for each guide that the plan uses.
    func enterToolchain(at path: StepPath, in scope: inout CrewScope) async throws {
        let toolchains = context.parts.toolchains
        let warehouse = context.warehouse
        for index in scope.crews.indices {
            let guide = scope.crews[index].guide
            let need = ToolchainNeed(
                choice: request.toolchain,
                nixpkgs: request.nixpkgs,
                tools: guide.tools,
                flake: guide.flake
            )
            scope.crews[index].toolchain = try await journal.step(path.appending(guide.name), input: need) {
                try await toolchains.toolchain(for: need, from: warehouse)
            }
        }
        guard let first = scope.crews.first?.toolchain else { return }
        let mark = ToolchainMark(
            level: RunReport.ToolchainLevel(first.toolchain.level),
            reason: first.toolchain.reason,
            isolation: RunReport.IsolationLevel(context.parts.runner.isolation),
            missing: scope.crews.flatMap { $0.toolchain?.missing ?? [] }.uniqued()
        )
        try await context.note(.runToolchain, mark)
    }

    /// Lets each component's own tool make its first files, one after the other in the main tree.
    func scaffold(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let main = scope.main else { return }
        for index in scope.crews.indices {
            let crew = scope.crews[index]
            let step = path.appending(crew.component.name)
            scope.crews[index].scaffold = try await scaffold(crew, at: step, in: main)
        }
        try await context.note(.runScaffolded, ScaffoldMark(generated: scope.crews.compactMap { $0.generated }))
        for crew in scope.crews {
            if let commit = await main.commit {
                await crew.keeper.advance(to: commit)
            }
        }
    }

    private func scaffold(_ crew: CrewState, at path: StepPath, in main: TreeKeeper) async throws -> ScaffoldOutcome {
        guard let scaffolder = crew.guide.scaffolder(for: crew.component.kind) else {
            return try await generated(because: "\(crew.guide.title) has no scaffolder for this kind", at: path)
        }
        let order = crew.order(scaffolder)
        let before = await main.commit
        let outcome = try await run(order, at: path, in: main, crew.toolchain)
        guard let reason = outcome.scaffoldFailure(missing: crew.toolchain?.missing ?? []) else {
            return .made(files: outcome.changed)
        }
        // Half of a scaffold beside generated files would be neither.
        if let before { try await settle(main, at: before, path.appending("settle")) }
        return try await generated(because: reason, at: path)
    }

    private func generated(because reason: String, at path: StepPath) async throws -> ScaffoldOutcome {
        try await context.note(.fallback, at: path, Notice("generated instead of scaffolded: \(reason)"))
        return .generated(because: reason)
    }
}

extension CommandOutcome {
    /// Why a scaffolder's files cannot be used; `nil` when they can.
    fileprivate func scaffoldFailure(missing: [String]) -> String? {
        if missing.contains(argv[0]) { return "'\(argv[0])' is missing on this machine" }
        if exitCode != 0 { return "'\(argv[0])' ended with \(exitCode)" }
        return changed.isEmpty ? "'\(argv[0])' made no files" : nil
    }
}

extension CrewState {
    fileprivate var generated: ScaffoldMark.Generated? {
        guard case .generated(let reason) = scaffold else { return nil }
        return ScaffoldMark.Generated(component: component.name, reason: reason)
    }
}

extension Array where Element: Hashable {
    /// The elements without repetitions, in their order.
    func uniqued() -> [Element] {
        var seen: Set<Element> = []
        return filter { seen.insert($0).inserted }
    }
}

extension RunReport.ToolchainLevel {
    init(_ level: ToolchainLevel) {
        switch level {
        case .nix: self = .nix
        case .hostFlake: self = .hostFlake
        case .host: self = .host
        }
    }
}

extension RunReport.IsolationLevel {
    init(_ isolation: Isolation) {
        self = isolation == .bubblewrap ? .bubblewrap : .none
    }
}
