import Core
import Foundation
import TestSupport
import Testing

@Suite("Snapshots from the command line", .tags(.large), .temporaryDirectory)
struct StoreCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// Makes two projects and returns their snapshots' names, the older one first.
    private func makeTwo() async throws -> [String] {
        var names: [String] = []
        for (number, description) in ["a Python library for dates", "a Python tool that sorts lines"].enumerated() {
            let made = try await program.run("new", description, "--into", "p\(number)", "--json")
            names.append(try #require(try made.json()["snapshot"]?["id"]?.string))
        }
        return names
    }

    @Test("are listed newest first, compared, and pruned by rule")
    func lifeOfSnapshots() async throws {
        let names = try await makeTwo()
        #expect(try await program.run("snapshots", "--names").output == "\(names[1])\n\(names[0])\n")
        let diff = try #require(try await program.run("diff", names[0], names[1], "--json").json().array)
        #expect(diff.contains { $0["kind"] == "added" } && diff.contains { $0["path"] == "README.md" })
        #expect(try await program.run("diff", names[0], names[0]).output.isEmpty)

        let dry = try await program.run("prune", "--keep-last", "1", "--dry-run", "--json").json()
        #expect(dry["snapshots"]?.array?.compactMap { $0["id"]?.string } == [names[0]])
        #expect(dry["dryRun"] == true)
        #expect(try await program.run("snapshots", "--names").output.split(separator: "\n").count == 2)

        #expect(try await program.run("prune").output.contains("removed 0 snapshots"))
        #expect(try await program.run("prune", "--older-than", "30d").output.contains("removed 0 snapshots"))
        #expect(try await program.run("prune", "--keep-last", "1").status == 0)
        #expect(try await program.run("snapshots", "--names").output == names[1] + "\n")
        #expect(try await program.run("restore", names[0], "gone").status == 10)
    }

    @Test(
        "are pruned only by rules that make sense",
        arguments: [
            ["--keep-last", "-1"], ["--older-than", "soon"], ["--older-than", "5h"],
            ["--snapshot", "0", "--keep-last", "1"],
        ]
    )
    func badRules(words: [String]) async throws {
        let outcome = try await program.run(["prune"] + words)
        #expect(outcome.status == 2 && outcome.errors.contains("\n  "), "\(outcome.errors)")
    }

    @Test("are removed by the command that verify's finding leads to when they are damaged", arguments: [false, true])
    func damaged(record: Bool) async throws {
        let id = try await makeTwo()[1]
        let folder = program.home.appending(path: "snapshots/" + id)
        let file = folder.appending(path: record ? "record.json" : id + ".tar.zst")
        try Data("{".utf8).write(to: file)
        #expect(try await program.run("verify").status == 9)
        let refused = try await program.run("restore", id, "back", "--json")
        #expect(refused.status == 9)
        let way = "'drydock prune --snapshot \(id)' removes this one"
        #expect(try refused.error()["hint"]?.string?.hasSuffix(way) == true, "\(refused.errors)")
        let dry = try await program.run("prune", "--snapshot", id, "--dry-run", "--json").json()
        #expect(dry == ["dryRun": true, "snapshot": .string(id)])
        #expect(try await program.run("prune", "--snapshot", id).output == "removed snapshot \(id)\n")
        #expect(try await program.run("verify").status == 0)
        #expect(try await program.run("snapshots", "--names").output.split(separator: "\n").count == 1)
        #expect(try await program.run("prune", "--snapshot", id).status == 10)
    }

    @Test("and what runs stored are let go of: such a run is listed, and its replay says what is missing")
    func dropped() async throws {
        let made = try await program.run("new", "a Python library for dates", "--into", "dates", "--json")
        #expect(made.status == 0, "\(made.errors)")
        #expect(try await program.run("replay", "latest").status == 0)
        #expect(try await program.run("prune", "--older-than", "0d").status == 0)
        let replay = try await program.run("replay", "latest", "--json")
        #expect(replay.status == 10, "\(replay.output)")
        #expect(try replay.error()["message"]?.string?.contains("was dropped by 'drydock prune'") == true)
        #expect(try await program.run("show", "latest").status == 0)
        let verified = try await program.run("verify", "-q")
        #expect(verified.status == 0 && verified.output == "all is well\n" && verified.errors.isEmpty)
    }

    @Test("are never restored over something")
    func taken() async throws {
        let made = try await program.run("new", "a Python library for dates", "--into", "dates", "--json").json()
        let id = try #require(made["snapshot"]?["id"]?.string)
        let before = try FileManager.default.subpathsOfDirectory(atPath: program.folder.path).sorted()
        for target in ["dates", "dates/README.md"] {
            #expect(try await program.run("restore", id, target).status == 2)
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: program.folder.path).sorted() == before)
    }

    @Test("are restored and delivered beside a person's folders, of which none goes away, whatever its name")
    func neighbours() async throws {
        try program.addGuide()
        let names = ["out", "again"].flatMap { [".\($0).restore-mine", ".\($0).restore-2x8c1k9w0qzrt"] }
        for name in names {
            try FileManager.default.createDirectory(at: program.path(name), withIntermediateDirectories: false)
            try Data("mine".utf8).write(to: program.path(name + "/data"))
        }
        let made = try await program.run(program.harbourCall())
        #expect(made.status == 0, "\(made.errors)")
        let id = try #require(try made.json()["snapshot"]?["id"]?.string)
        #expect(try await program.run("restore", id, "again").status == 0)
        for name in names {
            #expect(FileManager.default.fileExists(atPath: program.path(name + "/data").path), "\(name)")
        }
        let all = try FileManager.default.contentsOfDirectory(atPath: program.folder.path)
        #expect(Set(all) == Set(names + ["out", "again"]))
    }

    @Test("are made of trees with links out of them: the links stay behind, and the run says so")
    func outwardLinks() async throws {
        let lines =
            "ln -sf /etc/passwd out; ln -sf ../../up up; ln -sf greet.sh hello; mkdir -p d; ln -sf ../README.md d/in"
        try program.addGuide(build: lines)
        let outcome = try await program.run(program.harbourCall())
        #expect(outcome.status == 0, "\(outcome.errors)")
        let notice = "links that lead out of the project cannot be kept: 'out', 'up'"
        #expect(try await program.run("watch", "latest", "--jsonl").output.contains(notice))
        let id = try #require(try outcome.json()["snapshot"]?["id"]?.string)
        #expect(try await program.run("restore", id, "again").status == 0)
        let contents = try FolderContents(of: program.path("out"))
        #expect(contents.paths == ["README.md", "d", "d/in", "greet.sh", "hello"])
        #expect(try FolderContents(of: program.path("again")) == contents)
        try await Tool.checkRepository(program.path("again"))
        let stale = try await Tool.run(["git", "diff-files", "--name-only"], in: program.path("out"))
        #expect(stale.status == 0 && stale.output.isEmpty, "git would have to read \(stale.output)")
    }
}
