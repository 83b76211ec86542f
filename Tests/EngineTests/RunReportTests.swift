import Core
import Models
import TestSupport
import Testing

@testable import Engine
@testable import Journal

@Suite("A run's report", .tags(.small))
struct RunReportTests {
    private let run = RunID(milliseconds: 1_700_000_000_000, random: 42)

    @Test("writes every member, null for what the run does not have yet")
    func fresh() throws {
        let report = RunReport(run: run, state: .running, pipeline: "crew")
        let text = String(decoding: try JSON.encode(report), as: UTF8.self)
        let expected = """
            {"checks":[],"commit":null,"delivered":null,"durationMs":0,"isolation":null,"model":null,"pipeline":"crew",\
            "run":"\(run)","scope":"starter","snapshot":null,"stack":[],"state":"running","title":null,\
            "toolchain":null,"usage":{"calls":0,"costUSD":0,"inputTokens":0,"outputTokens":0},"verified":false}
            """
        #expect(text == expected)
    }

    @Test("states a failure by class, message and step alone; its message names the command and the way out")
    func failure() throws {
        var report = RunReport(run: run, state: .failed, pipeline: "crew")
        let command = CommandReport(argv: ["cargo", "test", "a b"], exitCode: 101, output: ["it broke"])
        report.failure = RunReport.Failure(failureClass: .quality, message: "it failed", command: command)
        report.hint = "mend it"
        let failure = try JSONValue(parsing: JSON.encode(report))["failure"]
        #expect(
            failure == [
                "class": "quality", "step": nil,
                "message": "it failed: 'cargo test 'a b'' ended with 101; mend it",
            ]
        )
    }

    @Test("says which models were asked in place of others, before the run and while it was driven")
    func standIns() throws {
        var request = RunRequest(description: "x", base: "/", pipeline: "crew")
        let usual = ModelIdentity(provider: "usual", name: String(repeating: "long", count: 20))
        request.routes = RouteTable([usual, ModelIdentity(provider: "other", name: "m")])
        let digest = try #require(Digest(bytes: Array(repeating: 0, count: Digest.size)))
        let inputs = RunInputs(request: request, knowledge: digest)
        var fold = RunFold(run: run)
        func apply(_ kind: EventKind, step: StepPath? = nil, _ payload: JSONValue) throws {
            let event = Event(
                run: run,
                sequence: 1,
                at: 0,
                kind: kind,
                step: step,
                input: nil,
                result: nil,
                body: payload,
                hash: digest
            )
            try fold.apply(event, payload: payload)
        }
        try apply(.runCreated, try JSONValue(encoding: inputs))
        try apply(.notice, ["message": "'gone' is not used"])
        try apply(.runResumed, [:])
        try apply(.notice, ["message": "two thirds of the time are used up"])
        for (number, model) in [usual, .init(provider: "other", name: "m")].enumerated() {
            let call = CallMark.call(role: "plan", model: model, .zero)
            try apply(.stepEnded, step: StepPath("plan/call-\(number)"), .object(call))
        }
        let shown = fold.report.notes
        #expect(shown.count == 2 && shown.first == "'gone' is not used", "\(shown)")
        #expect(shown.last?.hasPrefix("'other/m' answered 1 call in place of 'usual/longlong") == true, "\(shown)")
    }

    @Test("is asked for by a name: what is wrong with one comes with a way out")
    func names() {
        for error in [RunError.ambiguous("1", candidates: ["1a", "1b"]), .notFound("x")] {
            #expect(error.hint?.contains("'drydock runs'") == true)
        }
    }

    @Test("keeps everything but the notes over a round trip")
    func roundTrip() throws {
        var report = RunReport(run: run, state: .failed, pipeline: "crew", scope: .described)
        report.title = "Word count"
        report.stack = ["cargo", "npm"]
        report.model = RunReport.Model(provider: "builtin", name: "builtin")
        report.toolchain = .hostFlake
        report.isolation = .bubblewrap
        report.checks = [RunReport.Check(argv: ["cargo", "test"], exitCode: 101, durationMilliseconds: 1_200)]
        report.failure = RunReport.Failure(failureClass: .quality, message: "tests failed", step: StepPath("verify"))
        var step = StepReport(step: StepPath("verify"), state: .failed, beganAt: 1_700_000_000_500)
        step.durationMilliseconds = 1_300
        report.steps = [step]
        let bytes = try JSON.encode(report)
        #expect(try JSON.decode(RunReport.self, from: bytes) == report)
        let value = try JSONValue(parsing: bytes)
        #expect(value["toolchain"] == "host-flake")
        #expect(value["failure"]?["class"] == "quality")
        #expect(value["checks"]?[0]?["durationMs"] == 1_200)
    }
}
