import Core

/// Answers `staff`: one worker for the code and one for tests and texts, as the blueprint's roles say.
enum BuiltinStaff {
    private static let ownedLimit = 100

    static func answer(_ input: StaffInput) -> Staff {
        let names = ProjectNames(
            name: input.component.name,
            title: input.title,
            description: input.component.description
        )
        let files = input.blueprint.map { entry in
            (path: BlueprintPlace.path(entry.path, in: input.component, names), role: entry.role)
        }
        let code = files.filter { $0.role == "developer" }.map(\.path)
        let rest = files.filter { $0.role != "developer" }.map(\.path)
        guard !code.isEmpty, !rest.isEmpty, code.count <= ownedLimit, rest.count <= ownedLimit else {
            return Staff(workers: [StaffContract.soleWorker(for: input)])
        }
        let testing = input.skills.filter { skill in
            ["test", "doc", "quality"].contains { skill.area.lowercased().contains($0) }
        }
        return Staff(workers: [
            WorkerRole(
                role: "developer",
                description: "Write the starter code of '\(input.component.name)' from the guide's blueprint.",
                owns: code,
                skills: input.skills.prefix(3).map(\.slug)
            ),
            WorkerRole(
                role: "tester",
                description: "Write the tests and texts of '\(input.component.name)' from the guide's blueprint.",
                owns: rest,
                skills: (testing.isEmpty ? input.skills : testing).prefix(3).map(\.slug)
            ),
        ])
    }
}

/// Where a blueprint's file belongs in the project.
enum BlueprintPlace {
    /// The path with its names filled in, relative to the project's folder.
    static func path(_ path: String, in component: PlannedComponent, _ names: ProjectNames) -> String {
        let rendered = Template(path).rendered(with: names)
        return component.path.isEmpty ? rendered : component.path + "/" + rendered
    }
}
