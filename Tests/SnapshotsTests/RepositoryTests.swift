import Core
import Foundation
import GitKit
import Snapshots
import TestSupport
import Testing

@Suite("A snapshot of a repository", .tags(.medium), .temporaryDirectory)
struct RepositoryTests {
    let scene: Scene

    init() throws {
        scene = try Scene()
        try scene.write("tree/.gitignore", "build/\n*.log\n")
        try run(["git", "init", "-q", "-b", "main"], in: scene.tree)
        try run(["git", "add", "-A"], in: scene.tree)
        try run(["git", "commit", "-q", "-m", "First"], in: scene.tree)
        try scene.write("tree/plain.txt", "hello again\n")
        try run(["git", "commit", "-qam", "Second"], in: scene.tree)
    }

    func create() async throws -> SnapshotRecord {
        try await scene.store.create(from: scene.tree, repository: true, title: "A title")
    }

    func expectWhole(_ name: String) throws {
        let folder = scene.path(name)
        #expect(try run(["git", "status", "--porcelain", "--ignored"], in: folder).isEmpty)
        #expect(try run(["git", "log", "--format=%s"], in: folder) == "Second\nFirst\n")
        #expect(try run(["git", "fsck", "--strict", "--full"], in: folder).isEmpty)
    }

    @Test("has its history and a clean status when it comes back")
    func history() async throws {
        let record = try await create()
        let head = try run(["git", "rev-parse", "HEAD"], in: scene.tree)
        #expect(record.head.map { $0 + "\n" } == head)
        #expect(record.id == record.tree.hex.prefix(16) + "-" + head.prefix(8))
        try await scene.store.restore(record.id, to: scene.path("back"))
        try expectWhole("back")
        try scene.write("back/new", "works on")
        try run(["git", "add", "-A"], in: scene.path("back"))
        try run(["git", "commit", "-qm", "Third"], in: scene.path("back"))
    }

    @Test("opens with plain tar")
    func plainTar() async throws {
        let record = try await create()
        try FileManager.default.createDirectory(atPath: scene.path("plain"), withIntermediateDirectories: false)
        let output = try run(["tar", "--zstd", "-xf", record.location, "-C", scene.path("plain")])
        #expect(output.isEmpty)
        try expectWhole("plain/project")
        let sums = try run(
            ["sha256sum", "--check", "--quiet", "SHA256SUMS"],
            in: scene.path("store/" + record.id)
        )
        #expect(sums.isEmpty)
    }

    @Test("leaves out what git ignores, what nothing reaches, hooks and settings")
    func leavesOut() async throws {
        try scene.write("tree/build/output", "ignored")
        try scene.write("tree/run.log", "ignored")
        try scene.write("tree/.drydock/state", "private")
        try scene.write("tree/.git/hooks/post-checkout", "#!/bin/sh\n", mode: 0o755)
        try run(["git", "config", "filter.evil.clean", "true"], in: scene.tree)
        try scene.write("lost", "never committed")
        let lost = try run(["git", "hash-object", "-w", scene.path("lost")], in: scene.tree).dropLast()
        let record = try await create()
        try await scene.store.restore(record.id, to: scene.path("back"))
        try expectWhole("back")
        let names = try run(["find", ".", "-type", "f"], in: scene.path("back"))
        for word in ["build", "run.log", ".drydock", "hooks", String(lost.dropFirst(2))] {
            #expect(!names.contains(word), "\(word)")
        }
        #expect(!(try run(["git", "config", "-l", "--local"], in: scene.path("back"))).contains("evil"))
    }

    @Test("keeps changes that are not committed", arguments: [false, true])
    func dirty(isPacked: Bool) async throws {
        if isPacked { try run(["git", "gc", "-q"], in: scene.tree) }
        try scene.write("tree/plain.txt", "not committed\n")
        try scene.write("tree/untracked", "new")
        try FileManager.default.removeItem(atPath: scene.path("tree/bin/run"))
        let status = try run(["git", "status", "--porcelain"], in: scene.tree)
        let record = try await create()
        try await scene.store.restore(record.id, to: scene.path("back"))
        #expect(try run(["git", "status", "--porcelain"], in: scene.path("back")) == status)
        #expect(try run(["git", "fsck", "--strict"], in: scene.path("back")).isEmpty)
    }

