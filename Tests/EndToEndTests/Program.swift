import Core
import Foundation
import TestSupport
import Testing

/// The real binary, with a home of its own: nothing of the person who runs the tests is read or written.
struct Program: Sendable {
    /// The binary that `DRYDOCK_BINARY` names, else the one beside the test program.
    static let binary: String = {
        if let path = ProcessInfo.processInfo.environment["DRYDOCK_BINARY"], !path.isEmpty { return path }
        let products = URL(filePath: CommandLine.arguments[0]).deletingLastPathComponent()
        return products.appending(path: "drydock").path
    }()

    /// What a call came to.
    struct Outcome: Sendable {
        let status: Int32
        let output: String
        let errors: String
        let duration: Duration

        /// Standard output as JSON.
        func json() throws -> JSONValue { try JSONValue(parsing: output) }

        /// The object that `--json` puts on standard error.
        func error() throws -> JSONValue {
            let last = errors.split(separator: "\n").last.map(String.init) ?? ""
            return try #require(try JSONValue(parsing: last)["error"])
        }
    }

    let home: URL
    /// The folder in which the program is called.
    let folder: URL
    /// Variables besides `PATH`, `LANG` and `DRYDOCK_HOME`.
    var environment: [String: String] = [:]

    /// A program whose files lie below `root`.
    init(below root: URL) throws {
        home = root.appending(path: "dock")
        folder = root.appending(path: "here")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    /// Calls the program and waits for its end.
    @discardableResult
    func run(_ arguments: String..., input: String = "") async throws -> Outcome {
        try await run(arguments, input: input)
    }

    @discardableResult
    func run(_ arguments: [String], input: String = "") async throws -> Outcome {
        let call = try Call(self, arguments, input)
        return try await call.outcome()
    }

    /// Starts the program without waiting, so that it can be signalled.
    func start(_ arguments: String...) throws -> Call {
        try Call(self, arguments, "")
    }
}

/// A call of the program that may still be running.
///
/// Streams go through files: nothing can block on a full pipe.
final class Call: Sendable {
    private let child: ChildProgram
    private let streams: URL
    private let began = ContinuousClock.now

    init(_ program: Program, _ arguments: [String], _ input: String) throws {
        streams = program.folder.deletingLastPathComponent().appending(path: "streams-\(UUID())")
        try FileManager.default.createDirectory(at: streams, withIntermediateDirectories: true)
        for name in ["in", "out", "err"] {
            try Data((name == "in" ? input : "").utf8).write(to: streams.appending(path: name))
        }
        let inherited = ProcessInfo.processInfo.environment
        let environment = [
            "PATH": inherited["PATH"] ?? "/usr/bin:/bin", "LANG": "C.UTF-8", "DRYDOCK_HOME": program.home.path,
            "HOME": inherited["HOME"] ?? "/nonexistent",
        ]
        child = try ChildProgram(
            Program.binary,
            arguments,
            environment: environment.merging(program.environment) { _, own in own },
            folder: program.folder.path,
            streams: (
                streams.appending(path: "in").path, streams.appending(path: "out").path,
                streams.appending(path: "err").path
            )
        )
    }

    var processID: Int32 { child.processID }

    /// What it has written to standard output so far.
    func outputSoFar() throws -> String { try text("out") }

    /// What it has written to standard error so far.
    func errorsSoFar() throws -> String { try text("err") }

    func send(_ signal: Int32) {
        child.send(signal)
    }

    func outcome() async throws -> Program.Outcome {
        Program.Outcome(
            status: await child.status(),
            output: try text("out"),
            errors: try text("err"),
            duration: began.duration(to: .now)
        )
    }

    private func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: streams.appending(path: name)), as: UTF8.self)
    }
}
