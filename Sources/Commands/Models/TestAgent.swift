internal import CommandLineKit
internal import Core
internal import Models
internal import Sandbox
internal import Settings

/// `drydock test-agent`: one question, past the engine.
struct TestAgent: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "test-agent",
        abstract: "Ask a model or an agent one question, to see whether it answers.",
        discussion: "Makes one call, without a run, retries or another model in its place.",
        examples: [
            CommandExample("drydock test-agent ollama/llama3.2 \"Say hello.\"", "Whether a local model answers.")
        ]
    )

    @Argument(help: "PROVIDER/MODEL, a provider, or an agent.", valueName: "NAME")
    var name: String

    @Argument(help: "The question.", valueName: "PROMPT")
    var prompt: String

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Report: Encodable {
        let model: ModelIdentity
        let answer: String
        let durationMs: Int
        let usage: Usage
    }

    func validate() throws {
        guard prompt.contains(where: { !$0.isWhitespace }) else {
            throw ValidationError("the question is empty", hint: "ask something, such as \"Say hello.\"")
        }
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try surroundings.settings([SettingFlag(SettingKeys.model, name, flag: "NAME")])
        let output = output.makeOutput(settings)
        let desk = try ModelDesk(surroundings, settings)
        let plan = try await desk.planAlone()
        guard let identity = plan.table.first else { throw UnknownModel(text: name, reason: "it is not offered") }
        guard identity != BuiltinModel.identity else { throw NobodyToAsk(name: name, agents: desk.agents) }
        if let notice = plan.notices.first { throw UnknownModel(text: name, reason: notice) }
        let isolation: Isolation = settings[SettingKeys.isolation] == .none ? .none : .bubblewrap
        let runner = ChosenRunner(isolation, surroundings)
        let model = try await desk.single(identity, runner: runner)
        let began = ContinuousClock.now
        var request = PlainQuestion.request(prompt)
        request.parameters = plan.table.parameters
        let reply = try await model.complete(request)
        let duration = began.duration(to: .now).wholeMilliseconds
        let answer = PlainQuestion.answer(in: reply.text)
        if output.isJSON {
            let usage = desk.prices.priced(reply.usage, of: identity)
            try output.json(Report(model: identity, answer: answer, durationMs: duration, usage: usage))
        } else {
            let lines = answer.split(separator: "\n", omittingEmptySubsequences: false)
            try output.result(lines.map { String($0).printable })
            output.note("'\(identity.description.printable)' answered in \(duration) ms")
        }
    }
}

/// A name that comes to the built-in model, which understands no question but those of a run.
private struct NobodyToAsk: ReportableError {
    let name: String
    let agents: AgentDirectory

    var kind: FaultKind { .usage }
    var description: String {
        "'\(name.printable)' means the built-in model, which works by rule and answers no question of a person's"
    }
    var hint: String? {
        "name a model as PROVIDER/MODEL, a provider, or an agent: "
            + agents.profiles.map { agents.name(of: $0).printable }.joined(separator: ", ")
    }
}

extension Duration {
    fileprivate var wholeMilliseconds: Int {
        Int(components.seconds) * 1_000 + Int(components.attoseconds / 1_000_000_000_000_000)
    }
}
