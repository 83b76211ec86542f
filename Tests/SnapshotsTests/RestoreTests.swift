import ArchiveKit
import Core
import Foundation
import HashKit
import Snapshots
import TestSupport
import Testing

/// Hostile snapshots are made by Python's tarfile and then given the store's own form, hashes and all.
@Suite("Restoring", .tags(.medium), .temporaryDirectory)
struct RestoreTests {
    let scene: Scene

    init() throws {
        scene = try Scene()
    }

    /// Puts an archive with these entries, a list of manifest lines that an attacker may choose, into the store.
    func forge(_ python: String, manifest lines: [String]) throws -> String {
        let script = """
            import tarfile, io, sys
            t = tarfile.open(sys.argv[1], 'w', format=tarfile.PAX_FORMAT)
            def add(name, data=b'hello\\n', type=tarfile.REGTYPE, link='', mode=0o644, size=None):
                i = tarfile.TarInfo(name); i.type = type; i.mode = mode; i.linkname = link
                i.size = len(data) if type == tarfile.REGTYPE else 0
                t.addfile(i, io.BytesIO(data) if type == tarfile.REGTYPE else None)
            \(python)
            t.close()
            """
        try run(["python3", "-c", script, scene.path("evil.tar")])
        let tar = [UInt8](try Data(contentsOf: URL(fileURLWithPath: scene.path("evil.tar"))))
        var archive: [UInt8] = []
        var table = SeekTable()
        for start in stride(from: 0, to: tar.count, by: 1 << 20) {
            let piece = Array(tar[start..<min(start + 1 << 20, tar.count)])
            let frame = try FrameCodec.compress(piece)
            table.frames.append(SeekTable.Frame(compressed: frame.count, size: piece.count))
            archive += frame
        }
        return try install(archive + table.encoded(), manifest: lines)
    }

    func install(_ archive: [UInt8], manifest lines: [String]) throws -> String {
        let manifest = (["drydock manifest 1"] + lines).joined(separator: "\n") + "\n"
        let tree = Digest.sha256(of: manifest)
        let id = String(tree.hex.prefix(16))
        let record = """
            {"backend":"archive","bytes":1,"created":1,"files":1,"id":"\(id)","leftOut":[],"location":"",\
            "size":1,"title":"","tree":"\(tree.hex)","version":1}
            """
        try scene.write("store/\(id)/manifest", manifest)
        try scene.write("store/\(id)/record.json", record)
        try Data(archive).write(to: URL(fileURLWithPath: scene.path("store/\(id)/\(id).tar.zst")))
        return id
    }

    static func line(_ path: String, _ text: String = "hello\n", _ mode: String = "100644") -> String {
        "\(mode) \(text.utf8.count) \(Digest.sha256(of: text).hex) \(path)"
    }

