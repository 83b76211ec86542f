import Core
import Foundation
import Sandbox
import TestSupport
import Testing

@Suite("A sandboxed command", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct BubblewrapRunnerTests {
    private let place: TestSite
    private let runner: BubblewrapRunner

    init() throws {
        place = try TestSite()
        runner = try BubblewrapRunner(hiding: [], cache: TestSite.cache)
    }

    private func run(_ script: String, profile: CommandProfile = .build) async throws -> CommandResult {
        try await runner.run(TestSite.shell(script, profile: profile), in: place.site)
    }

    @Test("gives its status and its output, both streams in order")
    func output() async throws {
        let result = try await run("echo one; echo two >&2; echo three; exit 3")
        #expect(result.output == "one\ntwo\nthree\n")
        #expect(result.exitCode == 3)
        #expect(result.ending == .exited)
    }

    @Test("delivers its lines as they come")
    func lines() async throws {
        let lines = Lines()
        _ = try await runner.run(TestSite.shell("echo a; printf b"), in: place.site) { lines.append($0) }
        #expect(lines.all == ["a", "b"])
    }

    @Test("writes the project and keeps its home from command to command")
    func writes() async throws {
        #expect(try await run("echo x > made; echo y > ~/kept").succeeded)
        #expect(try String(contentsOfFile: place.tree + "/made", encoding: .utf8) == "x\n")
        #expect(try await run("cat ~/kept; id -un; echo ~drydock").output == "y\ndrydock\n\(place.site.home)\n")
    }

    @Test("finds of /etc what builds need")
    func system() async throws {
        let script =
            "cat /etc/ld.so.cache >/dev/null && readlink -f /etc/alternatives/../passwd; ls /etc/shadow /etc/ssh"
        let result = try await run(script)
        #expect(result.output.hasPrefix("/run/passwd\n"))
        #expect(!result.output.contains("\n/etc/shadow\n"))
        #expect(result.exitCode == 2)
        #expect(try await run("getent hosts drydock || cat /etc/hosts").output.contains("drydock"))
        #expect(try await run("grep ^hosts: /etc/nsswitch.conf").output == "hosts: files\n")
        #expect(try await run("grep ^hosts: /etc/nsswitch.conf", profile: .fetch).output == "hosts: files dns\n")
    }

    @Test("starts in its folder")
    func directory() async throws {
        try FileManager.default.createDirectory(atPath: place.tree + "/sub", withIntermediateDirectories: true)
        var command = TestSite.shell("pwd")
        command.directory = try ProjectPath("sub")
        #expect(try await runner.run(command, in: place.site).output == place.tree + "/sub\n")
        command.directory = try ProjectPath("missing")
        #expect(try await runner.run(command, in: place.site).exitCode == 127)
    }

    @Test("ends with 127 when there is no such program, and with 126 when it is none")
    func missingProgram() async throws {
        let missing = Command(argv: ["no-such-program"], profile: .build)
        #expect(try await runner.run(missing, in: place.site).exitCode == 127)
        try Data("x".utf8).write(to: URL(filePath: place.tree + "/plain"))
        let plain = Command(argv: ["./plain"], profile: .build)
        #expect(try await runner.run(plain, in: place.site).exitCode == 126)
        #expect(try await runner.run(Command(argv: [], profile: .build), in: place.site).exitCode == 126)
    }

    @Test("tells a signal from a status")
    func signal() async throws {
        let result = try await run("kill -SEGV $$")
        #expect(result.ending == .signalled)
        #expect(result.exitCode == 139)
    }

    @Test("hides from a command with a network what would make its tool run the project's own programs")
    func settingsWhileFetching() async throws {
        let site = try TestSite()
        let runner = try BubblewrapRunner(hiding: [], cache: TestSite.cache)
        let plant = """
            mkdir -p .cargo sub ~/.config/go ~/.cargo && echo evil | tee .cargo/config.toml sub/.npmrc .npmrc \
            ~/.config/go/env ~/.gitconfig ~/.cargo/config.toml >kept
            """
        let look =
            "cat ../.cargo/config.toml .npmrc ../.npmrc ~/.config/go/env ~/.gitconfig ~/.cargo/config.toml ../kept"
        #expect(try await runner.run(TestSite.shell(plant), in: site.site).succeeded)
        for (profile, seen) in [(CommandProfile.build, 7), (.fetch, 1)] {
            var command = TestSite.shell("\(look) 2>/dev/null", profile: profile)
            command.directory = try ProjectPath("sub")
            let result = try await runner.run(command, in: site.site)
            #expect(result.output.split(separator: "\n").count == seen, "\(profile): \(result.output)")
        }
        let link = TestSite.shell("rm .npmrc && ln -s kept .npmrc")
        #expect(try await runner.run(link, in: site.site).succeeded)
        await #expect(throws: SandboxError.notAFolder(path: site.tree + "/.npmrc")) {
            try await runner.run(TestSite.shell("true", profile: .fetch), in: site.site)
        }
    }

    @Test("leaves no trace of what kept .drydock from being made")
    func guardFolder() async throws {
        let result = try await run("mkdir .drydock/x; ls -a")
        #expect(result.output.contains("Read-only"))
        #expect(!FileManager.default.fileExists(atPath: place.tree + "/.drydock"))
    }

    @Test("is refused when a symbolic link stands where .drydock belongs")
    func linkedGuard() async throws {
        try FileManager.default.createSymbolicLink(atPath: place.tree + "/.drydock", withDestinationPath: "/etc")
        await #expect(throws: SandboxError.notAFolder(path: place.tree + "/.drydock")) {
            try await run("true")
        }
    }

    @Test("is refused tool folders that would show what is hidden", arguments: ["/", "/etc", "/root", "/home", "/nix"])
    func hiddenTools(path: String) async throws {
        var site = place.site
        site.toolchain = Toolchain(
            level: .host,
            environment: [:],
            toolFolders: [path],
            key: TestSite.hostToolchain.key
        )
        guard FileManager.default.fileExists(atPath: path) else { return }
        let error = await #expect(throws: SandboxError.self) {
            try await runner.run(TestSite.shell("true"), in: site)
        }
        #expect(error?.kind == .policy)
    }
}

/// Lines from another thread.
final class Lines: @unchecked Sendable {
    private let lock = NSLock()
    private var lines: [String] = []

    func append(_ line: String) { lock.withLock { lines.append(line) } }
    var all: [String] { lock.withLock { lines } }
}
