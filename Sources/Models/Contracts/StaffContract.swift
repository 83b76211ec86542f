package import Core

/// A skill fragment that a worker can be given.
package struct SkillBrief: Codable, Sendable, Hashable {
    package let slug: String
    package let area: String
    package let name: String

    package init(slug: String, area: String, name: String) {
        self.slug = slug
        self.area = area
        self.name = name
    }
}

/// A starter file's place and role, without its text.
package struct BlueprintEntry: Codable, Sendable, Hashable {
    package let path: String
    package let role: String

    package init(path: String, role: String) {
        self.path = path
        self.role = role
    }
}

/// What a Manager is asked to staff.
package struct StaffInput: Codable, Sendable, Hashable {
    package let title: String
    package let description: String
    package let component: PlannedComponent
    package let guide: GuideBrief
    package let layout: String
    /// The blueprint's files, with placeholders as the guide holds them.
    package let blueprint: [BlueprintEntry]
    package let skills: [SkillBrief]

    package init(
        title: String,
        description: String,
        component: PlannedComponent,
        guide: GuideBrief,
        layout: String,
        blueprint: [BlueprintEntry],
        skills: [SkillBrief]
    ) {
        self.title = title
        self.description = description
        self.component = component
        self.guide = guide
        self.layout = layout
        self.blueprint = blueprint
        self.skills = skills
    }
}

/// A worker: what it does and which files are its own.
package struct WorkerRole: Codable, Sendable, Hashable, SchemaAnnotated {
    package let role: String
    package let description: String
    /// Paths as ``OwnedPaths`` reads them, relative to the project's folder; none means all of the component.
    package let owns: [String]
    /// Slugs of skill fragments.
    package let skills: [String]

    package init(role: String, description: String, owns: [String], skills: [String]) {
        self.role = role
        self.description = description
        self.owns = owns
        self.skills = skills
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "role": SchemaNote(
            "Short unique name: lower-case words joined by hyphens.",
            length: 1...40,
            pattern: "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
        ),
        "description": SchemaNote("What this worker has to write.", length: 1...4_000),
        "owns": SchemaNote(
            "Files (a/b.c), folders (a/b/) and patterns (a/*.c) that only this worker writes, relative to the "
                + "project's folder; empty for the whole component.",
            count: 0...100
        ),
        "skills": SchemaNote("Slugs from the input's skills.", count: 0...3),
    ]
}

/// Who writes a component.
package struct Staff: Codable, Sendable, Hashable, SchemaAnnotated {
    package let workers: [WorkerRole]

    package init(workers: [WorkerRole]) {
        self.workers = workers
    }

    package static let schemaNotes: [String: SchemaNote] = [
        "workers": SchemaNote("At least one worker; as few as the work needs.", count: 1...6)
    ]
}

/// Contract `staff`: the workers of one component.
package struct StaffContract: Contract {
    package static let name = "staff"
    package static let instructions = """
        Choose the workers that write 'component'. Use as few as the work needs; two are usual, one for the code and
        one for the tests. Each file belongs to one worker: fill 'owns' so that no two workers own the same path and all
        owned paths lie in the component's folder. 'layout' and 'blueprint' show which files the stack expects.
        Give each worker up to three slugs from 'skills' that fit its work.
        """

    package init() {}

    package var fallback: ContractFallback<StaffInput, Staff> {
        .answer("one worker 'developer' does all of the component") { input in
            Staff(workers: [Self.soleWorker(for: input)])
        }
    }

    package static func soleWorker(for input: StaffInput) -> WorkerRole {
        WorkerRole(
            role: "developer",
            description: "Write all files of the component '\(input.component.name)', with tests.",
            owns: [],
            skills: []
        )
    }

    package func problems(in staff: Staff, for input: StaffInput) -> [String] {
        var problems: [String] = []
        var roles: Set<String> = []
        var owners: [String: Int] = [:]
        let known = Set(input.skills.map(\.slug))
        let component = OwnedPaths(folder: input.component.path)
        for (index, worker) in staff.workers.enumerated() {
            let place = "workers[\(index)]"
            if !roles.insert(worker.role).inserted {
                problems.append("'\(place).role' is '\(worker.role)' again")
            }
            for skill in worker.skills where !known.contains(skill) {
                problems.append("'\(place).skills' names '\(skill.printable)', which the input does not list")
            }
            if worker.owns.isEmpty, staff.workers.count > 1 {
                problems.append("'\(place).owns' is empty; of several workers each needs paths of its own")
            }
            for (entry, path) in worker.owns.enumerated() {
                problems += Self.problems(of: path, at: "\(place).owns[\(entry)]", in: component)
                if let other = owners.updateValue(index, forKey: path), other != index {
                    problems.append("'\(place).owns[\(entry)]' '\(path.printable)' belongs to 'workers[\(other)]' too")
                }
            }
        }
        return problems
    }

    private static func problems(of text: String, at place: String, in component: OwnedPaths) -> [String] {
        let plain = text.hasSuffix("/**") ? String(text.dropLast(3)) : text
        do throws(ProjectPathError) {
            let path = try ProjectPath(plain)
            guard component.covers(path) || component.isWhole(path) else {
                return ["'\(place)' is '\(path.description.printable)', which is outside of \(component.words)"]
            }
            return []
        } catch {
            return ["'\(place)': \(error)"]
        }
    }
}
