import Core
import Foundation
import TestSupport
import Testing

@Suite("The program's command line", .tags(.large), .temporaryDirectory)
struct CommandLineTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    @Test("says its version and nothing else")
    func version() async throws {
        let outcome = try await program.run("--version")
        #expect(outcome.status == 0)
        #expect(outcome.output == "drydock 0.1.0\n")
        #expect(outcome.errors.isEmpty)
    }

    @Test(
        "makes no files for being asked for help",
        arguments: [
            ["--help"], ["help"], ["help", "help"], ["config", "help", "help"], ["help", "config"],
            ["config", "show", "-h"],
        ]
    )
    func help(words: [String]) async throws {
        let outcome = try await program.run(words)
        #expect(outcome.status == 0)
        #expect(outcome.output.contains("Usage: drydock"))
        #expect(outcome.errors.isEmpty)
        #expect(!FileManager.default.fileExists(atPath: program.home.path))
    }

    @Test(
        "refuses what it does not understand, on standard error, with status 2",
        arguments: [
            ([], "'drydock' needs a command"),
            (["confg"], "there is no command 'confg'\n  did you mean 'config'?"),
            (["config", "show", "--orign"], "there is no option '--orign'\n  did you mean '--origin'?"),
            (["config", "show", "pipelin"], "there is no setting 'pipelin'\n  did you mean 'pipeline'?"),
            (["completion", "tcsh"], "'tcsh' is not a valid value for 'SHELL'"),
            (["watch", "latest", "--after", "-1"], "--after cannot be negative"),
            (["\u{1b}[2J"], #"there is no command '\u{1b}[2J'"#),
        ]
    )
    func usage(words: [String], message: String) async throws {
        let outcome = try await program.run(words)
        #expect(outcome.status == 2)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("drydock: \(message)"), "\(outcome.errors)")
    }

    @Test("refuses a word that is not UTF-8, naming it")
    func notUTF8() async throws {
        let outcome = try await ChildProgram.run(
            "/bin/sh",
            ["-c", #""$0" restore "$(printf 'a\377b')" x"#, Program.binary]
        )
        #expect(outcome.status == 2)
        #expect(outcome.errors.hasPrefix("drydock: the argument 'a\u{fffd}b' is not valid UTF-8"))
    }

    @Test("reports errors as one object with --json")
    func jsonError() async throws {
        let error = try await program.run("config", "shwo", "--json").error()
        #expect(error["kind"] == "usage")
        #expect(error["class"] == "user")
        #expect(error["exitCode"] == 2)
        #expect(error["hint"] == "did you mean 'show'?")
    }

    @Test("says nothing when the reader of its output has gone, and says so when the disk is full")
    func brokenOutput() async throws {
        func shell(_ line: String) async throws -> ProgramOutcome {
            try await ChildProgram.run(
                "/bin/bash",
                ["-c", line, Program.binary],
                environment: ["DRYDOCK_HOME": program.home.path]
            )
        }
        let closed = try await shell(#""$0" completion bash | true; exit ${PIPESTATUS[0]}"#)
        #expect(closed.status == 0 && closed.errors.isEmpty)
        let full = try await shell(#""$0" --help >/dev/full"#)
        #expect(full.status == 12)
        #expect(full.errors.contains("no space is left"))
    }
}

@Suite("The program's settings", .tags(.large), .temporaryDirectory)
struct SettingsCommandTests {
    private var program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private func configure(_ text: String) throws -> String {
        let file = program.home.appending(path: "config/config.yaml")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    @Test("are shown with their origin")
    func origin() async throws {
        let file = try configure("# mine\nsnapshot:\n  backend: nix\n")
        var program = program
        program.environment = ["DRYDOCK_FIX_ATTEMPTS": "3", "DRYDOCK_PIPLINE": "x"]
        let outcome = try await program.run("config", "show", "--origin", "--json")
        #expect(outcome.status == 0)
        let settings = try #require(try outcome.json().array)
        func setting(_ name: String) -> JSONValue? { settings.first { $0["name"]?.string == name } }
        #expect(setting("snapshot.backend")?["value"] == "nix")
        #expect(setting("snapshot.backend")?["origin"]?.string == "\(file):3")
        #expect(setting("fix.attempts")?["value"] == "3")
        #expect(setting("fix.attempts")?["origin"] == "DRYDOCK_FIX_ATTEMPTS")
        #expect(setting("pipeline")?["origin"] == "default")
        #expect(outcome.errors == "the variable DRYDOCK_PIPLINE means nothing; did you mean 'DRYDOCK_PIPELINE'?\n")
    }

    @Test("with a mistake stop the program with status 3, file and line")
    func mistake() async throws {
        let file = try configure("snapshot:\n  backnd: nix\n")
        let outcome = try await program.run("config", "show")
        #expect(outcome.status == 3)
        #expect(
            outcome.errors == """
                drydock: \(file):2:3: there is no setting 'snapshot.backnd'
                  did you mean 'snapshot.backend'?

                """
        )
    }

    @Test("lie below DRYDOCK_HOME")
    func paths() async throws {
        let paths = try await program.run("config", "path", "--json").json()
        for name in ["configuration", "state", "runs", "snapshots", "cache"] {
            #expect(paths[name]?.string?.hasPrefix(program.home.path + "/") == true)
        }
    }

    @Test("below something that is no folder end with status 3, and say what stands there")
    func homeIsFile() async throws {
        var program = program
        program.environment = ["DRYDOCK_HOME": "/dev/null"]
        let outcome = try await program.run("new", "a Python tool")
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("'/dev/null' is not a folder"), "\(outcome.errors)")
    }

    @Test("without any home end with status 3")
    func noHome() async throws {
        var program = program
        program.environment = ["DRYDOCK_HOME": "", "HOME": ""]
        let outcome = try await program.run("config", "path")
        #expect(outcome.status == 3)
        #expect(outcome.errors.contains("set DRYDOCK_HOME"))
    }
}
