internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock cancel`: end a run for good.
struct Cancel: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "End a run, and whatever it is doing, for good.")

    @OptionGroup
    var target: RunTarget

    mutating func run() async throws {
        try await target.steer { service, run in try await service.cancel(run) }
    }
}
