internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// One line of a table of medians.
struct Measured {
    let name: String
    let milliseconds: Double
}

/// One side of a comparison.
struct Contender {
    let name: String
    /// A shell line before each round, which is not counted.
    let prepare: String?
    let body: () async throws -> Void
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
    /// The first round counts for neither. Each waits for `pause` before it begins, so that none pays for what the kernel
    /// has still to clear away after the other.
    static func inTurns(
        rounds: Int,
        pause: Duration = .zero,
        _ ours: (Int) async throws -> Void,
        _ peer: (Int) async throws -> Void
    ) async throws -> (Double, Double) {
        var times: (ours: [Double], peer: [Double]) = ([], [])
        for round in 0...rounds {
            let peerTime = try await time(after: pause) { try await peer(round) }
            let ourTime = try await time(after: pause) { try await ours(round) }
            guard round > 0 else { continue }
            times.ours.append(ourTime)
            times.peer.append(peerTime)
        }
        return (times.ours.sorted()[rounds / 2], times.peer.sorted()[rounds / 2])
    }

    private static func time(after pause: Duration, _ body: () async throws -> Void) async throws -> Double {
        if pause > .zero { try await Task.sleep(for: pause) }
        let start = ContinuousClock.now
        try await body()
        return (ContinuousClock.now - start) / .milliseconds(1)
    }

    /// The medians of any number of contenders, run in turns as in ``inTurns(rounds:pause:_:_:)``.
    static func inTurns(_ contenders: [Contender], rounds: Int) async throws -> [Measured] {
        var times = contenders.map { _ in [Double]() }
        for round in 0...rounds {
            for (place, contender) in contenders.enumerated() {
                if let prepare = contender.prepare { try await shell(prepare) }
                let start = ContinuousClock.now
                try await contender.body()
                if round > 0 { times[place].append((ContinuousClock.now - start) / .milliseconds(1)) }
            }
        }
        return zip(contenders, times).map { Measured(name: $0.name, milliseconds: $1.sorted()[rounds / 2]) }
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
        _ = try await output(of: line, extra)
    }

    /// What a shell line prints, without the line feed at its end; it has to succeed.
    static func output(of line: String, _ extra: [String: String] = [:]) async throws -> String {
        var environment = ["PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": "/root"]
        environment.merge(extra) { $1 }
        let output = try await Subprocess.run(["/bin/sh", "-c", line], environment: environment)
        guard output.succeeded else { throw BenchError(line: line, output: output.errorText) }
        return output.text.last == "\n" ? String(output.text.dropLast()) : output.text
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
