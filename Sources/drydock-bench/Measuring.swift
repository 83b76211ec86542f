internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// One line of a table of medians.
struct Measured {
    let name: String
    let milliseconds: Double
}

enum Measuring {
    /// The median of several runs of `body`, in milliseconds; the shell line before each is not counted.
    static func median(
        of name: String,
        rounds: Int = 5,
        prepare: String? = nil,
        _ body: () async throws -> Void
    ) async throws -> Measured {
        var times: [Double] = []
        for _ in 0..<rounds {
            if let prepare { try await shell(prepare) }
            let clock = ContinuousClock()
            let start = clock.now
            try await body()
            times.append((clock.now - start) / .milliseconds(1))
        }
        return Measured(name: name, milliseconds: times.sorted()[rounds / 2])
    }

    /// The medians of two bodies in milliseconds, run in turns so that whatever else the machine does meets both.
    ///
    /// The first round counts for neither.
    static func inTurns(
        rounds: Int,
        _ ours: (Int) async throws -> Void,
        _ peer: (Int) async throws -> Void
    ) async throws -> (Double, Double) {
        var times: (ours: [Double], peer: [Double]) = ([], [])
        for round in 0...rounds {
            let start = ContinuousClock.now
            try await peer(round)
            let middle = ContinuousClock.now
            try await ours(round)
            guard round > 0 else { continue }
            times.ours.append((ContinuousClock.now - middle) / .milliseconds(1))
            times.peer.append((middle - start) / .milliseconds(1))
        }
        return (times.ours.sorted()[rounds / 2], times.peer.sorted()[rounds / 2])
    }

    /// Prints each line with its ratio to the line of the first name.
    static func show(_ title: String, _ lines: [Measured]) {
        print(title)
        guard let base = lines.first else { return }
        for line in lines {
            let name = line.name + String(repeating: " ", count: max(1, 34 - line.name.count))
            print(
                "  \(name)\(rounded(line.milliseconds)) ms   \(rounded(line.milliseconds / base.milliseconds, 100)) x"
            )
        }
    }

    private static func rounded(_ value: Double, _ unit: Double = 10) -> String {
        let text = "\((value * unit).rounded() / unit)"
        return String(repeating: " ", count: max(0, 9 - text.count)) + text
    }

    /// Runs a shell line and requires it to succeed.
    static func shell(_ line: String, _ extra: [String: String] = [:]) async throws {
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"]
        environment.merge(extra) { $1 }
        let output = try await Subprocess.run(["/bin/sh", "-c", line], environment: environment)
        guard output.succeeded else { throw BenchError(line: line, output: output.errorText) }
    }

    static func exists(_ program: String) -> Bool {
        ExecutableSearch.find(program, path: "/usr/local/bin:/usr/bin:/bin") != nil
    }
}

struct BenchError: Error, CustomStringConvertible {
    let line: String
    let output: String
    var description: String { "'\(line)' failed: \(output)" }
}
