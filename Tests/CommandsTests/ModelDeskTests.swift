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

@Suite("What is configured", .tags(.medium), .temporaryDirectory)
struct ConfiguredTests {
    private let folder = TemporaryDirectory.current.path

    private func settings(_ text: String) throws -> Settings {
        try Data(text.utf8).write(to: URL(filePath: folder + "/config.yaml"))
        return try Settings(environment: [:], files: [folder + "/config.yaml"])
    }

    @Test(
        "of agents is refused where it cannot be meant, with the place and the way out",
        arguments: [
            (
                "agents:\n  claud:\n    seconds: 60", "2:3: there is no agent 'claud'",
                "did you mean 'claude'? known are claude, codex, "
            ),
            ("agents: {codexx: {seconds: 60}}", "1:10: there is no agent 'codexx'", "did you mean 'codex'?"),
            ("agents: {claude: {workArguments: 5}}", "'workArguments' is not a list", "docs/agents.md"),
            ("agents: {claude: {settings: [a]}}", "'settings' is not a map", "docs/agents.md"),
            ("agents: {claude: {seconds: ten}}", "'seconds' is not a whole number", "docs/agents.md"),
            ("agents: {claude: {prompt: loud}}", ":1:27: 'loud' is not known here", "one of: stdin, argument, file"),
            ("agents: {claude: {answer: 5}}", ":1:27: this must be a mapping", "docs/agents.md"),
            ("agents: {mybot: {command: [a]}}", "'command' is not a text", "docs/agents.md"),
            ("agents: {mybot: {prompt: file}}", "has no '{file}'", "docs/agents.md"),
        ]
    )
    func agents(text: String, message: String, hint: String) throws {
        let settings = try settings(text)
        let error = #expect(throws: SettingsError.self) {
            try AgentDirectory(settings, environment: [:], providers: [])
        }
        #expect(error?.description.hasPrefix(folder + "/config.yaml:") == true)
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.hint?.contains(hint) == true, "\(error?.hint ?? "")")
    }

    @Test("of an agent may have nearly a known one's name when it says which program that is")
    func ownAgent() throws {
        let settings = try settings("agents: {claude2: {command: claude2}, mybot: {workArguments: [-w]}}")
        let directory = try AgentDirectory(settings, environment: [:], providers: [])
        #expect(directory.named("claude2")?.command == "claude2" && directory.named("mybot")?.command == "mybot")
    }

    @Test("is shown by the doctor with the files that there are, and those that there are not")
    func files() throws {
        let environment = ["DRYDOCK_HOME": folder + "/home"]
        let folders = try Folders(environment: environment, currentFolder: folder)
        let surroundings = Surroundings(environment: environment, currentFolder: folder, folders: folders)
        let examination = Examination(surroundings: surroundings, settings: Settings())
        let file = folder + "/home/config/config.yaml"
        #expect(examination.settingsFinding().message.hasPrefix("the defaults; there is no \(file), "))
        try FileManager.default.createDirectory(atPath: folder + "/home/config", withIntermediateDirectories: true)
        try Data("pipeline: crew\n".utf8).write(to: URL(filePath: file))
        #expect(examination.settingsFinding().message.hasPrefix("\(file); there is no "))
    }
}

private actor Told {
    private(set) var all: [String] = []

    func add(_ text: String) { all.append(text) }
}
