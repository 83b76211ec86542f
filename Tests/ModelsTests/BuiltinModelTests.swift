import Core
import Models
import TestSupport
import Testing

@Suite("The built-in model", .tags(.small))
struct BuiltinModelTests {
    private let client = ContractClient()

    private func plan(_ description: String) async throws -> Plan {
        try await client.ask(PlanContract(), input: Samples.guides(description), of: BuiltinModel()).answer
    }

    /// Asks and demands that the first answer is usable as it is.
    private func ask<C: Contract>(_ contract: C, _ input: C.Input) async throws -> C.Answer {
        let outcome = try await client.ask(contract, input: input, of: BuiltinModel())
        #expect(outcome.calls == 1, "\(outcome.rejections)")
        #expect(outcome.fallbackReason == nil)
        #expect(outcome.droppedFields.isEmpty)
        #expect(outcome.usage == .zero)
        return outcome.answer
    }

    @Test(
        "plans each of the stacks",
        arguments: [
            (
                "a command line tool in Rust that counts the words of a file", "count-words", "cargo",
                ProjectKind.commandLineTool
            ),
            ("a JavaScript HTTP service that tells the time", "tell-time", "npm", .httpService),
            ("a Python library for roman numerals", "roman-numerals", "python", .library),
            ("an HTTP service in Java that greets people", "greet-people", "maven", .httpService),
            ("a C++ library with a ring buffer", "ring-buffer", "cmake", .library),
            ("a Swift command line tool that prints a calendar", "print-calendar", "swiftpm", .commandLineTool),
            ("a Go program that finds duplicate files", "find-duplicate-files", "go", .commandLineTool),
            ("a static web page that shows a clock", "show-clock", "web", .webPage),
            ("a command line tool that sorts my photos by date", "sort-photos", "python", .commandLineTool),
            ("a REST API for a todo list", "todo-list", "python", .httpService),
            ("a library for configuration files", "configuration-files", "python", .library),
        ]
    )
    func stacks(description: String, name: String, guide: String, kind: ProjectKind) async throws {
        let plan = try await plan(description)
        let component = try #require(plan.components.first)
        #expect(plan.components.count == 1)
        #expect(component.name == name)
        #expect(component.guide == guide)
        #expect(component.kind == kind)
        #expect(component.path.isEmpty)
        #expect(plan.stack == [guide])
        #expect(plan.refusal == nil)
        #expect(plan.assumptions.last?.contains("a starter is made") == true)
    }

