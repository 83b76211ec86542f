import Core
import Foundation
import TestSupport
import Testing

/// Kills a scripted run at every place and compares what a resume makes of it with an undisturbed run.
@Suite("A run that is killed", .tags(.large), .serialized)
struct KillMatrixTests {
    // Serialized: every trial uses the same folder, since paths are part of what is compared.
    private let folder = "/dev/shm/drydock-kill-\(getpid())"

    private struct Call {
        let status: Int32
        let wasKilled: Bool
        let output: String
    }

    private func call(_ words: [String]) async throws -> Call {
        let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        let outcome = try await ChildProgram.run(
            products.appending(path: "drydock-crash").path,
            [folder] + words,
            folder: "/"
        )
        return Call(status: outcome.status, wasKilled: outcome.status == 128 + SIGKILL, output: outcome.output)
    }

    private func startAfresh() throws {
        try FileSystem.removeTree(folder)
        try FileSystem.makeFolder(folder)
    }

    /// The parts of a summary that have to be the same after any kill.
    private func essence(_ output: String) throws -> JSONValue {
        var members = try #require(try JSONValue(parsing: output).object)
        for name in ["appends", "calls", "again", "cost"] { members[name] = nil }
        return .object(members)
    }

    /// Checks that every call is in the books once, and one that was in flight when the process died once more.
    private func checkLedger(_ output: String, _ words: [String], _ workers: String) throws {
        let summary = try JSONValue(parsing: output)
        let answers = try #require(summary["answers"]?.integer)
        let again = try #require(summary["again"]?.integer)
        let begun = try effects().filter { name, _ in
            ["begin model ", "begin agent "].contains { name.hasPrefix($0) }
        }
        .values.reduce(0, +)
        #expect(summary["calls"] == .integer(answers + again), "\(words)")
        // What an agent costs is not known before.
        if workers.isEmpty {
            #expect(summary["cost"]?.string == "\(Double(answers + again) * 0.5)", "\(words)")
        }
        // One that had been announced need not have been begun.
        #expect(Int(answers) <= begun && begun <= Int(answers + again), "\(words)")
    }

    /// How often each effect was begun and completed, over all processes.
    private func effects() throws -> [String: Int] {
        let text = try String(contentsOfFile: folder + "/effects.log", encoding: .utf8)
        return text.split(separator: "\n").reduce(into: [:]) { counts, line in counts[String(line), default: 0] += 1 }
    }

    private func checkTrial(
        _ words: [String],
        _ expected: JSONValue,
        _ undisturbed: [String: Int],
        _ workers: String
    ) async throws {
        try startAfresh()
        let killed = try await call(["begin" + workers] + words)
        if !killed.wasKilled {
            // The run was over before the blow fell.
            #expect(try essence(killed.output) == expected, "\(words)")
            return
        }
        let resumed = try await call(["resume" + workers])
        guard resumed.status == 0 else {
            Issue.record("\(words): the resumed process ended with \(resumed.status)")
            return
        }
        #expect(try essence(resumed.output) == expected, "\(words)")
        try checkLedger(resumed.output, words, workers)
        let counts = try effects()
        let repeated = counts.filter { $0.key.hasPrefix("end ") && $0.value > undisturbed[$0.key, default: 0] }
        #expect(repeated.allSatisfy { $0.value == undisturbed[$0.key, default: 0] + 1 }, "\(words): \(repeated)")
        // All that was under way may have been completed without its result having been recorded: two workers, or two
        // agents for each.
        let underWay = workers == "-pair" ? 4 : 2
        #expect(
            repeated.values.reduce(0, +) - repeated.keys.map { undisturbed[$0, default: 0] }.reduce(0, +) <= underWay,
            "\(words): \(repeated)"
        )
    }

    /// The workers' answers of a model, and programs with work trees of their own, one or two for a worker.
    private static let workers = ["", "-agents", "-pair"]
    /// How many places lie between two trials: all but the workers is the same for all.
    private static let strides = ["-agents": 3, "-pair": 5]

    @Test(
        "ends as if it had not been, whichever append it was killed after",
        .timeLimit(.minutes(10)),
        arguments: workers
    )
    func afterEveryAppend(workers: String) async throws {
        defer { try? FileSystem.removeTree(folder) }
        try startAfresh()
        let whole = try await call(["begin" + workers])
        #expect(whole.status == 0, "\(whole.output)")
        let expected = try essence(whole.output)
        #expect(expected["exit"] == 0, "\(whole.output)")
        #expect(expected["replay"] == .array([]))
        let undisturbed = try effects()
        #expect(undisturbed.keys.contains { $0.hasPrefix("end agent") } == !workers.isEmpty)
        let appends = try #require(try JSONValue(parsing: whole.output)["appends"]?.integer)
        for append in stride(from: 1, through: appends, by: Self.strides[workers] ?? 1) {
            try await checkTrial(["after", "\(append)"], expected, undisturbed, workers)
        }
    }

    @Test(
        "ends as if it had not been, whatever effect it was killed in",
        .timeLimit(.minutes(10)),
        arguments: workers
    )
    func duringEffects(workers: String) async throws {
        defer { try? FileSystem.removeTree(folder) }
        try startAfresh()
        let whole = try await call(["begin" + workers])
        let expected = try essence(whole.output)
        let undisturbed = try effects()
        let appends = try #require(try JSONValue(parsing: whole.output)["appends"]?.integer)
        // Of what an agent does most is the making of its work tree.
        let delays = workers.isEmpty ? [200, 700, 1_500, 3_000, 6_000] : [700, 3_000, 6_000, 10_000, 16_000]
        for append in stride(from: 2, through: appends, by: workers == "-agents" ? 2 : Self.strides[workers] ?? 1) {
            let delay = delays[Int(append) % 5]
            try await checkTrial(["during", "\(append)", "\(delay)"], expected, undisturbed, workers)
        }
    }
}
