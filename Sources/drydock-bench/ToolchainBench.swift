internal import Core
internal import FoundationEssentials
internal import Sandbox
internal import Warehouse

/// The second entry to a toolchain: everything is known already, and checked to be still so.
enum ToolchainBench {
    static func run(_ place: BenchPlace) async throws -> [Figure] {
        let environment = ProcessInfo.processInfo.environment
        let folder = try Warehouse(layers: [.builtIn]).flakes.named("host")
        let host = FlakeSource.builtIn(name: "host", text: folder.files["flake.nix"]?.text ?? "")
        var figures: [Figure] = []
        for (title, choice) in [("host", ToolchainChoice.host), ("best", .automatic)] {
            let resolver = ToolchainResolver(cacheFolder: place.folder + "/" + title, environment: environment)
            let entry = { @Sendable in
                try await resolver.resolve(flake: nil, hostFlake: host, tools: ["python3"], choice: choice)
            }
            let first = try await Measuring.median(of: title, rounds: 1) { _ = try await entry() }
            let level = try await entry().level.rawValue
            let second = try await Measuring.median(of: title, rounds: 31) { _ = try await entry() }
            print("\(title) (\(level)): first entry \(Figure.text(first.milliseconds)) ms")
            figures.append(
                Figure(what: "second entry to a toolchain (\(level))", ours: second.milliseconds, limit: .aim(10))
            )
        }
        return figures
    }
}
