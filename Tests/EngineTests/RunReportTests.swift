import Core
import Engine
import TestSupport
import Testing

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
