import Core
import Foundation
import TestSupport
import Testing

@Suite("The program's knowledge", .tags(.large), .temporaryDirectory)
struct KnowledgeCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private func write(_ path: String, _ text: String) throws {
        let file = program.home.appending(path: "config/" + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    @Test("is built in, and found by its words")
    func builtIn() async throws {
        let guides = try #require(try await program.run("guides", "--json").json().array)
        let cargo = try #require(guides.first { $0["name"] == "cargo" })
        #expect(cargo["origin"] == "built-in")
        #expect(cargo["fault"] == nil)
        let names = try await program.run("guides", "search", "rust", "cargo").output
        #expect(names.contains("cargo"))
        #expect(try await program.run("guides", "show", "cargo").output.contains("# "))
        #expect(try await program.run("guides", "lint").status == 0)
    }

    @Test("of the user comes before what is built in, and is found without a rebuild")
    func override() async throws {
        let built = try await program.run("pipelines", "show", "crew").output
        try write("pipelines/mine.yaml", built.replacing("name: crew", with: "name: mine"))
        try write("pipelines/crew.yaml", built)
        let listed = try #require(try await program.run("pipelines", "list", "--json").json().array)
        let mine = try #require(listed.first { $0["name"] == "mine" })
        #expect(mine["origin"] == "user")
        #expect(mine["fault"] == nil)
        #expect(mine["location"]?.string == program.home.path + "/config/pipelines/mine.yaml")
        #expect(listed.first { $0["name"] == "crew" }?["origin"] == "user")
        #expect(try await program.run("pipelines", "lint").status == 0)
    }

    @Test("with a word that the engine does not know is found by the linter, and refused by a run, with file and line")
    func unknownWord() async throws {
        let built = try await program.run("pipelines", "show", "crew").output
        try write(
            "pipelines/mine.yaml",
            built.replacing("name: crew", with: "name: mine").replacing("do: verify", with: "do: verfy")
        )
        let line =
            try #require(
                built.split(separator: "\n", omittingEmptySubsequences: false).firstIndex { $0.contains("do: verify") }
            ) + 1
        let place = program.home.path + "/config/pipelines/mine.yaml:\(line):"
        let lint = try await program.run("pipelines", "lint")
        #expect(lint.status == 3)
        #expect(lint.output.contains(place), "\(lint.output)")
        let run = try await program.run("new", "a Go tool", "--pipeline", "mine")
        #expect(run.status == 3)
        #expect(run.errors.contains(place), "\(run.errors)")
        #expect(try await program.run("runs", "--names").output.isEmpty)
    }

    @Test("with a mistake is named with its file, and the rest still works")
    func broken() async throws {
        try write("guides/broken.md", "---\nname: broken\nwrods: [x]\n---\n# Sheet\n")
        let listed = try #require(try await program.run("guides", "list", "--json").json().array)
        #expect(listed.first { $0["name"] == "broken" }?["fault"]?.string?.contains("broken.md:") == true)
        #expect(listed.first { $0["name"] == "cargo" }?["fault"] == nil)
        let lint = try await program.run("guides", "lint")
        #expect(lint.status == 3)
        #expect(lint.output.contains("guides/broken.md:"))
        let show = try await program.run("guides", "show", "broken")
        #expect(show.status == 3)
    }

    @Test("that is not there is said to be missing, with what there is")
    func missing() async throws {
        let error = try await program.run("guides", "show", "cobol", "--json").error()
        #expect(error["exitCode"] == 10)
        #expect(error["message"] == "there is no guide 'cobol'")
        #expect(error["hint"]?.string?.contains("cargo") == true)
    }
}
