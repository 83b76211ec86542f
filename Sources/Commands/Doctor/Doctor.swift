internal import CommandLineKit
internal import Core
internal import FoundationEssentials
internal import Settings

/// `drydock doctor`: try every part on this machine.
struct Doctor: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Try every part of Drydock on this machine, with a remedy for each finding.",
        discussion: """
            Ends with 0 when a run can work here, else with the status that a run would end with. What it prints \
            holds no secrets.
            """
    )

    @OptionGroup(title: "Output")
    var output: OutputOptions

    private struct Report: Encodable {
        let version: String
        let ok: Bool
        let findings: [Finding]
    }

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let settings = try? surroundings.settings()
        let output = output.makeOutput(settings)
        let findings = await Examination(surroundings: surroundings, settings: settings ?? Settings()).findings()
        let problem = findings.first { $0.status == .problem }
        if output.isJSON {
            try output.json(Report(version: Drydock.version, ok: problem == nil, findings: findings))
        } else {
            try output.result(findings.flatMap { lines($0, output.style) })
        }
        if let problem { throw ExitStatus(code: problem.exitCode) }
    }

    private func lines(_ finding: Finding, _ style: Style) -> [String] {
        let tone: Tone =
            switch finding.status {
            case .ok: .green
            case .warning: .yellow
            case .problem: .red
            }
        let status = style.paint(finding.status.rawValue.padded(to: 8), tone)
        let line = status + (finding.subject + " ").padded(to: 19) + finding.message.printable
        return [line] + (finding.remedy.map { [String(repeating: " ", count: 27) + $0.printable] } ?? [])
    }
}
