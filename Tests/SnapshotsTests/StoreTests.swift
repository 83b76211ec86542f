import Core
import Foundation
import Snapshots
import TestSupport
import Testing

@Suite("A store of snapshots", .tags(.medium), .temporaryDirectory)
struct StoreTests {
    let scene: Scene

    init() throws {
        scene = try Scene()
    }

    func create(_ run: RunID? = nil) async throws -> SnapshotRecord {
        try await scene.store.create(from: scene.tree, repository: false, title: "A title", run: run)
    }

    @Test("does not write the same tree twice")
    func again() async throws {
        let first = try await create()
        let inode = try FileManager.default.attributesOfItem(atPath: first.location)[.systemFileNumber] as? Int
        #expect(try await create() == first)
        #expect(try FileManager.default.attributesOfItem(atPath: first.location)[.systemFileNumber] as? Int == inode)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.path("store")) == [first.id])
    }

    @Test("writes a damaged snapshot anew")
    func renewed() async throws {
        let first = try await create()
        try Data("broken".utf8).write(to: URL(fileURLWithPath: first.location))
        let second = try await create()
        #expect(second.id == first.id)
        #expect(try await scene.store.verify().isEmpty)
    }

    @Test("gives equal trees equal archives, wherever and whenever they were made")
    func deterministic() async throws {
        let first = try await create()
        let other = SnapshotStore(folder: scene.path("other"), clock: FixedClock(milliseconds: 5), cores: 1)
        try run(["cp", "-r", "--no-preserve=timestamps", scene.tree, scene.path("copy")])
        let second = try await other.create(from: scene.path("copy"), repository: false, title: "Another")
        #expect(second.id == first.id)
        #expect(FileManager.default.contentsEqual(atPath: first.location, andPath: second.location))
    }

    @Test("finds a snapshot by the beginning of its name")
    func prefix() async throws {
        let first = try await create()
        #expect(try await scene.store.find(String(first.id.prefix(6))) == first)
        var error = await #expect(throws: SnapshotError.self) { try await scene.store.find("zzz") }
        #expect(error?.kind == .notFound)
        for number in 0..<20 {
            try scene.write("tree/more", "\(number)")
            _ = try await create()
        }
        let digits = Dictionary(grouping: try await scene.store.list()) { $0.id.prefix(1) }
        let shared = try #require(digits.first { $0.value.count > 1 })
        error = await #expect(throws: SnapshotError.self) { try await scene.store.find(String(shared.key)) }
        #expect(error?.kind == .usage)
        #expect(shared.value.allSatisfy { error?.description.contains($0.id) ?? false })
    }

    @Test("says how two snapshots differ")
    func diff() async throws {
        let first = try await create()
        try scene.write("tree/plain.txt", "other")
        try scene.write("tree/empty", "", mode: 0o755)
        try scene.write("tree/zz", "new")
        try FileManager.default.removeItem(atPath: scene.tree + "/bin/run")
        try FileManager.default.removeItem(atPath: scene.tree + "/bin/link")
        try scene.write("tree/bin/link", "a file now")
        let second = try await create()
        let found = try await scene.store.diff(first.id, second.id).map { "\($0.kind.rawValue) \($0.path)" }
        #expect(found == ["type bin/link", "removed bin/run", "mode empty", "changed plain.txt", "added zz"])
        #expect(try await scene.store.diff(second.id, second.id).isEmpty)
    }

    @Test("prunes by rule, and only shows what would go when asked to")
    func prune() async throws {
        let run = RunID(milliseconds: 1, random: 1)
        var records: [SnapshotRecord] = []
        for day in 0..<4 {
            try scene.write("tree/plain.txt", "\(day)")
            let clock = FixedClock(milliseconds: Int64(day) * 86_400_000)
            let store = SnapshotStore(folder: scene.path("store"), clock: clock)
            records.append(
                try await store.create(from: scene.tree, repository: false, title: "", run: day == 1 ? run : nil)
            )
        }
        let now = SnapshotStore(folder: scene.path("store"), clock: FixedClock(milliseconds: 3 * 86_400_000 + 1))
        let rule = PruneRule(last: 1, lastOfEachRun: true)
        #expect(try await now.prune(rule, dryRun: true).map(\.id) == [records[2].id, records[0].id])
        #expect(try await now.list().count == 4)
        #expect(try await now.prune(PruneRule()).isEmpty)
        #expect(try await now.prune(PruneRule(days: 2)).map(\.id) == [records[1].id, records[0].id])
        #expect(try await now.prune(PruneRule(last: 1)).map(\.id) == [records[2].id])
        #expect(try await now.list().map(\.id) == [records[3].id])
    }

