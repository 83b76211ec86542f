import Core
import Foundation
import Journal
import TestSupport
import Testing

/// Every setting does something: what is seen of a program with the default, and with another value.
@Suite("A setting", .tags(.large), .temporaryDirectory, .serialized)
struct SettingEffectTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    @Test("has an effect", arguments: SettingEffect.all)
    func effect(effect: SettingEffect) async throws {
        try program.addGuide(build: effect.build)
        #expect(try await effect.observe(program) == effect.usually)
        var changed = program
        changed.environment[SettingEffect.variable(effect.setting)] = effect.value
        #expect(try await effect.observe(changed) == effect.then)
    }

    @Test("is in the list of those that have an effect")
    func complete() async throws {
        let settings = try #require(try await program.run("config", "show", "--json").json().array)
        let names = Set(settings.compactMap { $0["name"]?.string })
        #expect(names == Set(SettingEffect.all.map { $0.setting }))
    }
}

struct SettingEffect: Sendable, CustomTestStringConvertible {
    let setting: String
    let value: String
    /// The build command of the stack that the run is of.
    var build = "true"
    /// What is seen with the default.
    let usually: String
    /// What is seen with the value.
    let then: String
    let observe: @Sendable (Program) async throws -> String

    var testDescription: String { setting }

    static func variable(_ name: String) -> String {
        name.reduce(into: "DRYDOCK_") { text, letter in
            text += letter == "." ? "_" : letter.isUppercase ? "_\(letter)" : letter.uppercased()
        }
    }

    static let all = choices + models + limits + crew + surroundings

    /// Makes a project and returns a member of its report.
    private static func report(_ member: String, _ words: [String] = []) -> @Sendable (Program) async throws -> String {
        { program in
            let outcome = try await program.run(
                ["new", "a harbourlang tool that greets", "--into", "out-\(UUID())", "--json"] + words
            )
            let report = try JSONValue(parsing: outcome.output.isEmpty ? outcome.errors : outcome.output)
            return report[member]?.string ?? report[member]?.text ?? report["error"]?["message"]?.string ?? report.text
        }
    }

    private static let choices = [
        SettingEffect(setting: "pipeline", value: "mine", usually: "crew", then: "mine") { program in
            let text = "name: mine\ntitle: T\nphases:\n  - name: plan\n    ask: plan\n"
            try program.configure("pipelines/mine.yaml", text)
            return try await report("pipeline", ["--toolchain", "host"])(program)
        },
        SettingEffect(
            setting: "model",
            value: "no-such",
            usually: "builtin",
            then: "the model 'no-such' cannot be used: no provider is configured"
        ) { program in
            let text = try await report("model", ["--toolchain", "host"])(program)
            return text.contains("\"builtin\"") ? "builtin" : text
        },
        SettingEffect(setting: "toolchain", value: "host", usually: "asked for: false", then: "asked for: true") {
            program in
            _ = try await report("toolchain")(program)
            let events = try await program.run("watch", "latest", "--no-follow").output
            return "asked for: \(events.contains("asked for"))"
        },
        SettingEffect(setting: "nixpkgs", value: "path:/no/such/nixpkgs", usually: "false", then: "true") { program in
            try program.addGuide(flake: "rust")
            let outcome = try await program.run(
                "new",
                "a harbourlang tool that greets",
                "--toolchain",
                "nix",
                "--into",
                "out-\(UUID())"
            )
            #expect(outcome.status != 0)
            return "\((outcome.output + outcome.errors).contains("/no/such/nixpkgs"))"
        },
        SettingEffect(
            setting: "sandbox.isolation",
            value: "none",
            usually: "bubblewrap",
            then: "none",
            observe: report("isolation", ["--toolchain", "host"])
        ),
        SettingEffect(setting: "snapshot.backend", value: "nix", usually: "archive", then: "nix") { program in
            let text = try await report("snapshot", ["--toolchain", "host"])(program)
            // Without Nix the run is refused, for want of 'nix-store'.
            return text.contains("\"backend\":\"archive\"") ? "archive" : text.contains("nix") ? "nix" : text
        },
    ]

    private static func limit(_ name: String, _ value: String, _ build: String) -> SettingEffect {
        SettingEffect(
            setting: "limits." + name,
            value: value,
            build: build,
            usually: "completed",
            then: "failed",
            observe: report("state", ["--toolchain", "host"])
        )
    }

    private static let limits = [
        limit("wallClock", "1s", "sleep 1.5"),
        limit("memory", "32MiB", "head -c 150000000 /dev/zero | tail -c 100000000 >/dev/null"),
        limit("processes", "8", "for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16; do sleep 0.5 & done; wait"),
        limit("disk", "1MiB", "head -c 5000000 /dev/zero >big && rm big"),
        limit("files", "1000", "mkdir many && cd many && seq 1 4000 | xargs touch && sleep 1.5; cd .. && rm -r many"),
        SettingEffect(
            setting: "limits.output",
            value: "4KiB",
            build: "seq 1 20000",
            usually: "whole",
            then: "cut"
        ) { program in
            #expect(try await report("state", ["--toolchain", "host"])(program) == "completed")
            let steps = try await program.run("show", "latest", "--json").json()["steps"]?.array ?? []
            let step = steps.compactMap { $0["step"]?.string }.first { $0.hasSuffix("/build") } ?? ""
            let output =
                try await program.run("show", "latest", "--step", step, "--json").json()["output"]?.string ?? ""
            #expect(output.hasPrefix("1\n2\n") && output.hasSuffix("\n20000\n"))
            return output.contains("\n10000\n") ? "whole" : output.utf8.count < 5_000 ? "cut" : output
        },
    ]

