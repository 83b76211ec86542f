import Core
import Foundation
import TestSupport
import Testing

/// The binary itself is killed at any moment of a run, or finds no space, and must make good afterwards.
@Suite("A run that is struck down", .tags(.large), .temporaryDirectory)
struct CrashRunTests {
    private let root = TemporaryDirectory.current

    private func program(_ name: String) throws -> Program {
        try Program(below: root.appending(path: name))
    }

    private var call: [String] {
        ["new", Program.description, "--into", "out", "--toolchain", "host", "--json"]
    }

    @Test("by KILL at 25 moments is resumed to the same tree, in the folder that it was started with")
    func killed() async throws {
        let undisturbed = try program("undisturbed")
        try undisturbed.addGuide()
        let whole = try await undisturbed.run(undisturbed.harbourCall())
        #expect(whole.status == 0, "\(whole.errors)")
        let expected = try FolderContents(of: undisturbed.path("out"))
        var length = whole.duration
        var resumed = 0
        for moment in 0..<25 {
            let struck = try program("struck-\(moment)")
            try struck.addGuide()
            let started = try struck.start(struck.harbourCall())
            try await Task.sleep(for: length * (Double(moment) + Double.random(in: 0..<1)) / 25)
            started.send(SIGKILL)
            let outcome = try await started.outcome()
            // The first run may have shared the machine with others.
            if outcome.status == 0 { length = min(length, outcome.duration) }
            if try await isResumed(struck, to: expected) { resumed += 1 }
        }
        #expect(resumed >= 8, "too few kills hit a run under way: \(resumed)")
    }

    /// Whether there was anything to resume; if so, that all came out well.
    private func isResumed(_ program: Program, to expected: FolderContents) async throws -> Bool {
        guard let run = try await program.runNames().first else {
            #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
            return false
        }
        let state = try await program.run("show", run, "--json").json()["state"]
        if state != "completed" {
            let outcome = try await program.run("resume", "latest", "--json")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try outcome.json()["delivered"]?["folder"]?.string == program.path("out").path)
        }
        #expect(try FolderContents(of: program.path("out")) == expected)
        try await Tool.checkRepository(program.path("out"))
        #expect(try await program.run("replay", run).status == 0)
        #expect(try await program.run("verify").status == 0)
        #expect(try await program.run("snapshots", "--names").output.split(separator: "\n").count == 1)
        return state != "completed"
    }

    @Test(
        "by a full disk ends with 12, and is resumed once there is space",
        .enabled(if: geteuid() == 0, "mounting takes root"),
        arguments: [64, 300, 420, 560, 700, 900, 1_200]
    )
    func diskFull(kibibytes: Int) async throws {
        var program = try program("full")
        let mount = root.appending(path: "mount")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        let mounted = try await Tool.run(["mount", "-t", "tmpfs", "-o", "size=\(kibibytes)k", "none", mount.path])
        try #require(mounted.status == 0, "\(mounted.output)")
        program.environment["DRYDOCK_HOME"] = mount.path + "/home"
        let outcome = try await program.run(call)
        #expect(outcome.status == 12, "\(outcome.errors)")
        let message =
            outcome.output.isEmpty ? try outcome.error()["message"] : try outcome.json()["failure"]?["message"]
        #expect(message?.string?.isEmpty == false)
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
        try await Tool.run(["mount", "-o", "remount,size=64m", mount.path])
        let recorded = try await !program.runNames().isEmpty
        let again = try await program.run(recorded ? ["resume", "latest", "--json"] : call)
        #expect(again.status == 0, "\(again.errors)")
        #expect(try again.json()["verified"] == true)
        try await Tool.checkRepository(program.path("out"))
        #expect(try await program.run("replay", "latest").status == 0)
        #expect(try await program.run("verify").status == 0)
        try await Tool.run(["umount", mount.path])
    }

    @Test("by a full disk at the place of delivery is delivered once there is space", .enabled(if: geteuid() == 0))
    func deliveryFull() async throws {
        let program = try program("full")
        let mount = program.path("small")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: true)
        let mounted = try await Tool.run(["mount", "-t", "tmpfs", "-o", "size=16k", "none", mount.path])
        try #require(mounted.status == 0, "\(mounted.output)")
        try program.addGuide()
        let outcome = try await program.run(program.harbourCall(into: "small/out"))
        #expect(outcome.status == 12, "\(outcome.output) \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: mount.path + "/out"))
        try await Tool.run(["mount", "-o", "remount,size=64m", mount.path])
        let again = try await program.run("resume", "latest", "--json")
        #expect(again.status == 0, "\(again.errors)")
        try await Tool.checkRepository(mount.appending(path: "out"))
        try await Tool.run(["umount", mount.path])
    }
}
