import Core
import Foundation
import TestSupport
import Testing

/// The stack's own tool makes the first files; where it cannot, they are generated, and that is said.
@Suite("A scaffold", .tags(.large), .temporaryDirectory)
struct ScaffoldTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private func new() async throws -> Program.Outcome {
        try await program.run("new", "a harbourlang tool that greets", "--into", "out", "--toolchain", "host")
    }

    /// The paths of the delivered project.
    private func delivered() throws -> [String] { try FolderContents(of: program.path("out")).paths }

    /// The step of the scaffolder.
    private func step() async throws -> JSONValue {
        let steps = try await program.run("show", "latest", "--json").json()["steps"]?.array ?? []
        let path = steps.compactMap { $0["step"]?.string }.first {
            $0.hasPrefix("scaffold/") && $0.split(separator: "/").count == 2
        }
        return try await program.run("show", "latest", "--step", try #require(path), "--json").json()
    }

    @Test("counts the files that its tool made, and none that git ignores")
    func ignored() async throws {
        try program.addGuide(scaffold: ["sh", "-c", "echo '*.log' >.gitignore; echo a >kept.txt; echo b >own.log"])
        let outcome = try await new()
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(!outcome.output.contains("not scaffolded"), "\(outcome.output)")
        #expect(try await step()["value"]?["changed"] == [".gitignore", "kept.txt"])
        #expect(try delivered() == [".gitignore", "README.md", "greet.sh", "kept.txt"])
    }

    @Test(
        "is replaced by generation where its tool fails, makes nothing or is missing: that is said, and nothing is left",
        arguments: [
            (["sh", "-c", "echo half >half.txt; mkdir -p deep/er; echo x >deep/er/x; exit 3"], "'sh' ended with 3"),
            (["sh", "-c", "true"], "'sh' made no files"),
            (["sh", "-c", "mkdir empty"], "'sh' made no files"),
            (["no-such-scaffolder", "init"], "'no-such-scaffolder' is missing on this machine"),
        ]
    )
    func generated(scaffold: [String], reason: String) async throws {
        try program.addGuide(scaffold: scaffold)
        let outcome = try await new()
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(outcome.output.contains(" were generated, not scaffolded: \(reason)."), "\(outcome.output)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("generated instead of scaffolded: \(reason)"), "\(events)")
        #expect(try delivered() == ["README.md", "greet.sh"])
        let log = try await Tool.run(["git", "log", "--name-only", "--format="], in: program.path("out"))
        #expect(!log.output.contains("half.txt") && log.output.contains("greet.sh"), "\(log.output)")
        #expect(try await program.run("replay", "latest").status == 0)
    }
}