    private static let crew = [
        SettingEffect(setting: "fix.attempts", value: "0", build: "exit 1", usually: "true", then: "false") { program in
            #expect(try await report("state", ["--toolchain", "host"])(program) == "failed")
            let steps = try await program.run("show", "latest", "--json").json()["steps"]?.array ?? []
            return "\(steps.contains { $0["step"]?.string?.contains("/fix-1/") == true })"
        },
        SettingEffect(setting: "chat.rounds", value: "1", usually: "true", then: "false") { program in
            #expect(try await report("state", ["--toolchain", "host"])(program) == "completed")
            let steps = try await program.run("show", "latest", "--json").json()["steps"]?.array ?? []
            return "\(steps.contains { $0["step"]?.string?.contains("/round-2/") == true })"
        },
        SettingEffect(
            setting: "crew.width",
            value: "1",
            build: "sleep 0.5",
            usually: "side by side",
            then: "one after the other",
            observe: order
        ),
        SettingEffect(setting: "commit.name", value: "Ada", usually: "Drydock", then: "Ada", observe: author("%an")),
        SettingEffect(
            setting: "commit.email",
            value: "ada@example.org",
            usually: "drydock@localhost",
            then: "ada@example.org",
            observe: author("%ae")
        ),
    ]

    private static func author(_ format: String) -> @Sendable (Program) async throws -> String {
        { program in
            let folder = "out-\(UUID())"
            #expect(try await program.run(program.harbourCall(into: folder)).status == 0)
            let log = try await Tool.run(["git", "log", "--format=\(format)"], in: program.path(folder))
            return Set(log.output.split(separator: "\n").map(String.init)).sorted().joined(separator: ",")
        }
    }

    /// How the crews of two components work.
    @Sendable private static func order(_ program: Program) async throws -> String {
        let guide = try String(contentsOf: program.home.appending(path: "config/guides/harbour.md"), encoding: .utf8)
        let other = guide.replacing("harbourlang", with: "quaylang").replacing("Harbourlang", with: "Quaylang")
            .replacing("[command-line-tool]", with: "[library]").replacing(": command-line-tool", with: ": library")
        try program.configure("guides/quay.md", other)
        let outcome = try await program.run(
            "new",
            "a harbourlang command line tool and a quaylang library",
            "--toolchain",
            "host",
            "--into",
            "out-\(UUID())",
            "--json"
        )
        #expect(outcome.status == 0, "\(outcome.output) \(outcome.errors)")
        let events = try await program.run("watch", "latest", "--no-follow", "--jsonl").output.split(separator: "\n")
        var crews: [String] = []
        for event in try events.map({ try JSONValue(parsing: String($0)) }) {
            let path = event["step"]?.string?.split(separator: "/").map(String.init) ?? []
            if path.count > 1, path[0] == "crew", crews.last != path[1] { crews.append(path[1]) }
        }
        #expect(Set(crews).count == 2, "\(crews)")
        return crews.count == 2 ? "one after the other" : "side by side"
    }

    private static let surroundings = [
        SettingEffect(setting: "retention.days", value: "1", usually: "kept", then: "dropped") { program in
            try await oldRun(in: program)
            let dropped = try await program.run("prune", "--dry-run", "--json").json()["runs"]?.array
            return dropped.map { $0.isEmpty ? "kept" : "dropped" } ?? "?"
        },
        SettingEffect(setting: "color", value: "always", usually: "plain", then: "coloured") { program in
            let outcome = try await program.run("show", "no-such-run")
            let list = try await program.run("config", "show")
            let coloured = [outcome.errors, list.output].map { $0.contains("\u{1b}[") }
            return coloured == [true, true] ? "coloured" : coloured == [false, false] ? "plain" : "\(coloured)"
        },
    ]

    /// A run that ended two days ago.
    private static func oldRun(in program: Program) async throws {
        struct Then: WallClock {
            let milliseconds = SystemClock().milliseconds - 2 * 86_400_000
        }
        let state = program.home.appending(path: "state")
        try FileManager.default.createDirectory(at: state, withIntermediateDirectories: true)
        let store = try await SQLiteJournal(path: state.appending(path: "journal.sqlite").path)
        let clock = Then()
        let run = RunID(milliseconds: clock.milliseconds, random: 1)
        try await store.createRun(run, at: clock.milliseconds, first: [EventDraft(.runCreated)], blobs: [])
        let lease = try await store.acquireLease(
            on: run,
            owner: .current,
            duration: .seconds(30),
            at: clock.milliseconds
        )
        let journal = try await RunJournal(store: store, run: run, lease: lease, clock: clock)
        _ = try await journal.step(StepPath("a"), input: 1) { String(repeating: "x", count: 1_000) }
        try await journal.record(.runCompleted)
        try await store.release(lease)
    }
}
