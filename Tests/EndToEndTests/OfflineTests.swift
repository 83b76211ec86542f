import Core
import Foundation
import TestSupport
import Testing

/// What `--offline` means beyond models: a project's commands, Nix, and `doctor`.
@Suite("Drydock offline", .tags(.medium), .temporaryDirectory)
struct OfflineTests {
    private let program: Program

    init() throws { program = try Program(below: TemporaryDirectory.current) }

    @Test("gives no command a network, not even one that fetches")
    func fetching() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("") }
        defer { server.stop() }
        let connect = "exec 3<>/dev/tcp/127.0.0.1/\(server.port)"
        try program.addGuide(fetch: "bash -c '\(connect)' || echo cut off")
        let near = try await program.run(program.harbourCall(into: "near") + ["--offline"])
        #expect(near.status == 0, "\(near.errors)\(near.output)")
        #expect(server.acceptedConnections == 0)
        let far = try await program.run(program.harbourCall(into: "far"))
        #expect(far.status == 0, "\(far.errors)\(far.output)")
        #expect(server.acceptedConnections > 0, "a command that fetches has a network otherwise")
    }

    @Test("asks nothing of nixpkgs, and says so")
    func nixpkgs() async throws {
        var program = program
        program.environment["DRYDOCK_OFFLINE"] = "on"
        let doctor = try await program.run("doctor")
        #expect(doctor.output.contains("nixpkgs"), "\(doctor.output)")
        #expect(doctor.output.contains("not asked, because Drydock is offline"), "\(doctor.output)")
        try program.addGuide(flake: "rust")
        let call = ["new", "a harbourlang tool that greets", "--into", "out", "--toolchain", "nix"]
        let run = try await program.run(call)
        #expect(run.status == 4, "\(run.errors)")
        #expect(run.errors.contains("Drydock is offline"), "\(run.errors)")
    }
}
