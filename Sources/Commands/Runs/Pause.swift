internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock pause`: let a run stop before its next step.
struct Pause: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Let a run stop before its next step; 'resume' goes on.")

    @OptionGroup
    var target: RunTarget

    mutating func run() async throws {
        try await target.steer { service, run in try await service.pause(run) }
    }
}
