import Core
import Foundation
import TestSupport
import Testing

/// A flake is code that Nix runs outside of the sandbox.
///
/// The control: the same flake does its work when it lies where a person's own flakes are.
@Suite(
    "A flake that nobody vouches for",
    .tags(.large),
    .temporaryDirectory,
    .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/nix"), "needs Nix")
)
struct HostileFlakeTests {
    private let program: Program
    /// What the program `nix` on PATH has read.
    private let log: URL

    private static let mark = "hostile flake at work"
    private static let flake = "{ outputs = _: builtins.trace \"\(mark)\" (throw \"\(mark)\"); }"

    init() throws {
        let root = TemporaryDirectory.current
        log = root.appending(path: "log")
        var program = try Program(below: root)
        let nix = root.appending(path: "tools/nix")
        try FileManager.default.createDirectory(at: nix.deletingLastPathComponent(), withIntermediateDirectories: true)
        let script = "#!/bin/sh\n{ pwd; echo \"$@\"; cat flake.nix; } >>'\(log.path)' 2>&1\nexec /usr/bin/nix \"$@\"\n"
        try Data(script.utf8).write(to: nix)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: nix.path)
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        program.environment["PATH"] = nix.deletingLastPathComponent().path + ":" + path
        self.program = program
    }

    private func read() throws -> String { try String(contentsOf: log, encoding: .utf8) }

    private func call(_ folder: String) -> [String] {
        ["new", "a harbourlang tool that greets", "--into", folder, "--toolchain", "host-flake", "--json"]
    }

    @Test("of a trusted project is refused, and that of the user's is evaluated")
    func trusted() async throws {
        try program.addGuide()
        let file = program.path(".drydock/flakes/host/flake.nix")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(Self.flake.utf8).write(to: file)
        try #require(try await program.run("trust").status == 0)
        let refused = try await program.run(call("out"))
        #expect(refused.status == 3, "\(refused.output) \(refused.errors)")
        #expect((refused.output + refused.errors).contains("a project's flake is never evaluated"))
        let log = (try? read()) ?? ""
        #expect(!log.contains(Self.mark), "\(log)")

        try FileManager.default.removeItem(at: program.path(".drydock"))
        try program.configure("flakes/host/flake.nix", Self.flake)
        let evaluated = try await program.run(call("control"))
        #expect((evaluated.output + evaluated.errors).contains("error: \(Self.mark)"), "\(evaluated.output)")
        #expect(try read().contains(Self.mark))
    }

    @Test("in a project that was made is a file like any other, also when the run goes on from it")
    func generated() async throws {
        let write = "echo '\(Self.flake)' > flake.nix; echo '{}' > flake.lock"
        try program.addGuide(build: write + "; sleep 1", test: "test -f flake.nix")
        let made = try program.start(call("out"))
        try await Patience.wait(for: "the check") { try made.errorsSoFar().contains("/check") }
        made.send(SIGTERM)
        _ = try await made.outcome()
        let outcome = try await program.run("resume", "latest", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        #expect(try outcome.json()["toolchain"] == "host-flake")
        #expect(try String(contentsOf: program.path("out/flake.nix"), encoding: .utf8).contains(Self.mark))
        let log = try read()
        #expect(log.contains("develop") && !log.contains(Self.mark), "\(log)")
    }
}
