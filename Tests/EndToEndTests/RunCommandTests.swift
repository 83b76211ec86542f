import Core
import Foundation
import TestSupport
import Testing

/// Whole runs of the real binary with the real sandbox.
@Suite("A run from the command line", .tags(.large), .temporaryDirectory)
struct RunCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// A stack whose checks take no compiler.
    private static let description = "a Python library that converts roman numerals"

    private func files(below folder: URL) throws -> [String: String] {
        var files: [String: String] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path) where !path.hasPrefix(".git/") {
            let text = try? String(contentsOf: folder.appending(path: path), encoding: .utf8)
            files[path] = text ?? ""
        }
        return files
    }

    @Test("makes a verified starter, keeps it, and gives it back")
    func wholeJob() async throws {
        let outcome = try await program.run("new", Self.description, "--into", "roman", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)")
        let report = try outcome.json()
        let members = [
            "run", "state", "verified", "scope", "title", "stack", "pipeline", "model", "toolchain", "isolation",
            "commit", "checks", "snapshot", "delivered", "usage", "durationMs",
        ]
        #expect(Set(report.object?.keys.map { $0 } ?? []) == Set(members))
        #expect(report["state"] == "completed")
        #expect(report["verified"] == true)
        #expect(report["scope"] == "starter")
        #expect(report["stack"] == ["python"])
        #expect(report["model"] == ["provider": "builtin", "name": "builtin"])
        #expect(report["isolation"] == "bubblewrap")
        let checks = try #require(report["checks"]?.array)
        #expect(!checks.isEmpty && checks.allSatisfy { $0["exitCode"] == 0 })
        let delivered = program.folder.appending(path: "roman")
        #expect(report["delivered"]?["folder"]?.string == delivered.path)

        let snapshot = try #require(report["snapshot"]?["id"]?.string)
        let restored = try await program.run("restore", snapshot, "again")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(try files(below: program.folder.appending(path: "again")) == files(below: delivered))

        let run = try #require(report["run"]?.string)
        let shown = try await program.run("show", run, "--json").json()
        #expect(shown["steps"]?.array?.isEmpty == false)
        let listed = try #require(try await program.run("runs", "--json").json().array)
        #expect(listed == [report])
        #expect(try await program.run("replay", "latest").status == 0)
        #expect(try await program.run("verify").status == 0)
        try await checkEvents(of: run)
    }

    private func checkEvents(of run: String) async throws {
        let watched = try await program.run("watch", run, "--jsonl")
        #expect(watched.status == 0)
        let events = try watched.output.split(separator: "\n").map { try JSONValue(parsing: String($0)) }
        #expect(events.first?["kind"] == "run.created")
        #expect(events.compactMap { $0["sequence"]?.integer } == Array(1...Int64(events.count)))
        let rest = try await program.run("watch", run, "--jsonl", "--after", "\(events.count - 2)")
        #expect(rest.output.split(separator: "\n").count == 2)
    }

    @Test("says for people what was made, what was not, and how to restore it")
    func summary() async throws {
        let outcome = try await program.run("new", "-", "--into", "roman", input: Self.description)
        #expect(outcome.status == 0, "\(outcome.errors)")
        let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.hasPrefix("A verified starter was made; what you described is not written yet") == true)
        #expect(outcome.output.contains("drydock restore "))
        #expect(outcome.output.contains("were generated, not scaffolded: Python has no scaffolder for this kind."))
        #expect(outcome.errors.contains(" ended with 0 in "))
        #expect(!outcome.errors.contains("\u{1b}"))
        let quiet = try await program.run("new", Self.description, "--into", "quiet", "--quiet")
        #expect(quiet.status == 0 && quiet.errors.isEmpty)
    }

    @Test(
        "refuses bad input before anything is recorded",
        arguments: [
            ([""], 2, "the description is empty"),
            ([" \n\t"], 2, "the description is empty"),
            ([String(repeating: "a ", count: 25_001)], 2, "the description has 50002 characters"),
            (["x", "--into", "taken"], 2, "exists and is not empty"),
            (["x", "--into", "taken/file"], 2, "taken/file' is a file, and no folder"),
            (["x", "--into", "taken/link"], 2, "taken/link' is a symbolic link, and no folder"),
            (["x", "--into", "taken/file/below"], 2, "cannot be written"),
            (["x", "--into", "/proc/nowhere"], 2, "cannot be written"),
            (["x", "--into", String(repeating: "x", count: 256)], 2, "a name in it has 256 bytes, more than 255"),
            (["x", "--into", ""], 2, "the folder's name is empty"),
            (["x", "--budget", "much"], 2, "'much' is not a valid value for '--budget'\n"),
            (["x", "--model", ""], 2, "'' is not a valid value for '--model'\n"),
            (["x", "--record", "no/such"], 2, "there is no folder"),
            (["x", "--pipeline", "no-such"], 10, "there is no pipeline 'no-such'"),
            (["x", "--snapshot", "zip"], 2, "'zip' is not a valid value for '--snapshot'"),
            (["a", "tool"], 2, "unexpected argument 'tool'"),
            ([], 2, "the argument DESCRIPTION is missing"),
        ] as [([String], Int32, String)]
    )
    func badInput(words: [String], status: Int32, message: String) async throws {
        let taken = program.folder.appending(path: "taken")
        try FileManager.default.createDirectory(at: taken, withIntermediateDirectories: true)
        try Data("mine".utf8).write(to: taken.appending(path: "file"))
        try FileManager.default.createSymbolicLink(atPath: taken.path + "/link", withDestinationPath: "/var")
        let outcome = try await program.run(["new"] + words)
        #expect(outcome.status == status)
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(outcome.errors.contains("\n  "), "no way out: \(outcome.errors)")
        #expect(!FileManager.default.fileExists(atPath: program.home.path), "a journal was made")
        #expect(try String(contentsOf: taken.appending(path: "file"), encoding: .utf8) == "mine")
    }

    @Test("makes a starter for a description as long as one may be, in letters of more bytes", arguments: ["é ", "语言"])
    func longest(letters: String) async throws {
        let words = Self.description + " "
        let text = words + String(repeating: letters, count: (50_000 - words.count) / 2)
        let outcome = try await program.run(["new", "-", "--into", "out", "--json"], input: text)
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(FileManager.default.fileExists(atPath: program.path("out/README.md").path))
    }

    @Test("is refused in a folder that has been removed, unless the result has a place of its own")
    func removedFolder() async throws {
        func new(_ words: [String]) async throws -> ProgramOutcome {
            try await ChildProgram.run(
                "/bin/sh",
                ["-c", #"mkdir gone && cd gone && rmdir ../gone && exec "$0" new "$@""#, Program.binary] + words,
                environment: ["DRYDOCK_HOME": program.home.path, "PATH": "/usr/bin:/bin"],
                folder: program.folder.path
            )
        }
        let name = "gone-\(UUID())"
        for words in [["a Python library about \(name)"], [Self.description, "--into", name]] {
            let refused = try await new(words)
            #expect(refused.status == 2, "\(refused.output)\(refused.errors)")
            #expect(refused.errors.contains("the present folder has been removed\n  "), "\(refused.errors)")
        }
        #expect(!FileManager.default.fileExists(atPath: program.home.path), "a journal was made")
        #expect(!FileManager.default.fileExists(atPath: "/" + name))
        let made = try await new([Self.description, "--toolchain", "host", "--into", program.path("out").path])
        #expect(made.status == 0, "\(made.output)\(made.errors)")
    }

    @Test("lists names as JSON, too")
    func names() async throws {
        #expect(try await program.run("runs", "--names", "--json").json() == [])
        let made = try await program.run("new", Self.description, "--into", "roman", "--json").json()
        #expect(try await program.run("runs", "--names", "--json").json() == .array([made["run"] ?? nil]))
        let snapshots = try await program.run("snapshots", "--names", "--json").json()
        #expect(snapshots == .array([made["snapshot"]?["id"] ?? nil]))
        #expect(try await program.run("guides", "list", "--names", "--json").json().array?.contains("python") == true)
    }

    @Test("refuses a description that is not UTF-8")
    func notUTF8() async throws {
        let outcome = try await ChildProgram.run(
            "/bin/sh",
            ["-c", #"printf 'a\377b' | "$0" new -"#, Program.binary],
            environment: ["DRYDOCK_HOME": program.home.path, "PATH": "/usr/bin:/bin"]
        )
        #expect(outcome.status == 2)
        #expect(outcome.errors.contains("is not valid UTF-8"))
    }

    @Test("goes on to its end when all its streams were closed before it began")
    func closedStreams() async throws {
        let outcome = try await ChildProgram.run(
            "/bin/sh",
            [
                "-c", #"exec "$0" new "$1" --toolchain host --into roman <&- >&- 2>&-"#, Program.binary,
                Self.description,
            ],
            environment: ["DRYDOCK_HOME": program.home.path, "PATH": "/usr/bin:/bin"],
            folder: program.folder.path
        )
        #expect(outcome.status == 0)
        #expect(try await program.run("verify").status == 0)
    }

    @Test("that is interrupted is cancelled, and cannot be resumed")
    func interrupt() async throws {
        let call = try program.start("new", Self.description, "--into", "roman")
        try await waitForSandbox(call)
        call.send(SIGINT)
        let outcome = try await call.outcome()
        #expect(outcome.status == 130)
        #expect(outcome.errors.contains("interrupt again to stop at once"))
        #expect(outcome.output.contains("The run was cancelled."))
        #expect(try await program.run("runs", "--json").json()[0]?["state"] == "cancelled")
        let again = try await program.run("resume", "latest")
        #expect(again.status == 2)
        #expect(again.errors.split(separator: "\n").count == 2, "\(again.errors)")
        let watched = try await program.run("watch", "latest")
        #expect(watched.output.hasSuffix("run cancelled\n"), "\(watched.output)")
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "roman").path))
    }

    @Test(
        "that is terminated, or killed, is delivered by resume to the folder that it was started with",
        arguments: [SIGTERM, SIGKILL]
    )
    func resume(signal: Int32) async throws {
        let call = try program.start("new", Self.description, "--into", "roman")
        try await waitForSandbox(call)
        call.send(signal)
        let stopped = try await call.outcome()
        #expect(stopped.status == (signal == SIGTERM ? 130 : 137))
        #expect(signal == SIGKILL || stopped.errors.contains("go on with: drydock resume "))
        #expect(try await program.run("runs").output.contains("interrupted"))
        let shown = try await program.run("show", "latest")
        #expect(shown.output.hasPrefix("The run was interrupted: its process has gone."), "\(shown.output)")
        let resumed = try await program.run("resume", "latest", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        #expect(!resumed.errors.contains("planned '"), "the beginning is no news")
        #expect(resumed.errors.contains("delivered to "))
        let folder = program.folder.appending(path: "roman")
        #expect(try resumed.json()["delivered"]?["folder"]?.string == folder.path)
        #expect(FileManager.default.fileExists(atPath: folder.appending(path: "README.md").path))
        #expect(try await program.run("replay", "latest").status == 0)
    }

    @Test("has one owner: a second one ends with 11")
    func busy() async throws {
        let call = try program.start("new", Self.description, "--into", "roman")
        try await waitForSandbox(call)
        let second = try await program.run("resume", "latest", "--json")
        #expect(second.status == 11, "\(second.errors)")
        #expect(try second.error()["kind"] == "busy")
        #expect(try await call.outcome().status == 0)
    }

    @Test("is paused and cancelled from another process")
    func control() async throws {
        let call = try program.start("new", Self.description, "--into", "roman")
        try await waitForSandbox(call)
        let paused = try await program.run("pause", "latest", "--json")
        #expect(try paused.json()["state"] == "paused")
        #expect(try await call.outcome().status == 130)
        let cancelled = try await program.run("cancel", "latest", "--json")
        #expect(try cancelled.json()["state"] == "cancelled")
        let again = try await program.run("retry", "latest", "--into", "again", "--json")
        #expect(again.status == 0, "\(again.errors)")
        #expect(try await program.run("runs", "--names").output.split(separator: "\n").count == 2)
    }

    /// Waits until the run has entered its toolchain: from there on it takes seconds.
    private func waitForSandbox(_ call: Call) async throws {
        for _ in 0..<600 {
            if try call.errorsSoFar().contains("toolchain ") { return }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the run did not begin: \(try call.errorsSoFar())")
    }
}

@Suite("Damage", .tags(.large), .temporaryDirectory)
struct DamageCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    private var journal: URL { program.home.appending(path: "state/journal.sqlite") }

    private func writeJournal(_ bytes: [UInt8]) throws {
        try FileManager.default.createDirectory(
            at: journal.deletingLastPathComponent(),
            withIntermediateDirectories: true
        )
        try Data(bytes).write(to: journal)
    }

    @Test(
        "of the database is said with status 9, and nothing is overwritten",
        arguments: [["runs"], ["new", "a Go tool"], ["verify"]]
    )
    func database(words: [String]) async throws {
        let bytes = [UInt8](repeating: 0x5A, count: 9_000)
        try writeJournal(bytes)
        let outcome = try await program.run(words)
        #expect(outcome.status == 9, "\(outcome.errors)")
        #expect(try Array(Data(contentsOf: journal)) == bytes)
    }

    @Test(
        "names that are not there end with 10",
        arguments: [
            ["show", "zzz"], ["show", "latest"], ["resume", "0"], ["watch", "a"], ["restore", "ff", "x"],
            ["replay", "q"], ["verify", "--run", "x"],
        ]
    )
    func missing(words: [String]) async throws {
        let outcome = try await program.run(words)
        #expect(outcome.status == 10, "\(outcome.errors)")
        #expect(outcome.errors.contains("there is no "))
    }

    @Test("of a snapshot's archive is found by verify, and refused by restore")
    func snapshot() async throws {
        let made = try await program.run("new", "a Python library for dates", "--into", "dates", "--json").json()
        let location = try #require(made["snapshot"]?["location"]?.string)
        let id = try #require(made["snapshot"]?["id"]?.string)
        var bytes = try Array(Data(contentsOf: URL(filePath: location)))
        bytes[bytes.count / 2] ^= 1
        try Data(bytes).write(to: URL(filePath: location))
        let verify = try await program.run("verify", "--json")
        #expect(verify.status == 9)
        #expect(try verify.json().array?.contains { $0["snapshot"]?.string == id } == true)
        let restore = try await program.run("restore", id, "again")
        #expect(restore.status == 9, "\(restore.errors)")
        #expect(!FileManager.default.fileExists(atPath: program.folder.appending(path: "again").path))
    }
}

