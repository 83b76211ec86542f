import Core
import Foundation
import TestSupport
import Testing
import Warehouse

@Suite("The warehouse", .tags(.medium), .temporaryDirectory)
struct WarehouseTests {
    private let folder = TemporaryDirectory.current.path

    private func write(_ text: String, to path: String) throws {
        let file = URL(filePath: folder + "/" + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private var warehouse: Warehouse {
        Warehouse(layers: [.builtIn, .user(folder: folder + "/user"), .project(folder: folder + "/project")])
    }

    private let fragment = "---\narea: backend\n---\nKeep it short.\n"

    @Test("has every guide built in, without a fault")
    func builtIn() {
        let entries = Warehouse(layers: [.builtIn]).guides.list()
        #expect(!entries.isEmpty)
        for entry in entries {
            #expect(throws: Never.self) { try entry.item.get() }
            #expect(entry.origin == .builtIn)
        }
        for kind in [Warehouse(layers: [.builtIn]).skills.lint(), Warehouse(layers: [.builtIn]).flakes.lint()] {
            #expect(kind.isEmpty)
        }
    }

    @Test("finds a guide by its name, whatever the case of the letters")
    func named() throws {
        #expect(try warehouse.guides.named("CARGO").title == "Rust")
        let error = #expect(throws: UnknownKnowledge.self) { try warehouse.guides.named("nope") }
        #expect(error?.description == "there is no guide 'nope'")
        #expect(error?.kind.exitStatus == 10)
        #expect(error?.hint?.contains("cargo") == true)
    }

    @Test("finds a file that was just added, and lets the stronger layer win")
    func layers() throws {
        #expect(warehouse.pipelines.list().contains { $0.name == "mine" } == false)
        try write("a: 1\n", to: "user/pipelines/mine.yaml")
        #expect(try warehouse.pipelines.entry(named: "mine").origin == .user)
        try write("b: 1\n", to: "project/pipelines/mine.yml")
        let entry = try warehouse.pipelines.entry(named: "mine")
        #expect(entry.origin == .project)
        #expect(try entry.item.get().file.text == "b: 1\n")
        #expect(entry.location == folder + "/project/pipelines/mine.yml")
    }

    @Test("names a broken file with its line, and disturbs nobody else")
    func broken() throws {
        try write("---\ntitle: X\nnope: 1\n---\n", to: "user/guides/bad.md")
        let error = #expect(throws: ConfigurationFault.self) { try warehouse.guides.named("bad") }
        #expect(
            error?.description == "\(folder)/user/guides/bad.md:5:1: a guide needs a sheet before its first section"
        )
        #expect(error?.kind.exitStatus == 3)
        #expect(try warehouse.guides.named("cargo").title == "Rust")
        #expect(warehouse.guides.lint().count == 1)
        #expect(warehouse.guides.usable().contains { $0.name == "bad" } == false)
    }

    @Test("does not fall back to the built-in file when the one that overrides it is broken")
    func brokenOverride() throws {
        try write("nothing\n", to: "user/guides/cargo.md")
        let error = #expect(throws: ConfigurationFault.self) { try warehouse.guides.named("cargo") }
        #expect(error?.description.hasPrefix("\(folder)/user/guides/cargo.md:1:1: ") == true)
    }

    @Test("refuses what is not a text file", .timeLimit(.minutes(1)))
    func strangeFiles() throws {
        try write("x", to: "project/guides/real.md")
        let made = unsafe mkfifo(folder + "/project/guides/fifo.md", 0o600)
        #expect(made == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/project/guides/link.md",
            withDestinationPath: "/etc/passwd"
        )
        try Data([0xFF, 0xFE]).write(to: URL(filePath: folder + "/project/guides/bytes.md"))
        try write(String(repeating: "x", count: 1 << 20 + 1), to: "project/guides/long.md")
        let faults = Dictionary(
            warehouse.guides.list().compactMap { entry -> (String, String)? in
                guard case .failure(let fault) = entry.item else { return nil }
                return (entry.name, fault.description)
            }
        ) { $1 }
        #expect(faults["fifo"]?.hasSuffix("it is not a regular file") == true)
        #expect(faults["link"]?.hasSuffix("symbolic links are refused here") == true)
        #expect(faults["bytes"]?.hasSuffix("it is not UTF-8 text") == true)
        #expect(faults["long"]?.hasSuffix("it is longer than 1048576 bytes") == true)
    }

    @Test("follows a symbolic link in the user's own folder")
    func userLink() throws {
        try write("a: 1\n", to: "elsewhere.yaml")
        try FileManager.default.createDirectory(
            atPath: folder + "/user/pipelines",
            withIntermediateDirectories: true
        )
        try FileManager.default.createSymbolicLink(
            atPath: folder + "/user/pipelines/linked.yaml",
            withDestinationPath: "../../elsewhere.yaml"
        )
        #expect(try warehouse.pipelines.named("linked").file.text == "a: 1\n")
    }

    @Test("says which two files of one layer want one name")
    func twice() throws {
        try write("a: 1\n", to: "user/pipelines/p.yaml")
        try write("a: 1\n", to: "user/pipelines/p.yml")
        let error = #expect(throws: ConfigurationFault.self) { try warehouse.pipelines.named("p") }
        #expect(error?.description.hasPrefix("'p' is defined twice: ") == true)
    }

    @Test("reads a flake with what lies beside it")
    func flake() throws {
        try write("{ }", to: "user/flakes/mine/flake.nix")
        try write("{}", to: "user/flakes/mine/flake.lock")
        try write("{}", to: "user/flakes/empty/flake.lock")
        #expect(try warehouse.flakes.named("mine").files.keys.sorted() == ["flake.lock", "flake.nix"])
        #expect(throws: ConfigurationFault.self) { try warehouse.flakes.named("empty") }
    }

    @Test("gives a recorded run what it had, whatever came later")
    func recorded() throws {
        try write(fragment, to: "user/skills/short.md")
        let files = try warehouse.skills.entry(named: "short").files
        try write("changed", to: "user/skills/short.md")
        let entry = try Warehouse(layers: [.recorded(files)]).skills.entry(named: "short")
        #expect(try entry.item.get().body == "Keep it short.")
        #expect(entry.origin == .user)
    }

    @Test("searches by whole words")
    func search() {
        #expect(warehouse.guides.search("cargo rustc").map(\.name).contains("cargo"))
        #expect(warehouse.guides.search("carg").isEmpty)
    }

    @Test("lists fragments by their slugs and passes over notes")
    func skills() throws {
        try write("---\narea: Backend\nslug: other\n---\nText.\n", to: "user/skills/backend/file.md")
        try write("Just a note.\n", to: "user/skills/README.md")
        try write("---\narea: backend\n---\n\n", to: "user/skills/empty.md")
        let names = warehouse.skills.list().map(\.name)
        #expect(names.contains("other"))
        #expect(!names.contains("file") && !names.contains("README") && !names.contains("empty"))
        #expect(try warehouse.skills.named("other").area == "backend")
    }
}
