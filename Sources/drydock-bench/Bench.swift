internal import FoundationEssentials

/// Measures Drydock beside its peers, in the same run on the same machine.
///
/// One subcommand per subject, each in a file of its own; without a subcommand all of them run.
@main
struct Bench {
    static let subjects: [(name: String, run: @Sendable () async throws -> Void)] = [
        ("sandbox", SandboxBench.run),
        ("snapshot", SnapshotBench.run),
    ]

    static func main() async throws {
        let wanted = CommandLine.arguments.dropFirst()
        for name in wanted where !subjects.contains(where: { $0.name == name }) {
            print(
                "there is nothing called '\(name)' to measure; there is: "
                    + subjects.map(\.name).joined(separator: ", ")
            )
            return
        }
        for subject in subjects where wanted.isEmpty || wanted.contains(subject.name) {
            print("== \(subject.name)")
            try await subject.run()
        }
    }
}