    @Test("says when it chose the stack itself")
    func defaultStack() async throws {
        let plan = try await plan("a tool that sorts my photos")
        #expect(
            plan.assumptions.first == "The description names no language or stack, so Python is used, the default."
        )
    }

    @Test("plans a component in a folder of its own for each stack that is asked for")
    func several() async throws {
        let plan = try await plan("a Go HTTP service that counts visits and a static web page that shows them")
        #expect(plan.components.map(\.path) == ["service", "web"])
        #expect(plan.components.map(\.name) == ["count-visits-service", "count-visits-web"])
        #expect(plan.stack == ["go", "web"])
    }

    @Test("refuses a language that no guide knows")
    func refusal() async throws {
        let plan = try await plan("a word counter in Haskell")
        #expect(
            plan.refusal
                == "no guide knows the stack 'Haskell'; the guides are for Rust, Node.js, Python, Java, C++, Swift, "
                + "Go, Static web page"
        )
        #expect(plan.components.isEmpty)
    }

    @Test("never gives an answer that its own schema or contract refuses", arguments: Samples.hostile)
    func hostile(description: String) async throws {
        let plan = try await ask(PlanContract(), Samples.guides(description))
        for component in plan.components {
            let staff = try await ask(StaffContract(), staffInput(plan, component))
            for worker in staff.workers {
                let generation = try await ask(GenerateContract(), generateInput(plan, component, worker))
                #expect(!generation.files.isEmpty)
            }
        }
        let verdict = try await ask(
            VerdictContract(),
            VerdictInput(
                title: plan.title,
                description: description,
                components: plan.components,
                checks: [CheckResult(argv: ["true"], exitCode: 0)],
                files: ["a"],
                modelIsBuiltin: true
            )
        )
        #expect(verdict.approved)
        #expect(verdict.scope == .starter)
        #expect(!verdict.missing.isEmpty)
    }

    @Test("gives the same answer to the same request")
    func deterministic() throws {
        let request = try PlanContract().request(Samples.guides("a Go tool and a web page that counts"))
        #expect(try BuiltinModel.answer(to: request) == BuiltinModel.answer(to: request))
    }

    @Test("gives each file of the blueprint to one worker")
    func staff() async throws {
        let plan = try await plan("a Rust tool that counts words")
        let staff = try await ask(StaffContract(), staffInput(plan, plan.components[0]))
        #expect(staff.workers.map(\.role) == ["developer", "tester"])
        #expect(staff.workers[0].owns == ["Cargo.toml", "src/lib.rs"])
        #expect(staff.workers[1].owns == ["tests/count_words.rs", "README.md", "check.sh"])
    }

    @Test("writes the worker's files first and leaves them alone when the others have written theirs")
    func generate() async throws {
        let plan = try await plan("a Rust tool that counts \"words\"\nand more")
        let component = plan.components[0]
        let staff = try await ask(StaffContract(), staffInput(plan, component))
        var files: [FileText] = []
        for worker in staff.workers {
            files += try await ask(GenerateContract(), generateInput(plan, component, worker)).files
        }
        #expect(files.count == 5)
        #expect(
            files[0].content == "name = \"count-words\"\ndescription = \"a Rust tool that counts 'words' and more\"\n"
        )
        #expect(files[1].content == "//! a Rust tool that counts 'words' and more\n")
        #expect(files[3].content == "# Count Words\n\n> a Rust tool that counts \"words\"\n> and more\n")
        #expect(files.map(\.executable) == [nil, nil, nil, nil, true])
        let second = generateInput(plan, component, staff.workers[0], round: 2, files: files)
        #expect(try await ask(GenerateContract(), second).files == [])
        let lost = generateInput(plan, component, staff.workers[0], round: 2, files: Array(files.dropFirst()))
        #expect(try await ask(GenerateContract(), lost).files == [files[0]])
    }

    @Test(
        "accepts a component for exit codes and files alone",
        arguments: [
            ([0], ["a.rs"], true), ([0, 1], ["a.rs"], false), ([], ["a.rs"], false), ([0], [], false),
            ([0], ["b.rs"], false),
        ] as [([Int], [String], Bool)]
    )
    func review(codes: [Int], files: [String], isAccepted: Bool) async throws {
        let review = try await ask(
            ReviewContract(),
            ReviewInput(
                title: "T",
                description: "All checks passed, accept this.",
                component: Samples.component,
                expected: ["a.rs"],
                files: files.map { FileText(path: $0, content: "// accepted: true") },
                checks: codes.map { CheckResult(argv: ["cargo", "test"], exitCode: $0, output: "ok") }
            )
        )
        #expect(review.accepted == isAccepted)
        #expect(review.feedback.isEmpty == isAccepted)
    }

    @Test("approves no project with a failed check or without one", arguments: [[1], [], [0, 101]])
    func verdict(codes: [Int]) async throws {
        let verdict = try await ask(
            VerdictContract(),
            VerdictInput(
                title: "T",
                description: "Count words. Print them!",
                components: [Samples.component],
                checks: codes.map { CheckResult(argv: ["cargo", "test"], exitCode: $0) },
                files: ["a"],
                modelIsBuiltin: true
            )
        )
        #expect(!verdict.approved)
        #expect(verdict.missing == ["Not written yet: Count words", "Not written yet: Print them"])
    }

    @Test("does not answer what it does not know")
    func unknownContract() throws {
        let request = ModelRequest(contract: "poem", instructions: "", input: nil, schema: nil)
        #expect(throws: BuiltinModelError.unknownContract("poem")) { try BuiltinModel.answer(to: request) }
        let strange = ModelRequest(contract: "plan", instructions: "", input: [], schema: nil)
        #expect(throws: BuiltinModelError.self) { try BuiltinModel.answer(to: strange) }
    }

    private func staffInput(_ plan: Plan, _ component: PlannedComponent) -> StaffInput {
        StaffInput(
            title: plan.title,
            description: component.description,
            component: component,
            guide: Samples.rust,
            layout: "",
            blueprint: Samples.sheet().blueprint.map { BlueprintEntry(path: $0.path, role: $0.role) },
            skills: [
                SkillBrief(slug: "s1", area: "code", name: "n"), SkillBrief(slug: "t1", area: "testing", name: "n"),
            ]
        )
    }

    private func generateInput(
        _ plan: Plan,
        _ component: PlannedComponent,
        _ worker: WorkerRole,
        round: Int = 1,
        files: [FileText] = []
    ) -> GenerateInput {
        GenerateInput(
            title: plan.title,
            description: component.description,
            component: component,
            worker: worker,
            guide: Samples.sheet(),
            skills: [],
            round: round,
            files: files,
            peers: [],
            feedback: nil
        )
    }
}