    @Test("keeps branches and tags, from packs that hold more than that too")
    func packs() async throws {
        try run(["git", "checkout", "-qb", "side"], in: scene.tree)
        try scene.write("tree/side", "side")
        try run(["git", "add", "-A"], in: scene.tree)
        try run(["git", "commit", "-qm", "Side"], in: scene.tree)
        try run(["git", "tag", "-a", "v1", "-m", "Tag"], in: scene.tree)
        try scene.write("tree/side", "gone")
        try run(["git", "commit", "-qam", "Gone"], in: scene.tree)
        try run(["git", "repack", "-adq"], in: scene.tree)
        try run(["git", "reset", "-q", "--hard", "HEAD~1"], in: scene.tree)
        try run(["git", "checkout", "-q", "main"], in: scene.tree)
        try run(["git", "reflog", "expire", "--expire=now", "--all"], in: scene.tree)
        let record = try await create()
        try await scene.store.restore(record.id, to: scene.path("back"))
        try expectWhole("back")
        let refs = ["git", "for-each-ref", "--format=%(refname) %(objectname)"]
        #expect(try run(refs, in: scene.path("back")) == run(refs, in: scene.tree))
        #expect(try run(["git", "fsck", "--unreachable"], in: scene.path("back")).isEmpty)
    }

    @Test("comes back with an index by which git knows, without reading, what is unchanged and what is not")
    func index() async throws {
        try scene.write("tree/plain.txt", "HELLO AGAIN\n")
        let store = SnapshotStore(folder: scene.path("store"))
        let record = try await store.create(from: scene.tree, repository: true, title: "")
        try await store.restore(record.id, to: scene.path("back"))
        let back = scene.path("back")
        #expect(try run(["git", "diff-files", "--name-only"], in: back) == "plain.txt\n")
        #expect(try run(["git", "status", "--porcelain"], in: back) == " M plain.txt\n")
        let written = try #require(try time(of: back + "/.git/index"))
        for name in ["plain.txt", "bin/run", "bin/link", "empty"] {
            #expect(try time(of: back + "/" + name).map { $0 < written } == true, "\(name)")
        }
    }

    /// When a file or link last changed, in whole seconds.
    private func time(of path: String) throws -> Int? {
        Int(try run(["stat", "-c", "%Y", path]).dropLast())
    }

    @Test("leaves out and names pipes, sockets, devices and links that lead out")
    func specialFiles() async throws {
        let script = """
            import os, socket, stat
            os.mkfifo('pipe'); s = socket.socket(socket.AF_UNIX); s.bind('bin/socket'); os.symlink('/etc', 'out')
            if os.geteuid() == 0: os.mknod('device', stat.S_IFCHR | 0o666, os.makedev(1, 3))
            """
        try run(["python3", "-c", script], in: scene.tree)
        let record = try await create()
        #expect(
            record.leftOut
                == (getuid() == 0 ? ["bin/socket", "device", "out", "pipe"] : ["bin/socket", "out", "pipe"])
        )
        try await scene.store.restore(record.id, to: scene.path("back"))
        try expectWhole("back")
    }

    @Test("is refused when an object of it is damaged, so that no snapshot holds half a history")
    func damagedObject() async throws {
        let id = try run(["git", "rev-parse", "HEAD~1:plain.txt"], in: scene.tree).dropLast()
        let file = scene.path("tree/.git/objects/\(id.prefix(2))/\(id.dropFirst(2))")
        try FileManager.default.removeItem(atPath: file)
        try Data("damaged".utf8).write(to: URL(fileURLWithPath: file))
        let error = await #expect(throws: GitError.self) { try await create() }
        #expect(error?.kind == .damaged)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.path("store")).isEmpty)
    }
}
