internal import Core
internal import Journal
internal import Models
internal import Warehouse

/// The Manager's part: who works on a component, and whether the work is accepted.
extension CrewStage {
    func staff(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let crew = scope.crew else { return }
        let input = StaffInput(
            title: scope.plan?.title ?? crew.component.name,
            description: request.description,
            component: crew.component,
            guide: crew.guide.planBrief,
            layout: crew.guide.layout,
            blueprint: crew.sheet.blueprint.map { BlueprintEntry(path: $0.path, role: $0.role) },
            skills: context.skills(for: crew.component, crew.guide)
        )
        let workers = try await answer(StaffContract(), input, at: path).workers
        for notice in try context.ledger.admit(workers.count) {
            // Not at the answer's own place: of a step's notices the newest counts when a run is gone on with.
            try await context.note(.notice, at: path.appending("workers"), Notice("\(notice)"))
        }
        scope.crew?.workers = workers
    }

    func review(at path: StepPath, in scope: inout CrewScope) async throws {
        guard let crew = scope.crew else { return }
        let files = try await files(of: crew, at: path.appending("files"))
        guard !files.isEmpty else { throw RunError.noFiles(component: crew.component.name) }
        let input = ReviewInput(
            title: scope.plan?.title ?? crew.component.name,
            description: request.description,
            component: crew.component,
            expected: crew.expectedFiles,
            files: files.files,
            unshown: files.unshown,
            checks: crew.checks.map { $0.result }
        )
        scope.crew?.review = try await answer(ReviewContract(), input, at: path)
    }
}
