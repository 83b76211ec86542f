import Commands
import Core
import Engine
import Models
import TestSupport
import Testing

@Suite("The summary of a run", .tags(.small))
struct RunSummaryTests {
    private let run = RunID(milliseconds: 1_700_000_000_000, random: 1)

    private func lines(_ report: RunReport) -> [String] {
        RunSummary(report: report, style: .plain).lines
    }

    private func report(_ state: RunState, _ scope: RunScope = .starter) -> RunReport {
        var report = RunReport(run: run, state: state, pipeline: "crew", scope: scope)
        report.title = "Word Count"
        report.stack = ["cargo"]
        report.model = RunReport.Model(provider: "builtin", name: "builtin")
        report.toolchain = .host
        report.isolation = .bubblewrap
        report.commit = String(repeating: "ab", count: 20)
        report.checks = [
            RunReport.Check(argv: ["cargo", "build"], exitCode: 0, durationMilliseconds: 1_200),
            RunReport.Check(argv: ["cargo", "test", "a b"], exitCode: 101, durationMilliseconds: 300),
        ]
        report.durationMilliseconds = 4_000
        return report
    }

    @Test("of a starter says in its first line what was not made, and how to configure a model")
    func starter() throws {
        var report = report(.completed)
        report.verified = true
        report.checks.removeLast()
        report.snapshot = RunReport.Snapshot(
            id: "0123456789abcdef-01234567",
            backend: .archive,
            location: "/s/x.tar.zst",
            tree: try #require(Digest(hex: String(repeating: "0", count: 64))),
            bytes: 2_048
        )
        report.delivered = RunReport.Delivery(folder: "/home/ann/word-count")
        report.notes = ["No stack was named; Rust is the default."]
        #expect(
            lines(report) == [
                "A verified starter was made; what you described is not written yet, because no model was asked.",
                "Set a provider's key, such as ANTHROPIC_API_KEY, or start Ollama; 'drydock models' says what can be asked.",
                "",
                "Word Count",
                "  folder     /home/ann/word-count",
                "  stack      cargo",
                "  model      builtin",
                "  toolchain  host",
                "  isolation  bubblewrap",
                "  pipeline   crew",
                "  commit     abababababababababababababababababababab",
                "  snapshot   0123456789abcdef-01234567 (archive, 2.0 KiB)",
                "  restore    drydock restore 0123456789abcdef-01234567 FOLDER",
                "  run        \(run), 0 model calls, 4.0 s",
                "  checks     exit 0  cargo build  1.2 s",
                "  - No stack was named; Rust is the default.",
            ]
        )
    }

    @Test("of a failed run says why, with every exit code")
    func failed() {
        var report = report(.failed, .described)
        report.failure = RunReport.Failure(failureClass: .quality, message: "the tests\u{1b} fail")
        let lines = lines(report)
        #expect(lines.first == #"The run failed: the tests\u{1b} fail"#)
        #expect(lines.contains("             exit 101  cargo test 'a b'  0.3 s"))
        #expect(!lines.contains { $0.contains("restore") })
    }

    @Test("of a run that stopped says how to go on")
    func stopped() {
        #expect(lines(report(.paused))[1] == "Go on with: drydock resume \(run)")
        #expect(lines(report(.parked))[1] == "Go on with: drydock resume \(run)")
        var spent = report(.parked)
        spent.resumeOption = "--max-calls N"
        #expect(lines(spent)[1] == "Go on with: drydock resume \(run) --max-calls N")
        #expect(lines(report(.cancelled)).first == "The run was cancelled.")
    }

    @Test("has the way out below what went wrong, once")
    func hint() {
        var failed = report(.failed)
        failed.failure = RunReport.Failure(failureClass: .user, message: "no key")
        failed.hint = "set\u{1b} KEY"
        #expect(Array(lines(failed).prefix(3)) == ["The run failed: no key", #"  set\u{1b} KEY"#, ""])
        failed.state = .parked
        #expect(Array(lines(failed)[1...2]) == [#"  set\u{1b} KEY"#, "Go on with: drydock resume \(run)"])
        failed.resumeOption = "--budget USD"
        #expect(!lines(failed).contains { $0.contains("KEY") })
    }

    @Test("of a run that no process drives says how to go on, and of another that it is under way")
    func driven() {
        func lines(_ isDriven: Bool) -> [String] {
            RunSummary(report: report(.running), isDriven: isDriven, style: .plain).lines
        }
        #expect(lines(true).first == "The run is under way.")
        #expect(lines(false)[0] == "The run was interrupted: its process has gone.")
        #expect(lines(false)[1] == "Go on with: drydock resume \(run)")
    }

    @Test("of an unverified run never says that it was verified")
    func unverified() {
        #expect(lines(report(.completed)).first == "Made, but not verified: no check passed.")
        #expect(!lines(report(.completed)).contains { $0.contains("A verified") })
    }

    @Test("says when a model may answer again, and how much of the use is a guess")
    func waiting() {
        var report = report(.parked)
        report.retryAt = 1_763_746_205_000
        report.usage.add(Usage(inputTokens: 900, outputTokens: 100, costUSD: 0.5, estimatedTokens: 40))
        let lines = lines(report)
        #expect(lines[1] == "Go on with: drydock resume \(run), at 2025-11-21 17:30:05 UTC or later")
        #expect(lines.contains { $0.hasSuffix("1 model call, 1000 tokens (40 of them estimated), 0.5000 USD, 4.0 s") })
    }
}
