internal import CommandLineKit
internal import Core
internal import Engine

/// What a command that steers a run says at its end.
struct ControlReport: Encodable {
    let run: RunID
    let state: Engine.RunState

    /// Waits until the run has done what it was asked for, at most ten seconds.
    static func awaited(_ run: RunID, of dock: Dock) async throws -> ControlReport {
        var state = try await dock.service.report(run).state
        for _ in 0..<200 where state == .running {
            try await Task.sleep(for: .milliseconds(50))
            state = try await dock.service.report(run).state
        }
        return ControlReport(run: run, state: state)
    }

    func print(to output: Output) throws {
        if output.isJSON { return try output.json(self) }
        try output.result(state == .running ? "\(run) will stop after its present step" : "\(run) is \(state.rawValue)")
    }
}
