import Core
import Engine
import Foundation
import Models
import Sandbox
import Settings
import TestSupport
import Testing

@testable import Commands

/// What is made of a run's table of routes: models that are asked, and an agent that writes.
@Suite("The desk of models", .tags(.medium), .temporaryDirectory)
struct ModelDeskTests {
    /// Runs no agent: whoever has one run is found out.
    private struct NoRunner: CommandRunner {
        struct Called: Error {}

        var isolation: Isolation { .none }

        func run(
            _ command: Command,
            in site: BuildSite,
            onLine: @escaping @Sendable (String) -> Void
        ) async throws -> CommandResult { throw Called() }
    }

    private let vendor: ScriptedVendor
    private let desk: ModelDesk
    private static let claude = ModelIdentity(provider: "claude", name: "claude")
    private static let codex = ModelIdentity(provider: "codex", name: "codex")
    private static let scripted = ModelIdentity(provider: "scripted", name: "scripted")

    init() throws {
        vendor = try ScriptedVendor(ScriptedProject.answer)
        let folder = TemporaryDirectory.current.path
        let agent = try ScriptedAgent(.claude, in: folder, script: [])
        let environment = agent.environment.merging(["DRYDOCK_HOME": folder + "/home"]) { $1 }
        let file = folder + "/config.yaml"
        let text = "providers: {scripted: {url: '\(vendor.server.url)/v1'}}\n"
        try Data(text.utf8).write(to: URL(filePath: file))
        let surroundings = Surroundings(
            environment: environment,
            currentFolder: folder,
            folders: try Folders(environment: environment, currentFolder: folder)
        )
        desk = try ModelDesk(surroundings, Settings(environment: [:], files: [file], projectFile: nil))
    }

    private func staff(
        _ models: [ModelIdentity],
        untrusted: Bool? = nil
    ) async throws -> (model: any ModelProvider, writer: AgentModel?) {
        var request = RunRequest(description: "count words", base: "/")
        request.isFromUntrusted = untrusted
        let table = RouteTable([Self.scripted], chains: [GenerateContract.name: models])
        let staff = try await desk.staff(for: table, of: request, isOffline: false, runner: NoRunner())
        return (staff.model, try await staff.agents.writers(for: request, role: "developer").present.first?.agent)
    }

    private static let question = ModelRequest(
        contract: GenerateContract.name,
        instructions: "Write.",
        input: ["round": 1, "worker": ["role": "developer"]],
        schema: ["type": "object"]
    )

    private func notices(of model: any ModelProvider) async throws -> [String] {
        let told = Told()
        let observer = CallObserver { notice in
            // That the model was tried at first has nothing to do with who is asked.
            if notice.kind != .checked { await told.add(notice.description) }
        }
        let reply = try await model.complete(Self.question, observer)
        #expect(reply.model == Self.scripted)
        return await told.all
    }

    @Test("has an agent write that comes first, and does not ask it for files as a model as well")
    func writer() async throws {
        let staff = try await staff([Self.claude, Self.scripted])
        #expect(staff.writer?.identity == Self.claude)
        #expect(try await notices(of: staff.model) == [])
        #expect(vendor.questions.last?.contract == GenerateContract.name)
        let other = try await self.staff([Self.scripted, Self.claude])
        #expect(other.writer == nil)
    }

    @Test("passes over an agent that is not installed, and says why")
    func missingAgent() async throws {
        let staff = try await staff([Self.codex, Self.claude])
        #expect(staff.writer?.identity == Self.claude)
        let told = try await notices(of: staff.model)
        #expect(told.count == 1 && told.first?.contains("there is no 'codex' on PATH") == true, "\(told)")
    }

    @Test("keeps agents from a run that nobody vouches for, as models too")
    func untrusted() async throws {
        let staff = try await staff([Self.claude, Self.scripted], untrusted: true)
        #expect(staff.writer == nil)
        let told = try await notices(of: staff.model)
        #expect(told.count == 1 && told.first?.contains("nobody vouches for") == true, "\(told)")
        var request = RunRequest(description: "count words", base: "/")
        request.isFromUntrusted = true
        let table = RouteTable([Self.claude])
        let alone = try await desk.staff(for: table, of: request, isOffline: false, runner: NoRunner())
        let none = await #expect(throws: ModelsExhausted.self) { try await alone.model.complete(Self.question) }
        #expect(none?.kind == .policy)
    }
}

private actor Told {
    private(set) var all: [String] = []

    func add(_ text: String) { all.append(text) }
}
