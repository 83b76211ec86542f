internal import Core
internal import ProcessKit

/// `drydock --version`, beside a program that does nothing.
enum StartupBench {
    private static let rounds = 101

    static func run(_ place: BenchPlace) async throws -> [Figure] {
        guard let binary = place.binary else {
            print("left out: DRYDOCK_BINARY names no program")
            return []
        }
        let environment = ["PATH": "/usr/bin:/bin", "HOME": place.folder]
        let (ours, nothing) = try await Measuring.inTurns(rounds: rounds) { _ in
            let output = try await Subprocess.run([binary, "--version"], environment: environment)
            guard output.succeeded else { throw BenchError(line: binary, output: output.errorText) }
        } _: { _ in
            _ = try await Subprocess.run(["/bin/true"], environment: environment)
        }
        print("/bin/true, supervised likewise: \(Figure.text(nothing)) ms")
        return [Figure(what: "start-up (--version)", ours: ours, limit: .binding(15))]
    }
}
