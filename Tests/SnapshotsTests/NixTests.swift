import Core
import Foundation
import Snapshots
import TestSupport
import Testing

/// Real Nix with a store of the test's own, so that a collection of garbage touches nobody else.
@Suite(
    "A snapshot in the Nix store",
    .tags(.medium),
    .temporaryDirectory,
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nix-store"), "needs nix-store")
)
struct NixTests {
    let scene: Scene
    let store: SnapshotStore

    init() throws {
        scene = try Scene()
        try run(["git", "init", "-q", "-b", "main"], in: scene.tree)
        try run(["git", "add", "-A"], in: scene.tree)
        try run(["git", "commit", "-qm", "One"], in: scene.tree)
        let nix = scene.path("nix")
        store = SnapshotStore(
            folder: scene.path("store"),
            environment: [
                "PATH": "/usr/bin:/bin", "NIX_STORE_DIR": nix + "/store", "NIX_STATE_DIR": nix + "/var",
                "NIX_LOG_DIR": nix + "/log", "HOME": scene.root,
            ]
        )
    }

    @discardableResult
    func nix(_ arguments: String...) throws -> String {
        let nix = scene.path("nix")
        let variables = ["STORE_DIR=\(nix)/store", "STATE_DIR=\(nix)/var", "LOG_DIR=\(nix)/log"].map { "NIX_" + $0 }
        return try run(["env"] + variables + ["NIX_CONFIG=build-users-group =", "nix-store"] + arguments)
    }

    func create() async throws -> SnapshotRecord {
        try await store.create(from: scene.tree, repository: true, title: "T", backend: .nix)
    }

    @Test("has a root, survives a collection and comes back with its modes and history")
    func survives() async throws {
        let record = try await create()
        #expect(record.backend == .nix)
        #expect(try nix("--query", "--roots", record.location).contains(record.id))
        try nix("--gc")
        #expect(try await store.verify().isEmpty)
        #expect(try await create() == record)
        try await store.restore(record.id, to: scene.path("back"))
        let tree = try scene.describe("tree").filter { !$0.contains(".git/") }
        #expect(try scene.describe("back").filter { !$0.contains(".git/") } == tree)
        #expect(try run(["git", "diff-files", "--name-only"], in: scene.path("back")).isEmpty)
        #expect(try run(["git", "status", "--porcelain"], in: scene.path("back")).isEmpty)
        #expect(try run(["git", "log", "--format=%s"], in: scene.path("back")) == "One\n")
    }

    @Test("is freed by pruning, and its loss is noticed")
    func freed() async throws {
        let record = try await create()
        try FileManager.default.removeItem(atPath: scene.path("store/roots/" + record.id))
        try nix("--gc")
        #expect(try await store.verify().first?.snapshot == record.id)
        let again = try await create()
        #expect(again.id == record.id)
        #expect(try await store.verify().isEmpty)
        _ = try await store.prune(PruneRule(last: 0))
        try nix("--gc")
        #expect(!FileManager.default.fileExists(atPath: record.location))
    }

    @Test("is found damaged when the store was changed")
    func damaged() async throws {
        let record = try await create()
        let file = record.location + "/tree/plain.txt"
        try run(["chmod", "-R", "u+w", record.location])
        try Data("jello\n".utf8).write(to: URL(fileURLWithPath: file))
        let found = try await store.verify()
        #expect(found.first?.file.contains("plain.txt") ?? false)
        #expect(found.first?.snapshot == record.id)
    }

    @Test("says that Nix is missing")
    func missing() async throws {
        let store = SnapshotStore(folder: scene.path("other"), environment: ["PATH": "/nowhere"])
        let error = await #expect(throws: SnapshotError.self) {
            try await store.create(from: scene.tree, repository: true, title: "", backend: .nix)
        }
        #expect(error == .nixMissing)
        #expect(try await store.list().isEmpty)
    }
}
