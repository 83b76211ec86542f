import Core
import Foundation
import Models
import TestSupport
import Testing

/// Runs of the real binary with a model that is scripted, behind real sockets.
@Suite("A run with a model", .tags(.large), .temporaryDirectory)
struct ModelRunTests {
    private static let key = "sk-planted-0123456789abcdef"
    private let program: Program

    init() throws {
        var program = try Program(below: TemporaryDirectory.current)
        program.environment["VENDOR_KEY"] = Self.key
        self.program = program
    }

    /// Configures the provider `scripted` and returns what to call `new` with.
    private func configure(_ vendor: ScriptedVendor, _ format: VendorFormat, more: String = "") throws {
        let profile = vendor.profile(format)
        try program.configure(
            "config.yaml",
            """
            model: scripted/scripted
            providers:
              scripted:
                format: \(format.rawValue)
                url: \(profile.baseURL)
                key: {env: VENDOR_KEY}
            \(more)
            """
        )
    }

    private func new(into folder: String, _ more: String...) async throws -> Program.Outcome {
        try await program.run(["new", ScriptedProject.description, "--into", folder, "--json"] + more)
    }

    @Test("makes what was described, the same through each wire format")
    func formats() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        var trees: [String: FolderContents] = [:]
        for format in VendorFormat.allCases {
            try configure(vendor, format)
            let outcome = try await new(into: format.rawValue)
            #expect(outcome.status == 0, "\(format): \(outcome.errors)\(outcome.output)")
            let report = try outcome.json()
            #expect(report["scope"] == "described" && report["verified"] == true)
            #expect(report["model"] == ["provider": "scripted", "name": "scripted"])
            #expect(report["usage"]?["calls"]?.integer ?? 0 >= 7 && report["usage"]?["outputTokens"] != 0)
            trees[format.rawValue] = try FolderContents(of: program.path(format.rawValue))
        }
        #expect(Set(trees.values.map(\.description)).count == 1 && trees.values.allSatisfy { $0 == trees["openai"] })
        #expect(trees["openai"]?.paths.contains("roman/__init__.py") == true)
        #expect(try await program.run("replay", "latest").status == 0)
        let shown = try await program.run("show", "latest").output
        #expect(shown.contains("generate ") && shown.contains("scripted ") && shown.contains(" tokens, "), "\(shown)")
        #expect(try filesWithKey() == [])
    }

    /// The files below Drydock's home that hold the planted key.
    private func filesWithKey() throws -> [String] {
        let key = Data(Self.key.utf8)
        return try FileManager.default.subpathsOfDirectory(atPath: program.home.path).filter { path in
            let data = try? Data(contentsOf: program.home.appending(path: path))
            return data?.range(of: key) != nil
        }
    }

    @Test("waits when its budget is used up, and goes on with a larger one")
    func budget() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .openai)
        let stopped = try await new(into: "out", "--max-calls", "3")
        #expect(stopped.status == 7, "\(stopped.errors)\(stopped.output)")
        let report = try stopped.json()
        #expect(report["state"] == "parked" && report["usage"]?["calls"] == 3)
        #expect(report["failure"]?["message"]?.string?.hasPrefix("the budget of 3 calls") == true)
        // Besides the calls there was the check of what the model can do.
        let asked = vendor.questions.count
        #expect(asked == 4)
        let run = try #require(report["run"]?.string)
        let again = try await program.run("resume", run, "--json")
        #expect(again.status == 7 && vendor.questions.count == asked)
        let resumed = try await program.run("resume", run, "--max-calls", "50", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let calls = try resumed.json()["usage"]?["calls"]
        #expect(calls == .integer(Int64(vendor.questions.count + 3 - asked)))
        #expect(try await program.run("runs", "--json").json()[0]?["usage"]?["calls"] == calls)
    }

    @Test("asks the next model when the first one fails, and says so")
    func fallback() async throws {
        let failing = try ScriptedVendor { question in
            // Follows schemas, and breaks down when it is asked for more.
            question.contract == "capability" ? ScriptedProject.answer(question) : .error(500)
        }
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .anthropic, more: "  failing: {url: '\(failing.server.url)/v1', format: openai}")
        let outcome = try await program.run(
            "new",
            ScriptedProject.description,
            "--into",
            "out",
            "--json",
            "--model",
            "failing/scripted"
        )
        #expect(outcome.status == 1, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["state"] == "parked" && outcome.json()["failure"]?["class"] == "infrastructure")
        #expect(failing.questions.filter { $0.contract == "plan" }.count == 3)
        var program = program
        program.environment["DRYDOCK_MODEL"] = "failing/scripted"
        try configure(
            vendor,
            .anthropic,
            more:
                "  failing: {url: '\(failing.server.url)/v1', format: openai}\nroutes: {fallback: [scripted/scripted]}"
        )
        let saved = try await program.run("new", ScriptedProject.description, "--into", "saved", "--json")
        #expect(saved.status == 0, "\(saved.errors)\(saved.output)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("asking 'scripted' instead"), "\(events)")
    }

    @Test("stops at once with a key that is not accepted or missing, and goes on when that is mended")
    func keys() async throws {
        let vendor = try ScriptedVendor(key: "another-key-0123", ScriptedProject.answer)
        try configure(vendor, .openai)
        let refused = try await new(into: "out")
        #expect(refused.status == 3, "\(refused.errors)\(refused.output)")
        #expect(try refused.json()["failure"]?["message"]?.string?.contains("does not accept the key") == true)
        #expect(vendor.questions.count == 1)
        #expect(try refused.json()["state"] == "parked")
        #expect(try refused.json()["failure"]?["message"]?.string?.contains("; ") == true)
        let shown = try await program.run("show", "latest").output.split(separator: "\n")
        #expect(shown[1].hasPrefix("  ") && shown[2].hasPrefix("Go on with: "), "\(shown)")
        var mended = program
        mended.environment["VENDOR_KEY"] = "another-key-0123"
        let resumed = try await mended.run("resume", "latest", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)\(resumed.output)")
        #expect(FileManager.default.fileExists(atPath: program.path("out/roman/__init__.py").path))
        var keyless = program
        keyless.environment["VENDOR_KEY"] = nil
        let missing = try await keyless.run("new", ScriptedProject.description, "--json")
        #expect(missing.status == 3)
        #expect(try missing.error()["message"]?.string?.contains("VENDOR_KEY is not set") == true)
        #expect(try await program.runNames().count == 1)
    }

    @Test("is refused offline, unless its model is on this machine")
    func offline() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .ollama, more: "  far: {url: 'https://192.0.2.1/v1', model: m}")
        let near = try await new(into: "near", "--offline")
        #expect(near.status == 0, "\(near.errors)\(near.output)")
        let far = try await new(into: "far", "--offline", "--model", "far/m")
        #expect(far.status == 5, "\(far.errors)\(far.output)")
        #expect(far.errors.contains("Drydock is offline"))
        try configure(vendor, .ollama, more: "  far: {url: 'https://192.0.2.1/v1'}")
        let nameless = try await new(into: "far", "--offline", "--model", "far")
        #expect(nameless.status == 5 && nameless.errors.contains("'far' is not on this machine"), "\(nameless.errors)")
        #expect(try await program.runNames().count == 1, "nothing is recorded of what cannot begin")
    }

    @Test("takes the network for missing only where a model of this machine can be asked in its place")
    func unreachable() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        let far = "  far: {url: 'http://far.invalid/v1', model: m}\n"
        try configure(vendor, .openai, more: far + "routes: {fallback: [scripted/scripted]}")
        let saved = try await new(into: "saved", "--model", "far/m")
        #expect(saved.status == 0, "\(saved.errors)\(saved.output)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("Drydock is offline"), "\(events)")
        try configure(vendor, .openai, more: far)
        let alone = try await new(into: "alone", "--model", "far/m")
        #expect(alone.status == 1, "\(alone.errors)\(alone.output)")
        #expect(try alone.json()["state"] == "parked" && alone.json()["failure"]?["class"] == "infrastructure")
    }

    @Test("begins without a fallback, or a role's model, that nobody offers, and says so")
    func missingFallback() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        var program = program
        program.environment["OLLAMA_HOST"] = "127.0.0.1:9"
        try configure(vendor, .openai, more: "routes: {plan: nobody-has-it, fallback: [ollama]}")
        let outcome = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(outcome.errors.contains("'ollama' is not used: "), "\(outcome.errors)")
        #expect(outcome.errors.contains("'nobody-has-it' is not used: none of scripted"), "\(outcome.errors)")
        let events = try await program.run("watch", "latest", "--no-follow").output
        #expect(events.contains("'ollama' is not used: "), "\(events)")
        let shown = try await program.run("show", "latest", "-q").output
        #expect(shown.contains("\n  - 'ollama' is not used: "), "\(shown)")
        let again = try await program.run("retry", "latest", "--into", "again")
        #expect(again.output.contains("\n  - 'ollama' is not used: "), "\(again.errors)\(again.output)")
        #expect(try await program.run("replay", "latest").status == 0)
        let first = try await program.run("new", ScriptedProject.description, "--model", "nobody-has-it", "--json")
        #expect(first.status == 3)
    }

    @Test("takes the provider whose key is in the environment, and the newest model that it lists")
    func automatic() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        var program = program
        program.environment["OPENAI_API_KEY"] = Self.key
        program.environment["OPENAI_BASE_URL"] = vendor.server.url + "/v1"
        let outcome = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        #expect(try outcome.json()["model"] == ["provider": "openai", "name": "scripted"])
        let nobody = try await program.run("new", ScriptedProject.description, "--model", "openai/other", "-q")
        #expect(nobody.status == 0, "an unlisted model is replaced: \(nobody.errors)")
        #expect(nobody.output.contains("\n  - 'openai/other' is not used: "), "\(nobody.output)")
        let unknown = try await program.run("new", ScriptedProject.description, "--model", "nobody-has-it", "--json")
        #expect(unknown.status == 3, "\(unknown.errors)")
    }

    @Test("needs prices for a budget in dollars, and keeps to it")
    func dollars() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .openai)
        // On this machine nothing costs anything, unless a price says so.
        #expect(try await new(into: "free", "--budget", "0.01").status == 0)
        try configure(vendor, .openai, more: "    prices: {scripted: {input: 100, output: 1000}}")
        let stopped = try await new(into: "dear", "--budget", "0.01")
        #expect(stopped.status == 7, "\(stopped.errors)\(stopped.output)")
        let run = try #require(try stopped.json()["run"]?.string)
        let resumed = try await program.run("resume", run, "--budget", "500", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        // 100 tokens in and 20 out for each call.
        let usage = try resumed.json()["usage"]
        let calls = Double(try #require(usage?["calls"]?.integer))
        let cost = try #require(usage?["costUSD"]).text
        #expect(abs((Double(cost) ?? 0) - calls * 0.03) < 0.05, "\(cost) for \(calls)")
    }

    @Test("is made again from a recording, without a network and without the model")
    func recording() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .gemini)
        let first = try await new(into: "first", "--record", "calls.jsonl")
        #expect(first.status == 0, "\(first.errors)")
        let asked = vendor.questions.count
        let text = try String(contentsOf: program.path("calls.jsonl"), encoding: .utf8)
        #expect(!text.contains(Self.key) && text.contains(#""contract":"verdict""#))
        var elsewhere = try Program(below: TemporaryDirectory.current.appending(path: "elsewhere"))
        elsewhere.environment["DRYDOCK_OFFLINE"] = "on"
        let played = try await elsewhere.run(
            "new",
            "--playback",
            program.path("calls.jsonl").path,
            "--into",
            "again",
            "--json"
        )
        #expect(played.status == 0, "\(played.errors)\(played.output)")
        #expect(try FolderContents(of: elsewhere.path("again")) == FolderContents(of: program.path("first")))
        let run = try #require(try first.json()["run"]?.string)
        let replayed = try await program.run("new", "--replay", run, ScriptedProject.description, "--into", "third")
        #expect(replayed.status == 0, "\(replayed.errors)")
        #expect(try FolderContents(of: program.path("third")) == FolderContents(of: program.path("first")))
        #expect(vendor.questions.count == asked)
        let other = try await program.run("new", "--replay", run, "a Go library for prime numbers", "--json")
        #expect(other.status != 0 && other.output.contains("no answer to this 'plan' is recorded"))
        try Data("{}".utf8).write(to: program.path("broken"))
        let broken = try await program.run("new", "--playback", "broken")
        #expect(broken.status == 2 && broken.errors.contains("is no recording: line 1"))
        let both = try await program.run("new", "--replay", run, "--model", "builtin")
        #expect(both.status == 2 && both.errors.contains("--model has no use with"), "\(both.errors)")
        #expect(try await program.run("new").status == 2)
    }

    @Test("keeps keys out of every file, wherever they turn up", arguments: VendorFormat.allCases)
    func secrets(format: VendorFormat) async throws {
        let vendor = try ScriptedVendor(key: Self.key, offering: ["m-\(Self.key)", "scripted"]) { question in
            guard question.contract == "staff" || question.contract == "review", !question.isRepair else {
                return ScriptedProject.answer(question)
            }
            // No answer that can be used: it comes back in a repair, and in the run's record.
            return VendorAnswer("the key is \(Self.key), is it not?")
        }
        let file = program.home.path + "-key"
        try Data((Self.key + "\n").utf8).write(to: URL(filePath: file))
        let trace = program.home.path + "-trace"
        let command = "{command: [sh, -c, 'echo x >> \(trace); cat \(file)']}"
        for source in ["{env: VENDOR_KEY}", "{file: \(file)}", command] {
            var program = program
            if !source.contains("VENDOR_KEY") { program.environment["VENDOR_KEY"] = nil }
            try configure(vendor, format)
            let config = program.home.appending(path: "config/config.yaml")
            let text = try String(contentsOf: config, encoding: .utf8).replacing("{env: VENDOR_KEY}", with: source)
            try Data(text.utf8).write(to: config)
            let outcome = try await program.run(
                "new",
                ScriptedProject.description + ", and remember \(Self.key)",
                "--into",
                "out-\(UUID())",
                "--record",
                "calls-\(UUID())",
                "--json"
            )
            #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
            #expect(!(outcome.output + outcome.errors).contains(Self.key))
        }
        #expect(try String(contentsOfFile: trace, encoding: .utf8) == "x\n", "a run looks its key up once")
        for listing in [["models", "list"], ["models", "list", "--run", "latest"], ["models", "status"]] {
            let shown = try await program.run(listing)
            #expect(shown.output.contains("scripted") && !(shown.output + shown.errors).contains(Self.key))
        }
        #expect(try filesWithKey() == [])
        for path in try FileManager.default.subpathsOfDirectory(atPath: program.folder.path) {
            let data = try? Data(contentsOf: program.path(path))
            #expect(data?.range(of: Data(Self.key.utf8)) == nil, "\(path)")
        }
        for question in vendor.questions { #expect(!question.user.contains(Self.key)) }
    }

    @Test("keeps other secrets of the environment out of what models' troubles leave behind")
    func otherSecrets() async throws {
        let planted = "planted-other-token-42424242"
        let vendor = try ScriptedVendor { _ in
            VendorAnswer("").bent { _ in ScriptedAnswer(#"{"error":{"message":"boom \#(planted)"}}"#, status: 500) }
        }
        try configure(vendor, .openai)
        var program = program
        program.environment["OTHER_TOKEN"] = planted
        let outcome = try await program.run("test-agent", "scripted/scripted", "hello")
        #expect(outcome.status == 1 && outcome.errors.contains("[redacted:OTHER_TOKEN]"), "\(outcome.errors)")
        let run = try await program.run(
            "new",
            ScriptedProject.description,
            "--max-time",
            "1s",
            "--into",
            "out",
            "--json"
        )
        #expect(run.status != 0 && !(run.output + run.errors).contains(planted))
        let status = try await program.run("models", "status", "--json")
        #expect(
            status.output.contains("[redacted:OTHER_TOKEN]") && !status.output.contains(planted),
            "\(status.output)"
        )
        for path in try FileManager.default.subpathsOfDirectory(atPath: program.home.path) {
            let data = try? Data(contentsOf: program.home.appending(path: path))
            #expect(data?.range(of: Data(planted.utf8)) == nil, "\(path)")
        }
    }
}
