import Core
import Foundation
import TestSupport
import Testing

/// The life of snapshots in a real Nix store, which is the test's own: a collection touches nobody else's.
@Suite(
    "Snapshots in the Nix store, from the command line",
    .tags(.large),
    .temporaryDirectory,
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nix-store"), "needs nix-store")
)
struct NixSnapshotTests {
    private let program: Program
    private let nix: String

    init() throws {
        let root = TemporaryDirectory.current
        nix = root.appending(path: "nix").path
        var program = try Program(below: root)
        program.environment = [
            "NIX_STORE_DIR": nix + "/store", "NIX_STATE_DIR": nix + "/var", "NIX_LOG_DIR": nix + "/log",
        ]
        self.program = program
        try program.addGuide()
    }

    private func store(_ arguments: String...) async throws -> String {
        let variables = program.environment.map { "\($0)=\($1)" } + ["NIX_CONFIG=build-users-group ="]
        let result = try await Tool.run(["env"] + variables + ["nix-store"] + arguments)
        #expect(result.status == 0, "\(result.output)")
        return result.output
    }

    /// Makes a project, and returns the name and the store path of its snapshot.
    private func make(_ folder: String, _ backend: String = "nix") async throws -> (id: String, path: String) {
        let outcome = try await program.run(program.harbourCall(into: folder) + ["--snapshot", backend])
        #expect(outcome.status == 0, "\(outcome.errors)")
        let snapshot = try #require(try outcome.json()["snapshot"])
        #expect(snapshot["backend"]?.string == backend)
        return (try #require(snapshot["id"]?.string), try #require(snapshot["location"]?.string))
    }

    @Test("are held by a root, outlive a collection, and are given back, listed, compared, checked and pruned")
    func life() async throws {
        let first = try await make("first")
        try program.addGuide(build: "echo more > more.txt")
        let second = try await make("second")
        #expect(first.path.hasPrefix(nix + "/store/") && first.id != second.id)
        for (id, path) in [first, second] {
            #expect(try await store("--query", "--roots", path).contains("/snapshots/roots/\(id)"))
        }
        _ = try await store("--gc")
        let listed = try #require(try await program.run("snapshots", "--json").json().array)
        #expect(listed.compactMap { $0["location"]?.string } == [second.path, first.path])
        #expect(try await program.run("verify").status == 0)
        for (name, folder) in [(first.id, "first"), (second.id, "second")] {
            #expect(try await program.run("restore", name, "again-\(folder)").status == 0)
            #expect(try FolderContents(of: program.path("again-\(folder)")) == FolderContents(of: program.path(folder)))
            try await Tool.checkRepository(program.path("again-\(folder)"))
        }
        let changes = try #require(try await program.run("diff", first.id, second.id, "--json").json().array)
        #expect(changes.contains { $0["path"] == "more.txt" && $0["kind"] == "added" })
        #expect(try await program.run("prune", "--keep-last", "1").status == 0)
        _ = try await store("--gc")
        #expect(!FileManager.default.fileExists(atPath: first.path))
        #expect(FileManager.default.fileExists(atPath: second.path))
        #expect(try await program.run("restore", first.id, "gone").status == 10)
        #expect(try await program.run("verify").status == 0)
    }

    @Test("are found when nothing holds them any more, be it our link or Nix's that is gone", arguments: [true, false])
    func withoutRoot(isOurs: Bool) async throws {
        let made = try await make("first")
        let links = isOurs ? program.home.path + "/snapshots/roots" : nix + "/var/gcroots/auto"
        for link in try FileManager.default.contentsOfDirectory(atPath: links) {
            try FileManager.default.removeItem(atPath: links + "/" + link)
        }
        let found = try await program.run("verify")
        #expect(found.status == 9 && found.output.contains("the snapshot \(made.id) is damaged"), "\(found.output)")
        #expect(found.output.contains("is not held"), "\(found.output)")
        #expect(try await program.run("restore", made.id, "again").status == 0)
    }

    @Test("are equal to archives of the same project, and compared with them")
    func backends() async throws {
        let nix = try await make("one")
        let archive = try await make("two", "archive")
        #expect(try await program.run("snapshots", "--names").output.split(separator: "\n").count == 2)
        let trees = try #require(try await program.run("snapshots", "--json").json().array).map { $0["tree"]?.string }
        #expect(trees[0] == trees[1])
        #expect(try await program.run("diff", nix.id, archive.id).output.isEmpty)
    }

    @Test("are checked to the last bit: each of 200 flipped ones is found, and the snapshot is named")
    func flippedBits() async throws {
        let made = try await make("first")
        #expect(try await Tool.run(["chmod", "-R", "u+w", made.path]).status == 0)
        let files = try [made.path, program.home.path + "/snapshots/" + made.id].flatMap { folder in
            try FileManager.default.subpathsOfDirectory(atPath: folder).sorted().map {
                URL(filePath: folder + "/" + $0)
            }
            .filter { try $0.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true }
            .filter { try !Data(contentsOf: $0).isEmpty }
        }
        try #require(files.count > 12)
        for number in 0..<200 {
            let file = files[number % files.count]
            let right = try Data(contentsOf: file)
            var wrong = right
            let place = Int.random(in: 0..<right.count)
            wrong[place] ^= 1 << UInt8.random(in: 0..<8)
            try wrong.write(to: file)
            let outcome = try await program.run("verify", "--json")
            try right.write(to: file)
            #expect(outcome.status == 9, "byte \(place) of \(file.path): \(outcome.output)")
            let findings = try outcome.json().array ?? []
            #expect(!findings.isEmpty && findings.allSatisfy { $0["snapshot"]?.string == made.id }, "\(file.path)")
        }
        #expect(try await program.run("verify").status == 0)
    }
}