    /// The names in a folder but that of the target's parent.
    func names(in folder: String) throws -> [String] {
        guard FileManager.default.fileExists(atPath: folder) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: folder).sorted().filter { $0 != "target" }
    }

    func expectRefusal(_ id: String, _ word: String = "damaged") async throws {
        let before = try names(in: scene.root)
        let error = await #expect(throws: SnapshotError.self) {
            try await scene.store.restore(id, to: scene.path("target/inner"))
        }
        #expect(error?.kind == .damaged)
        #expect(error?.description.contains(word) ?? false, "\(error?.description ?? "")")
        #expect(try names(in: scene.path("target")).isEmpty)
        #expect(try names(in: scene.root) == before)
        #expect(!(try await scene.store.verify(id).isEmpty))
    }

    @Test("accepts the forged form when nothing is wrong with it")
    func control() async throws {
        let id = try forge("add('project/a')", manifest: [Self.line("a")])
        try await scene.store.restore(id, to: scene.path("target/inner"))
        #expect(try scene.describe("target/inner").count == 1)
    }

    @Test(
        "refuses archives that hold something else than listed",
        arguments: [
            ("add('project/../../evil')", "does not belong"),
            ("add('/tmp/evil')", "does not belong"),
            ("add('evil')", "does not belong"),
            ("add('project/a', type=tarfile.SYMTYPE, link='/etc/passwd')", "another kind"),
            ("add('project/a', type=tarfile.LNKTYPE, link='/etc/passwd')", "hard link"),
            ("add('project/a', type=tarfile.CHRTYPE)", "device"),
            ("add('project/a', type=tarfile.FIFOTYPE)", "device"),
            ("add('project/a', type=tarfile.BLKTYPE)", "device"),
            ("add('project/a', type=tarfile.DIRTYPE)", "another kind"),
            ("add('project/a', mode=0o4755)", "4755"),
            ("add('project/a', mode=0o2644)", "2644"),
            ("add('project/a', b'other\\n')", "other contents"),
            ("add('project/a', b'longer than it should be')", "bytes"),
            ("add('project/a'); add('project/a')", "twice"),
            ("add('project/a'); add('project/b')", "does not belong"),
            ("add('project/a'); add('project/.git/hooks/post-checkout', mode=0o755)", "does not belong"),
            ("pass", "missing"),
        ]
    )
    func archives(python: String, word: String) async throws {
        try await expectRefusal(try forge(python, manifest: [Self.line("a")]), word)
    }

    @Test(
        "refuses what does harm where a program believes the archive",
        arguments: [
            ("add('project/a'); add('project/../../../evil')", "-f evil"),
            ("add('project/sub', type=tarfile.SYMTYPE, link='../../..'); add('project/sub/evil')", "-f evil"),
            ("add('project/a', type=tarfile.FIFOTYPE)", "-p unpacked/deep/project/a"),
            ("add('project/a', mode=0o4755)", "-u unpacked/deep/project/a"),
            ("add('project/a', type=tarfile.SYMTYPE, link='/etc/passwd')", "-s unpacked/deep/project/a"),
            (
                "add('project/.git/hooks/post-checkout', mode=0o755)",
                "-x unpacked/deep/project/.git/hooks/post-checkout"
            ),
            ("add('project/a', b'x' * 9000000)", "$(stat -c %s unpacked/deep/project/a) -eq 9000000"),
        ]
    )
    func believed(python: String, harm: String) async throws {
        try await expectRefusal(try forge(python, manifest: [Self.line("a")]))
        let script = """
            import tarfile, sys; tarfile.open(sys.argv[1]).extractall(sys.argv[2])
            """
        try run(["python3", "-W", "ignore", "-c", script, scene.path("evil.tar"), scene.path("unpacked/deep")])
        try run(["sh", "-c", "test \(harm)"], in: scene.root)
    }

    @Test(
        "refuses manifests that no tree can have",
        arguments: [
            [line("../evil")], [line("/etc/evil")], [line("a/../../evil")], [line("a"), line("a")],
            [line(".git/hooks/post-checkout")], [line("sub/.GIT/config")], [line("sub/.git ./config")], [line("git~1")],
            [line("a", "hello\n", "104755")],
            [line("d", "", "040000")],
            [line("link", "sub", "120000"), line("link/evil")], [line("b"), line("a")], [line("a\\x62")],
            [line("a//b")],
            ["100644 9223372036854775807 \(String(repeating: "0", count: 64)) big"], [line("a").uppercased()], ["x"],
        ]
    )
    func manifests(lines: [String]) async throws {
        let python = """
            add('project/../evil'); add('project/link', type=tarfile.SYMTYPE, link='/etc'); add('project/link/evil')
            """
        try await expectRefusal(try forge(python, manifest: lines))
    }

    @Test(
        "refuses links that lead out, even when they are listed",
        arguments: ["/etc", "..", "x/../../y", "/", "x/../y"]
    )
    func links(target: String) async throws {
        let python = "add('project/link', type=tarfile.SYMTYPE, link='\(target)', mode=0o777)"
        try await expectRefusal(
            try forge(python, manifest: [Self.line("link", target, "120000")]),
            "cannot be given back"
        )
    }

    @Test("refuses two links that stay inside each, and lead out together")
    func chain() async throws {
        let python = """
            add('project/a/b/up', type=tarfile.SYMTYPE, link='../..', mode=0o777)
            add('project/out', type=tarfile.SYMTYPE, link='a/b/up/../..', mode=0o777)
            """
        let lines = [Self.line("a/b/up", "../..", "120000"), Self.line("out", "a/b/up/../..", "120000")]
        try await expectRefusal(try forge(python, manifest: lines), "goes up behind a name")
    }

    @Test("stops a bomb at the size that was announced")
    func bomb() async throws {
        let id = try forge("add('project/a', b'\\\\0' * 50000000)", manifest: [Self.line("a")])
        try await expectRefusal(id, "bytes instead of")
        let limited = SnapshotStore(folder: scene.path("store"), limits: SnapshotLimits(entries: 1, bytes: 3))
        let small = try forge("add('project/b')", manifest: [Self.line("b")])
        let error = await #expect(throws: SnapshotError.self) { try await limited.restore(small, to: scene.path("x")) }
        #expect(error?.description.contains("more than 3 bytes") ?? false)
    }

    @Test("refuses a frame that holds more than the table says")
    func frames() async throws {
        let frame = try FrameCodec.compress([UInt8](repeating: 0, count: 10_000))
        var table = SeekTable()
        table.frames = [SeekTable.Frame(compressed: frame.count, size: 512)]
        try await expectRefusal(try install(frame + table.encoded(), manifest: [Self.line("a")]), "more than it should")
        try await expectRefusal(try install([1, 2, 3], manifest: [Self.line("b")]), "missing")
    }

    @Test("refuses targets that exist or cannot be written, and takes an empty folder")
    func targets() async throws {
        let record = try await scene.store.create(from: scene.tree, repository: false, title: "")
        func error(_ target: String) async -> SnapshotError? {
            await #expect(throws: SnapshotError.self) { try await scene.store.restore(record.id, to: target) }
        }
        #expect(await error(scene.tree) == .targetExists(scene.tree))
        #expect(await error(scene.tree + "/plain.txt") == .targetExists(scene.tree + "/plain.txt"))
        #expect(await error(scene.tree + "/bin/link")?.kind == .usage)
        #expect(await error(scene.tree + "/plain.txt/x")?.kind == .usage)
        #expect(await error("/proc/nowhere/x")?.kind == .usage)
        #expect(await error("..")?.kind == .usage)
        let longest = scene.path(String(repeating: "x", count: 255))
        #expect(await error(longest + "x")?.kind == .usage)
        try await scene.store.restore(record.id, to: longest)
        try FileManager.default.createDirectory(atPath: scene.path("hollow"), withIntermediateDirectories: false)
        try await scene.store.restore(record.id, to: scene.path("hollow/"))
        #expect(try scene.describe("hollow") == scene.describe("tree"))
    }

    @Test("leaves nothing or the whole tree when it is killed at any moment, and sweeps only what is its own")
    func killed() async throws {
        try run(["sh", "-c", "head -c 9000000 /dev/urandom > \(scene.tree)/noise"])
        let record = try await scene.store.create(from: scene.tree, repository: false, title: "")
        try FileManager.default.createDirectory(atPath: scene.path("place"), withIntermediateDirectories: false)
        var staged: [String] = []
        for _ in 0..<200 where staged.isEmpty {
            let (id, folder, target) = (record.id, scene.path("store"), scene.path("place/back"))
            await #expect(processExitsWith: .signal(SIGKILL)) {
                [id = id as String, folder = folder as String, target = target as String] in
                let store = SnapshotStore(folder: folder)
                Thread.detachNewThread {
                    usleep(UInt32.random(in: 1_000...30_000))
                    kill(getpid(), SIGKILL)
                }
                _ = try? await store.restore(id, to: target)
                pause()
            }
            staged = try names(in: scene.path("place")).filter { $0.hasPrefix(".back.restore-") }
            if staged.isEmpty { try? FileManager.default.removeItem(atPath: scene.path("place/back")) }
        }
        let leftover = try #require(staged.first)
        #expect(!FileManager.default.fileExists(atPath: scene.path("place/back")))
        // Neither a copy nor one that holds something else is what a restore left.
        try run(["cp", "-a", leftover, ".back.restore-copy"], in: scene.path("place"))
        try await scene.store.restore(record.id, to: scene.path("place/back"))
        #expect(try names(in: scene.path("place")) == [".back.restore-copy", "back"])
        #expect(try scene.describe("place/back") == scene.describe("tree"))
    }
}
