import Core
import Foundation
import TestSupport
import Testing

@Suite("A project's own folder", .tags(.large), .temporaryDirectory)
struct TrustTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private func write(_ path: String, _ text: String) throws {
        let file = program.folder.appending(path: path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private func isolation() async throws -> String {
        let settings = try await program.run("config", "show", "--json")
        #expect(settings.status == 0, "\(settings.errors)")
        return settings.output
    }

    @Test("counts only once a person has trusted it, and no longer when it has changed")
    func settings() async throws {
        try write(".drydock/config.yaml", "fix:\n  attempts: 7\n")
        #expect(try await !isolation().contains(".drydock/config.yaml"))
        #expect(try await program.run("trust").status == 0)
        #expect(try await isolation().contains(".drydock/config.yaml"))
        try write(".drydock/config.yaml", "fix:\n  attempts: 8\n")
        #expect(try await !isolation().contains(".drydock/config.yaml"))
        #expect(try await program.run("trust").status == 0)
        #expect(try await program.run("trust", "--revoke").status == 0)
        #expect(try await !isolation().contains(".drydock/config.yaml"))
    }

    @Test("brings guides when it is trusted")
    func guides() async throws {
        try write(".drydock/guides/mine.md", "no header\n")
        #expect(try await program.run("guides", "lint").status == 0)
        try await program.run("trust")
        let lint = try await program.run("guides", "lint")
        #expect(lint.status == FaultKind.configuration.exitStatus)
        #expect((lint.output + lint.errors).contains("mine.md:1"))
    }

    @Test("is refused when it holds a link")
    func links() async throws {
        try write(".drydock/config.yaml", "")
        let link = program.folder.appending(path: ".drydock/guides").path
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "/etc")
        let trust = try await program.run("trust")
        #expect(trust.status == FaultKind.policy.exitStatus)
        #expect(trust.errors.contains(".drydock/guides"))
    }

    @Test("has to be there")
    func missing() async throws {
        let trust = try await program.run("trust")
        #expect(trust.status == FaultKind.notFound.exitStatus)
        #expect(trust.errors.contains(".drydock"))
    }
}
