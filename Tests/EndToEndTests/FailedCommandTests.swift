import Core
import Foundation
import TestSupport
import Testing

@Suite("A command that failed", .tags(.large), .temporaryDirectory)
struct FailedCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private static let test = #"seq -f 'line %g' 1 3000; printf '\033[31mred\033[0m: \007it broke\n'; exit 3"#

    @Test("is shown with its words, its status and the end of what it printed")
    func summary() async throws {
        try program.addGuide(test: Self.test)
        let words = program.harbourCall().filter { $0 != "--json" }
        let outcome = try await program.run(words)
        #expect(outcome.status == 4, "\(outcome.errors)")
        for output in [outcome.output, try await program.run("show", "latest").output] {
            let lines = output.split(separator: "\n").map(String.init)
            let failed = try #require(lines.firstIndex { $0.hasPrefix("  failed     exit 3  sh -c ") }, "\(output)")
            let shown = lines[(failed + 1)...].prefix { $0.hasPrefix("  | ") }
            #expect(shown.last == "  | red: it broke")
            #expect(shown.dropLast().last == "  | line 3000")
            #expect(shown.count == 20)
            let command = try #require(lines.first { $0.hasPrefix("  output     drydock show ") })
            #expect(command.contains(" --step verify/"))
            #expect(!output.contains("\u{1b}") && !output.contains("\u{7}"))
        }
        #expect(try await program.run("show", "latest").output.contains("exit 3\n"))
    }

    @Test("is part of the report and of its step, and the step has its whole output")
    func json() async throws {
        try program.addGuide(test: Self.test)
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 4, "\(outcome.errors)")
        let failure = try #require(try outcome.json()["failure"])
        let path = try #require(failure["step"]?.string)
        #expect(path.hasPrefix("verify/") && path.hasSuffix("/test"))
        #expect(failure.object?.keys.sorted() == ["class", "message", "step"])
        #expect(failure["message"]?.string?.contains(": 'sh -c ") == true)
        #expect(failure["message"]?.string?.contains("' ended with 3") == true)
        let shown = try await program.run("show", "latest", "--json").json()
        #expect(shown["failure"] == failure)
        let steps = try #require(shown["steps"]?.array)
        let step = try #require(steps.first { $0["step"]?.string == path })
        let command = try #require(step["command"])
        #expect(command["exitCode"] == 3 && command["ending"] == "exited" && command["argv"]?[0] == "sh")
        #expect(command["output"]?.array?.last == "red: it broke")
        let built = try #require(steps.first { $0["step"]?.string?.hasSuffix("/build") == true })
        #expect(built["command"]?["exitCode"] == 0 && built["command"]?["output"] == nil)

        let whole = try await program.run("show", "latest", "--step", path, "--json").json()
        #expect(whole["command"] == command)
        #expect(whole["output"]?.string?.hasPrefix("line 1\nline 2\n") == true)
        #expect(whole["output"]?.string?.hasSuffix("\u{1b}[31mred\u{1b}[0m: \u{7}it broke\n") == true)
        let text = try await program.run("show", "latest", "--step", path)
        #expect(text.status == 0 && text.output.contains("\nline 1\nline 2\n"))
        #expect(text.output.contains("\nred: it broke\n") && !text.output.contains("\u{1b}"))
    }

    @Test("is one that leaves a file whose name cannot be kept, and says which")
    func strangeName() async throws {
        try program.addGuide(build: #"mkdir -p kept; echo x > "$(printf 'kept/bad\377name')""#)
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 4, "\(outcome.output) \(outcome.errors)")
        let failure = try #require(try outcome.json()["failure"])
        #expect(failure["class"] == "quality")
        let path = try #require(failure["step"]?.string)
        #expect(path.hasSuffix("/build"))
        let command = try await program.run("show", "latest", "--step", path, "--json").json()["command"]
        #expect(command?["exitCode"] == 1)
        let last = command?["output"]?.array?.last?.string ?? ""
        #expect(last.hasPrefix(#"drydock: the name 'kept/bad\xffname' cannot be kept: "#), "\(last)")
        #expect(last.contains("rename it"))
        #expect(try outcome.json()["snapshot"]?["id"]?.string != nil)
    }

    @Test("is told from other steps, whose result is shown, and from steps that there are not")
    func others() async throws {
        try program.addGuide()
        #expect(try await program.run(program.harbourCall()).status == 0)
        let plan = try await program.run("show", "latest", "--step", "plan/call-0", "--json")
        #expect(try plan.json()["value"]?["text"]?.string != nil, "\(plan.output) \(plan.errors)")
        let missing = try await program.run("show", "latest", "--step", "no/such", "--json")
        #expect(missing.status == 10)
        #expect(try missing.error()["message"] == "the run has no step 'no/such'")
        #expect(try missing.error()["hint"]?.string?.contains("drydock show") == true)
    }
}