@Suite("The doctor", .tags(.large), .temporaryDirectory)
struct DoctorCommandTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    @Test("tries every part and says so as JSON")
    func healthy() async throws {
        let outcome = try await program.run("doctor", "--json")
        let report = try outcome.json()
        #expect((outcome.status == 0) == (report["ok"] == true))
        let findings = try #require(report["findings"]?.array)
        let subjects = Set(findings.compactMap { $0["subject"]?.string })
        #expect(
            subjects.isSuperset(of: [
                "kernel", "bubblewrap", "library", "limits", "nix", "disk", "settings", "journal", "toolchain cargo",
            ])
        )
        for finding in findings where finding["status"] != "ok" {
            #expect(finding["remedy"]?.string?.isEmpty == false, "\(finding.text)")
        }
    }

    @Test(
        "names a library that cannot be loaded, and its package; what needs none goes on",
        arguments: [
            ("libgit2.so.1.5", "libgit2-1.5"), ("libarchive.so.13", "libarchive13"), ("libcurl.so.4", "libcurl4"),
        ]
    )
    func missingLibrary(file: String, package: String) async throws {
        var program = program
        #expect(try await program.run("new", "a static web page about dogs", "--into", "before").status == 0)
        let snapshot = try #require(try await program.run("snapshots", "--names").output.split(separator: "\n").first)
        let folder = TemporaryDirectory.current.appending(path: "libraries")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data().write(to: folder.appending(path: file))
        program.environment["LD_LIBRARY_PATH"] = folder.path
        let outcome = try await program.run("doctor")
        #expect(outcome.output.contains("cannot be loaded"), "\(outcome.output)")
        #expect(outcome.output.contains("install the package \(package)"), "\(outcome.output)")
        #expect(try await program.run("runs").status == 0)
        guard file != "libcurl.so.4" else { return #expect(outcome.status == 0, "the built-in model needs no network") }
        #expect(outcome.status == 3)
        let run = try await program.run("new", "a static web page about dogs", "--into", "page")
        #expect(run.status == 3 && run.errors.contains("install the package \(package)"), "\(run.errors)")
        let names = try await program.run("runs", "--names").output
        #expect(names.split(separator: "\n").count == 1, "it is refused before there is a run")
        for call in [["restore", String(snapshot), "back"], ["verify"]] {
            let outcome = try await program.run(call)
            // An archive is checked without git.
            let isNeeded = call[0] == "restore" || file.contains("archive")
            #expect(outcome.status == (isNeeded ? 3 : 0), "\(call): \(outcome.errors)")
            #expect(outcome.errors.contains("cannot be loaded") == isNeeded, "\(call): \(outcome.errors)")
            #expect(!(outcome.output + outcome.errors).contains("damaged"), "\(call): \(outcome.output)")
        }
    }

    @Test("works when the configuration does not, and names the mistake")
    func brokenSettings() async throws {
        let file = program.home.appending(path: "config/config.yaml")
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data("pipelin: x\n".utf8).write(to: file)
        let outcome = try await program.run("doctor")
        #expect(outcome.status == 3)
        #expect(outcome.output.contains("there is no setting 'pipelin'"))
    }
}