    @Test("prunes no sound snapshot in favour of a damaged one")
    func pruneDamaged() async throws {
        var records: [SnapshotRecord] = []
        for day in 0..<3 {
            try scene.write("tree/plain.txt", "\(day)")
            let store = SnapshotStore(folder: scene.path("store"), clock: FixedClock(milliseconds: Int64(day)))
            records.append(try await store.create(from: scene.tree, repository: false, title: ""))
        }
        let archive = URL(fileURLWithPath: records[2].location)
        var bytes = try Data(contentsOf: archive)
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: archive)
        #expect(try await scene.store.prune(PruneRule(last: 1)).map(\.id) == [records[0].id])
        #expect(try await scene.store.list().map(\.id) == [records[2].id, records[1].id])
        #expect(try await scene.store.prune(PruneRule(last: 0)).count == 2)
    }

    @Test("finds every flipped bit and names the snapshot")
    func flips() async throws {
        try run(["git", "init", "-q"], in: scene.tree)
        try run(["git", "add", "-A"], in: scene.tree)
        try run(["git", "commit", "-qm", "One"], in: scene.tree)
        let record = try await scene.store.create(from: scene.tree, repository: true, title: "T")
        let folder = scene.path("store/" + record.id)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        #expect(names.count == 5)
        var generator = SystemRandomNumberGenerator()
        for round in 0..<200 {
            let file = URL(fileURLWithPath: folder + "/" + names[round % names.count])
            let whole = try Data(contentsOf: file)
            var damaged = whole
            let place = Int.random(in: 0..<whole.count, using: &generator)
            damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            try damaged.write(to: file)
            let found = try await scene.store.verify()
            #expect(found.first?.snapshot == record.id, "byte \(place) of \(file.lastPathComponent)")
            try whole.write(to: file)
        }
        #expect(try await scene.store.verify().isEmpty)
    }

    @Test("finds every file that is cut off or gone")
    func truncation() async throws {
        let record = try await create()
        let folder = scene.path("store/" + record.id)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let file = URL(fileURLWithPath: folder + "/" + name)
            let whole = try Data(contentsOf: file)
            for count in [0, 1, whole.count / 2, whole.count - 1] {
                try whole.prefix(count).write(to: file)
                #expect(try await scene.store.verify().first?.snapshot == record.id, "\(name) cut to \(count)")
            }
            try FileManager.default.removeItem(at: file)
            #expect(try await scene.store.verify().first?.snapshot == record.id, "\(name) gone")
            try whole.write(to: file)
        }
    }

    @Test("says that a newer version made a snapshot")
    func newer() async throws {
        let record = try await create()
        let file = URL(fileURLWithPath: scene.path("store/\(record.id)/record.json"))
        let text = try String(contentsOf: file, encoding: .utf8)
        try text.replacing("\"version\" : 1", with: "\"version\" : 2").write(
            to: file,
            atomically: false,
            encoding: .utf8
        )
        let error = await #expect(throws: SnapshotError.self) {
            try await scene.store.restore(record.id, to: scene.path("back"))
        }
        #expect(error == .newer(id: record.id, version: 2))
    }

    @Test("removes what a dead process left, and nothing of a living one")
    func leftovers() async throws {
        try FileManager.default.createDirectory(
            atPath: scene.path("store/.new-dead/x"),
            withIntermediateDirectories: true
        )
        try FileManager.default.createDirectory(
            atPath: scene.path("store/.gone-dead"),
            withIntermediateDirectories: true
        )
        let record = try await create()
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.path("store")) == [record.id])
    }

    @Test("leaves nothing or a whole snapshot when it is killed at any moment", arguments: 0..<10)
    func killed(round: Int) async throws {
        try run(["sh", "-c", "head -c 9000000 /dev/urandom > \(scene.tree)/noise"])
        let (tree, folder) = (scene.tree, scene.path("store"))
        await #expect(processExitsWith: .signal(SIGKILL)) { [tree = tree as String, folder = folder as String] in
            let store = SnapshotStore(folder: folder)
            Thread.detachNewThread {
                usleep(UInt32.random(in: 1_000...300_000))
                kill(getpid(), SIGKILL)
            }
            while true {
                let record = try await store.create(from: tree, repository: false, title: "")
                try await store.remove(record.id)
            }
        }
        #expect(try await scene.store.verify().isEmpty)
        let record = try await create()
        #expect(try await scene.store.verify(record.id).isEmpty)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == [record.id])
    }

    @Test("leaves out pipes, and refuses links that lead out and names that are not UTF-8")
    func oddThings() async throws {
        try run(["mkfifo", scene.tree + "/pipe"])
        #expect(try await create().leftOut == ["pipe"])
        try FileManager.default.createSymbolicLink(atPath: scene.tree + "/out", withDestinationPath: "../../etc")
        var error = await #expect(throws: SnapshotError.self) { try await create() }
        #expect(error?.kind == .policy)
        try FileManager.default.removeItem(atPath: scene.tree + "/out")
        try run(["sh", "-c", "touch \"$(printf 'bad\\377name')\""], in: scene.tree)
        error = await #expect(throws: SnapshotError.self) { try await create() }
        #expect(error?.kind == .policy)
        #expect(try FileManager.default.contentsOfDirectory(atPath: scene.path("store")).count == 1)
    }

    @Test("names a snapshot of which a file is no file any more, and goes on with the others")
    func noFile() async throws {
        let record = try await create()
        let folder = scene.path("store/" + record.id)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).sorted() {
            let kept = scene.path("kept")
            try FileManager.default.moveItem(atPath: folder + "/" + name, toPath: kept)
            let made = unsafe mkfifo(folder + "/" + name, 0o600)
            #expect(made == 0)
            #expect(try await scene.store.verify().contains { $0.snapshot == record.id }, "\(name) is a FIFO")
            try FileManager.default.removeItem(atPath: folder + "/" + name)
            try FileManager.default.createSymbolicLink(atPath: folder + "/" + name, withDestinationPath: kept)
            #expect(try await scene.store.verify().contains { $0.snapshot == record.id }, "\(name) is a link")
            try FileManager.default.removeItem(atPath: folder + "/" + name)
            try FileManager.default.moveItem(atPath: kept, toPath: folder + "/" + name)
        }
        #expect(try await scene.store.verify().isEmpty)
    }

    @Test("ends with 'disk full' and leaves no half file", .enabled(if: getuid() == 0, "mounts a small tmpfs"))
    func diskFull() async throws {
        let small = scene.path("small")
        try FileManager.default.createDirectory(atPath: small, withIntermediateDirectories: false)
        try run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", small])
        defer { _ = try? run(["umount", small]) }
        try run(["sh", "-c", "head -c 3000000 /dev/urandom > \(scene.tree)/noise"])
        let store = SnapshotStore(folder: small + "/store")
        let error = await #expect(throws: (any Error).self) {
            try await store.create(from: scene.tree, repository: false, title: "")
        }
        #expect((error as? any ReportableError)?.kind == .diskFull)
        #expect((error as? any ReportableError)?.hint != nil)
        #expect(try FileManager.default.contentsOfDirectory(atPath: small + "/store").isEmpty)
        let record = try await create()
        let full = await #expect(throws: (any Error).self) {
            try await scene.store.restore(record.id, to: small + "/back")
        }
        #expect((full as? any ReportableError)?.kind == .diskFull)
        #expect(try FileManager.default.contentsOfDirectory(atPath: small) == ["store"])
    }
}
