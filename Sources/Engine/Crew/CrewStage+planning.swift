internal import Core
internal import GitKit
internal import Journal
internal import Models
internal import Warehouse
internal import Workspace

/// What a run needs before a crew can work: a plan, a place for the result, a repository.
extension CrewStage {
    func plan(at path: StepPath, in scope: inout CrewScope) async throws {
        let input = PlanInput(request.description, context.warehouse.guides.usable())
        let plan = try await answer(PlanContract(), input, at: path)
        if let refusal = plan.refusal {
            throw RunError.unknownStack(refusal)
        }
        scope.plan = plan
        let mark = PlanMark(title: plan.title, stack: plan.stack, notes: plan.assumptions)
        try await context.note(.runPlanned, mark)
    }

    /// Refuses a taken folder before hours of work rather than after; delivery itself looks again.
    ///
    /// It is a step, so that a resumed run does not stumble over its own delivery.
    func checkTarget(at path: StepPath, of scope: CrewScope) async throws {
        guard let plan = scope.plan else { return }
        let target = DeliveryTarget(request.targetFolder(title: plan.title))
        _ = try await journal.step(path, input: ["folder": target.path]) {
            try target.check()
            return target.path
        }
    }

    func makeWorkspace(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let plan = scope.plan else { return }
        let context = context
        let main = TreeKeeper { _ in
            let workspace = try await context.openWorkspace()
            return (workspace.tree, false)
        }
        let first = try await journal.step(path, input: ["title": plan.title]) {
            try await context.createWorkspace()
        }
        await main.advance(to: first)
        scope.main = main
        scope.crews = try plan.components.map { try crew(for: $0, of: plan, from: first) }
    }

    private func crew(for component: PlannedComponent, of plan: Plan, from first: CommitID) throws -> CrewState {
        let context = context
        let keeper = TreeKeeper { commit in
            try await context.openCrewTree(component.name, at: commit)
        }
        return CrewState(
            component: component,
            folder: try ProjectPath(component.path),
            guide: try context.warehouse.guides.named(component.guide),
            names: ProjectNames(name: component.name, title: plan.title, description: component.description),
            keeper: keeper
        )
    }
}

extension RunContext {
    func openWorkspace() async throws -> Workspace {
        guard FileSystem.exists(folder.tree) else { throw RunError.treeLost(folder.tree) }
        try await locks.pass { _ = try await open(asOwner: true) }
        return try await open(asOwner: false)
    }

    private func open(asOwner: Bool) async throws -> Workspace {
        try await Workspace.open(at: folder.tree, clock: parts.clock, identity: identity, asOwner: asOwner)
    }

    /// Makes the run's repository afresh; whatever a dying process left of one is removed first.
    func createWorkspace() async throws -> CommitID {
        try FileSystem.removeTree(folder.tree)
        try FileSystem.makeFolder(folder.tree)
        try FileSystem.makeFolder(folder.home)
        let workspace = try await Workspace.create(at: folder.tree, clock: parts.clock, identity: identity)
        guard let commit = try await workspace.tree.head() else { throw RunError.treeLost(folder.tree) }
        return commit
    }

    /// A component's work tree on its own branch, made at `commit` when it is not there yet.
    func openCrewTree(_ component: String, at commit: CommitID?) async throws -> (tree: WorkTree, isFresh: Bool) {
        let workspace = try await openWorkspace()
        if let tree = try await workspace.openWorktree(named: component) {
            return (tree, false)
        }
        let path = folder.worktree(component)
        guard let commit else { throw RunError.treeLost(path) }
        try FileSystem.makeFolder(FileSystem.parent(of: path))
        let tree = try await workspace.addWorktree(
            named: component,
            branch: "crew/" + component,
            from: commit,
            at: path
        )
        return (tree, true)
    }

    private var identity: Identity {
        Identity(name: request.author.name, email: request.author.email)
    }
}
