import Core
import Foundation
import TestSupport
import Testing

/// One run for each stack, from ordinary words to a project whose own tests pass outside of Drydock.
@Suite("A project", .tags(.large), .temporaryDirectory, .serialized)
struct StacksTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// A stack as a person speaks of it, and how a person runs its project's tests.
    struct Stack: Sendable, CustomTestStringConvertible {
        let guide: String
        let description: String
        let tests: String

        var testDescription: String { guide }
    }

    static let stacks = [
        Stack(
            guide: "cargo",
            description: "a command line tool in Rust that counts the words of a file",
            tests: "cargo test --offline"
        ),
        Stack(
            guide: "npm",
            description: "I need a small Node.js service that answers HTTP requests with the time of day",
            tests: "npm test"
        ),
        Stack(
            guide: "python",
            description: "write me a Python program which sorts the lines of a text file",
            tests: "python3 -m unittest discover -s tests -t ."
        ),
        Stack(
            guide: "go",
            description: "a small web server in Go that greets its visitors",
            tests: "go test ./..."
        ),
        Stack(
            guide: "maven",
            description: "a Java library for working with roman numerals, built with Maven",
            tests: "mvn -B -o -q test"
        ),
        Stack(
            guide: "cmake",
            description: "a C++ library that computes checksums, with CMake",
            tests: "cmake -B ../by-hand && cmake --build ../by-hand && ctest --test-dir ../by-hand --output-on-failure"
        ),
        Stack(
            guide: "swiftpm",
            description: "a Swift command line tool that prints the calendar of a month",
            tests: "swift test"
        ),
        Stack(
            guide: "web",
            description: "a static web page about lighthouses",
            tests: "python3 -m unittest discover -s tests -t ."
        ),
    ]

    private static let members: Set<String> = [
        "run", "state", "verified", "scope", "title", "stack", "pipeline", "model", "toolchain", "isolation", "commit",
        "checks", "snapshot", "delivered", "usage", "durationMs",
    ]

    @Test("in each stack is made from ordinary words, and its own tests pass by hand", arguments: stacks)
    func byStack(stack: Stack) async throws {
        let guides = try await program.run("guides", "list", "--json").json().array ?? []
        try #require(guides.contains { $0["name"]?.string == stack.guide })
        let report = try await make(stack.description)
        #expect(report["stack"]?.array?.first?.string == stack.guide)
        let byHand = try await Tool.run(["sh", "-c", stack.tests], in: program.path("out"))
        #expect(byHand.status == 0, "\(byHand.output)")
    }

    @Test(
        "is made from words that name no language, and says what was taken instead",
        arguments: [
            "a tool that renames my holiday photos by the date they were taken",
            "something that reminds me of the birthdays of my friends",
            "an HTTP service that shortens links",
        ]
    )
    func withoutLanguage(description: String) async throws {
        let report = try await make(description)
        #expect(report["stack"] == ["python"])
        let summary = try await program.run("show", "latest").output
        #expect(summary.contains("names no language or stack, so Python is used"))
    }

    /// Makes a project and checks everything that holds for all of them.
    private func make(_ description: String) async throws -> JSONValue {
        let outcome = try await program.run("new", description, "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let report = try outcome.json()
        try checkShape(report)
        try await Tool.checkRepository(program.path("out"))
        let head = try await Tool.run(["git", "rev-parse", "HEAD"], in: program.path("out"))
        #expect(head.output == (report["commit"]?.string ?? "") + "\n")
        let id = try #require(report["snapshot"]?["id"]?.string)
        let restored = try await program.run("restore", id, "again")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try FolderContents(of: program.path("again")) == FolderContents(of: program.path("out")))
        try await Tool.checkRepository(program.path("again"))
        #expect(try await program.run("replay", "latest").status == 0)
        return report
    }

    private func checkShape(_ report: JSONValue) throws {
        #expect(Set(try #require(report.object).keys) == Self.members)
        #expect(report["state"] == "completed")
        #expect(report["verified"] == true)
        #expect(report["scope"] == "starter")
        #expect(report["pipeline"] == "crew")
        #expect(report["model"] == ["provider": "builtin", "name": "builtin"])
        #expect(["nix", "host-flake", "host"].contains(report["toolchain"]?.string))
        #expect(report["isolation"] == "bubblewrap")
        let checks = try #require(report["checks"]?.array)
        #expect(!checks.isEmpty)
        for check in checks {
            #expect(Set(try #require(check.object).keys) == ["argv", "exitCode", "durationMs"])
            #expect(check["exitCode"] == 0)
            #expect(check["argv"]?.array?.isEmpty == false)
        }
        let snapshot = try #require(report["snapshot"]?.object)
        #expect(Set(snapshot.keys) == ["id", "backend", "location", "tree", "bytes"])
        #expect(report["delivered"] == ["folder": .string(program.path("out").path)])
        #expect(
            Set(try #require(report["usage"]?.object).keys) == ["calls", "inputTokens", "outputTokens", "costUSD"]
        )
        #expect(report["durationMs"]?.integer.map { $0 > 0 } == true)
    }
}
