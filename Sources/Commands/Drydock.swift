package import CommandLineKit
internal import Core
internal import Settings

/// The command `drydock` itself.
package struct Drydock: ParsableCommand {
    package static let version = "0.1.0"

    package static let configuration = CommandConfiguration(
        commandName: "drydock",
        abstract: "Describe a project; Drydock builds it in a sandbox, checks it, and keeps it.",
        version: "drydock \(version)",
        sections: [
            CommandSection("Build", [New.self]),
            CommandSection(
                "Runs",
                [
                    Runs.self, Show.self, Watch.self, Pause.self, Resume.self, Cancel.self, Retry.self, Replay.self,
                ]
            ),
            CommandSection("Snapshots", [SnapshotList.self, Restore.self, Verify.self, Prune.self, Diff.self]),
            CommandSection("Knowledge", [Guides.self, Flakes.self, Pipelines.self, Skills.self]),
            CommandSection("Models", [ModelsCommand.self, Agents.self, TestAgent.self]),
            CommandSection("This machine", [Doctor.self, Config.self, Trust.self, Completion.self]),
        ]
    )

    package init() {}
}

extension Drydock {
    /// Carries out a command line and returns the status to exit with.
    package static func main(_ words: @autoclosure () throws -> [String]) async -> Int32 {
        Signals.surviveClosedPipes()
        var asJSON = false
        var called: [String] = []
        do {
            let words = try words()
            called = words
            asJSON = words.prefix { $0 != "--" }.contains { $0 == "--json" || $0 == "--jsonl" }
            switch try parseAsRoot(words) {
            case .text(let text): try Output.standard.result(text)
            case .run(var command): try await command.run()
            }
            return 0
        } catch let status as ExitStatus {
            return status.code
        } catch {
            let report = ErrorReport(error)
            let output = Output.forErrors(of: called)
            output.note(report.text(asJSON: asJSON, style: output.noteStyle))
            return report.exitCode
        }
    }
}
