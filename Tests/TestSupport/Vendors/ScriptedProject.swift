package import Core
package import Models

/// A small project that a scripted vendor writes: its answer to each question of a run.
package enum ScriptedProject {
    package static let description = "a Python library that converts roman numerals"

    /// What its two workers write, by their roles.
    package static let files: [String: [FileText]] = [
        "developer": [
            FileText(
                path: "roman/__init__.py",
                content: """
                    VALUES = [(10, 'X'), (9, 'IX'), (5, 'V'), (4, 'IV'), (1, 'I')]


                    def roman(number):
                        text = ''
                        for value, letters in VALUES:
                            while number >= value:
                                text += letters
                                number -= value
                        return text

                    """
            ),
            FileText(path: "README.md", content: "# Roman\n\nConverts roman numerals.\n"),
        ],
        "tester": [
            FileText(path: "tests/__init__.py", content: ""),
            FileText(
                path: "tests/test_roman.py",
                content: """
                    import unittest
                    from roman import roman


                    class T(unittest.TestCase):
                        def test_numbers(self):
                            self.assertEqual([roman(4), roman(19)], ['IV', 'XIX'])

                    """
            ),
        ],
    ]

    package static func answer(_ question: VendorQuestion) -> VendorAnswer {
        VendorAnswer((try? text(question.contract, question.input)) ?? "{}")
    }

    /// The answer to a contract, as JSON text.
    package static func text(_ contract: String, _ input: JSONValue) throws -> String {
        switch contract {
        case PlanContract.name: try json(plan)
        case StaffContract.name: try json(Staff(workers: workers))
        case GenerateContract.name: try json(generation(input))
        case FixContract.name: try json(Fix(diagnosis: "unknown", fixed: false))
        case ReviewContract.name: try json(Review(accepted: true, feedback: "fine", issues: []))
        case ChooseContract.name: try json(choice(input))
        case VerdictContract.name:
            try json(Verdict(approved: true, scope: .described, reasons: ["its tests pass"], missing: []))
        // A model that can follow a schema repeats what it is given.
        case "capability": input.text
        default: "{}"
        }
    }

    /// The same project as an agent program makes it.
    package static var agentScript: [ScriptedAgent.Entry] {
        get throws {
            let answers = try [
                PlanContract.name, StaffContract.name, FixContract.name, ReviewContract.name, ChooseContract.name,
                VerdictContract.name,
            ].map { ScriptedAgent.Entry($0, says: try text($0, .null)) }
            let work = files.sorted { $0.key < $1.key }.map { role, files in
                ScriptedAgent.Entry(
                    "work",
                    role: role,
                    round: 1,
                    files.map { .write($0.path, $0.content) },
                    says: "written"
                )
            }
            return answers + work + [ScriptedAgent.Entry("work", says: "nothing to do")]
        }
    }

    private static func json(_ value: some Encodable) throws -> String { try JSONValue(encoding: value).text }

    private static let plan = Plan(
        title: "Roman",
        summary: "Roman numerals.",
        stack: ["python"],
        components: [
            PlannedComponent(name: "roman", guide: "python", kind: .library, path: "", description: "Converts.")
        ]
    )

    /// The result that holds this project's own files, where it is known who asks.
    private static func choice(_ input: JSONValue) -> Choice {
        let candidates = (try? input.decoded(as: ChooseInput.self))?.candidates ?? []
        let wanted = Set((files["developer"] ?? []).map { $0.path + $0.content })
        let own = candidates.first { wanted.isSubset(of: $0.files.map { $0.path + $0.content }) }
        return Choice(choice: own?.name ?? .second, reason: "its tests say more")
    }

    private static let workers = [
        WorkerRole(role: "developer", description: "The library.", owns: ["roman", "README.md"], skills: []),
        WorkerRole(role: "tester", description: "The tests.", owns: ["tests"], skills: []),
    ]

    /// All of a worker's files in the first round, nothing in later ones.
    private static func generation(_ input: JSONValue) -> Generation {
        let role = input["worker"]?["role"]?.string ?? ""
        let isFirst = input["round"]?.integer == 1
        return Generation(message: isFirst ? "written" : "nothing to do", files: isFirst ? files[role] ?? [] : [])
    }
}
