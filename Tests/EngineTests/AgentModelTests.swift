import Core
import Engine
import Foundation
import Models
import Sandbox
import TestSupport
import Testing

/// An agent CLI that a test scripts, in the real sandbox.
struct AgentBench {
    let folder = TemporaryDirectory.current.resolvingSymlinksInPath().path
    let runner: BubblewrapRunner
    let agent: ScriptedAgent

    /// The agent of a profile; what it writes to `~/log` can be read afterwards.
    init(_ profile: AgentProfile, _ script: [ScriptedAgent.Entry]) throws {
        var profile = profile
        profile.credentials.append(AgentProfile.Credential("log", isWritable: true))
        agent = try ScriptedAgent(profile, in: folder, script: script)
        try FileManager.default.createDirectory(atPath: folder + "/state", withIntermediateDirectories: true)
        runner = try BubblewrapRunner(hiding: [folder + "/state"], cache: folder + "/cache")
    }

    var log: String { (try? String(contentsOfFile: agent.home + "/log", encoding: .utf8)) ?? "" }
    var scratch: String { folder + "/state/agents" }

    func model(
        _ name: String? = nil,
        policy: AgentPolicy = AgentPolicy(),
        variables: [String: String] = [:],
        seconds: Int = 60
    ) -> AgentModel {
        var profile = agent.profile
        profile.seconds = seconds
        return AgentModel(
            profile,
            model: name,
            policy: policy,
            runner: runner,
            environment: agent.environment.merging(variables) { _, more in more },
            scratch: scratch
        )
    }

    static func request(_ description: String = "count") -> ModelRequest {
        ModelRequest(
            contract: "plan",
            instructions: "Plan it.",
            input: ["description": .string(description)],
            schema: ["type": "object"]
        )
    }

    /// What an agent throws, as a fault of a provider.
    func fault(_ model: AgentModel, _ request: ModelRequest = request()) async -> ProviderFault? {
        do {
            _ = try await model.complete(request)
            return nil
        } catch {
            return error as? ProviderFault
        }
    }
}

@Suite("An agent as a model", .tags(.large), .temporaryDirectory, .timeLimit(.minutes(2)))
struct AgentModelTests {
    /// An agent that nobody has thought of, as a configuration has it.
    private static let other = """
        {"name": "other", "command": "other-agent", "prompt": "argument", "credentials": [{"path": ".other/token"}],
         "textArguments": ["ask", "--task={prompt}"], "workArguments": ["do", "--task={prompt}"],
         "modelArguments": ["-m={model}"], "answer": {"member": "said"}}
        """
    private static let filed = """
        {"name": "filed", "prompt": "file", "workArguments": ["--task-file={file}"]}
        """

    static let profiles: [AgentProfile] = {
        let own = [other, filed].compactMap { try? JSON.decode(from: Array($0.utf8)) as AgentProfile }
        return AgentProfile.known + own
    }()

    /// What each agent has to be started with for a text, without the task.
    private static let arguments: [String: [String]] = [
        "claude": [
            "-p", "--output-format", "json", "--no-session-persistence", "--strict-mcp-config", "--tools", "",
            "--model", "m 1",
        ],
        "codex": [
            "exec", "--skip-git-repo-check", "--ephemeral", "--color", "never", "--sandbox", "read-only", "-",
            "--model", "m 1",
        ],
        "gemini": ["--output-format", "json", "--approval-mode", "default", "--model", "m 1"],
        "copilot": ["-s", "--no-color", "--no-ask-user", "--model", "m 1"],
        "other": ["ask", "--task=…", "-m=m 1"],
        "filed": ["--task-file=…"],
    ]

    @Test("answers a contract, whichever it is", arguments: profiles)
    func answers(profile: AgentProfile) async throws {
        let bench = try AgentBench(profile, [.init("plan", [.dumpArguments("~/log")], says: #"{"a": 1}"#)])
        let model = bench.model("m 1")
        #expect(model.identity == ModelIdentity(provider: profile.name, name: "m 1"))
        let reply = try await model.complete(AgentBench.request())
        #expect(reply.text == #"{"a": 1}"#)
        let counts = profile.answer.inputTokens.isEmpty ? 0 : 10
        #expect(reply.usage.inputTokens == counts)
        #expect(reply.usage.outputTokens == counts / 2)
        #expect(reply.usage.costUSD == (profile.name == "claude" ? 0.25 : 0))
        let words = try JSONValue(parsing: bench.log).array?.compactMap(\.string) ?? []
        let plain = words.map { word in
            word.contains("# Task") || word.hasSuffix("task.md") ? word.prefix { $0 != "=" } + "=…" : word
        }
        #expect(plain == Self.arguments[profile.name])
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.scratch) == [])
    }

    @Test("answers what a person asks it")
    func plainPrompt() async throws {
        let bench = try AgentBench(.codex, [.init(nil, [.dumpPrompt("~/log")], says: "42")])
        #expect(try await bench.model().answer("What is it?").text == "42")
        #expect(bench.log == "What is it?")
    }

    @Test("says neither the login that it began with nor the one that it has renewed")
    func renewedLogin() async throws {
        let renewed = #"{"claudeAiOauth": {"token": "t-renewed-by-the-agent"}}"#
        let says = "from t-secret-of-the-test to t-renewed-by-the-agent"
        let entry = ScriptedAgent.Entry("plan", [.writeHome(".claude/.credentials.json", renewed)], says: says)
        let reply = try await AgentBench(.claude, [entry]).model().complete(AgentBench.request())
        #expect(reply.text.hasPrefix("from [redacted:") && reply.text.contains(" to [redacted:"), "\(reply.text)")
        #expect(!reply.text.contains("t-secret") && !reply.text.contains("t-renewed"))
    }

    @Test("gets its task unchanged, whatever is in it", arguments: profiles)
    func literally(profile: AgentProfile) async throws {
        let nasty =
            "$(touch /tmp/x) `id` ; rm -rf ~ && echo \"'\\ | > < * ? {prompt} {file} {model} %s \u{1F600}\n\t--help"
        let bench = try AgentBench(profile, [.init("plan", [.dumpPrompt("~/log")], says: "{}")])
        _ = try await bench.model().complete(AgentBench.request(nasty))
        let text = PromptText(AgentBench.request(nasty))
        let prompt = text.system + "\n\n" + text.user
        #expect(bench.log.contains(prompt))
    }

    @Test("gets a task through a file that is too long for an argument", arguments: ["other", "filed"])
    func longTask(name: String) async throws {
        let profile = try #require(Self.profiles.first { $0.name == name })
        let bench = try AgentBench(profile, [.init("plan", [.dumpPrompt("~/log")], says: "{}")])
        let long = String(repeating: "word ", count: 100_000)
        _ = try await bench.model().complete(AgentBench.request(long))
        #expect(bench.log.contains(long))
    }

    @Test("gets no key that is charged by use", arguments: profiles)
    func strippedKeys(profile: AgentProfile) async throws {
        var profile = profile
        // Nor by way of a profile that asks for one.
        profile.environment += ["OPENAI_API_KEY", "DEEPSEEK_API_KEY"]
        profile.settings["ANTHROPIC_API_KEY"] = "sk-set-in-the-profile"
        let bench = try AgentBench(profile, [.init("plan", [.dumpEnvironment("~/log")], says: "{}")])
        let keys = AgentProfile.known.flatMap(\.billingVariables) + ["DEEPSEEK_API_KEY", "AWS_SECRET_ACCESS_KEY"]
        let variables = Dictionary(keys.map { ($0, "sk-charged-\($0)") }) { first, _ in first }
        _ = try await bench.model(variables: variables).complete(AgentBench.request())
        let seen = try #require(try JSONValue(parsing: bench.log).object)
        #expect(seen.keys.filter { $0.hasSuffix("KEY") || $0.hasPrefix("COPILOT_PROVIDER") } == [])
        #expect(!bench.log.contains("sk-"))
        #expect(seen["HOME"]?.string?.hasPrefix(bench.scratch) == true)
        for (name, value) in bench.agent.profile.settings where name != "ANTHROPIC_API_KEY" {
            #expect(seen[name]?.string == value)
        }
    }

    @Test("gets its own key where policy allows that, and no other's")
    func allowedKey() async throws {
        let bench = try AgentBench(.gemini, [.init("plan", [.dumpEnvironment("~/log")], says: "{}")])
        let variables = ["GEMINI_API_KEY": "g-1234567890", "OPENAI_API_KEY": "o-1234567890"]
        let model = bench.model(policy: AgentPolicy(allowsBilling: true), variables: variables)
        _ = try await model.complete(AgentBench.request())
        let seen = try JSONValue(parsing: bench.log)
        #expect(seen["GEMINI_API_KEY"] == "g-1234567890")
        #expect(seen["OPENAI_API_KEY"] == nil)
        // It would make the agent use the subscription after all.
        #expect(seen["GOOGLE_GENAI_USE_GCA"] == nil)
    }

    @Test("sees its credentials, may renew those that it must, and nothing else of the home")
    func credentials() async throws {
        var profile = AgentProfile.claude
        profile.credentials += [AgentProfile.Credential(".fixed"), AgentProfile.Credential(".absent")]
        let bench = try AgentBench(
            profile,
            [
                .init(
                    "plan",
                    [
                        .writeHome(".claude/.credentials.json", #"{"claudeAiOauth": {"token": "renewed"}}"#),
                        .writeHome(".fixed", "changed"), .copyHome(".ssh/id_ed25519", to: "~/log"),
                    ],
                    says: "{}"
                )
            ]
        )
        let home = bench.agent.home
        try FileManager.default.removeItem(atPath: home + "/.absent")
        try FileManager.default.createDirectory(atPath: home + "/.ssh", withIntermediateDirectories: true)
        try Data("private".utf8).write(to: URL(filePath: home + "/.ssh/id_ed25519"))
        _ = try await bench.model().complete(AgentBench.request())
        #expect(bench.log == "missing")
        #expect(try String(contentsOfFile: home + "/.fixed", encoding: .utf8) == "{}")
        let renewed = try String(contentsOfFile: home + "/.claude/.credentials.json", encoding: .utf8)
        #expect(renewed.contains("renewed"))
    }

    @Test("does not hang when it writes a megabyte to standard error")
    func flood() async throws {
        let bench = try AgentBench(.claude, [.init("plan", [.flood(1 << 20), .flood(1 << 20)], says: "{}")])
        #expect(try await bench.model().complete(AgentBench.request()).text == "{}")
    }

    @Test("is ended at its limit though it ignores TERM, with everything that it has started")
    func timeOut() async throws {
        let word = "drydock-left-\(UUID())"
        let actions: [ScriptedAgent.Action] = [.ignoreTermination, .fork(word), .sleep(600)]
        let bench = try AgentBench(.claude, [.init("plan", actions)])
        let fault = await bench.fault(bench.model(seconds: 1))
        #expect(fault?.reason == .timeout)
        #expect(fault?.provider == "claude")
        #expect(Self.processes(with: word) == [])
    }

    @Test("leaves no process behind when it ends by itself")
    func orphans() async throws {
        let word = "drydock-left-\(UUID())"
        let bench = try AgentBench(.codex, [.init("plan", [.fork(word)], says: "{}")])
        #expect(try await bench.model().complete(AgentBench.request()).text == "{}")
        #expect(Self.processes(with: word) == [])
    }

    @Test("is a fault of its own kind when it gives no answer")
    func faults() async throws {
        let table: [(ScriptedAgent.Entry, ProviderFault.Reason, String)] = [
            (.init("plan", says: "", status: 0), .malformed, "it ended well and printed no answer"),
            (.init("plan", [.flood(3)], prints: "", status: 3), .server, "it ended with 3: xxx"),
            (
                .init("plan", prints: #"{"is_error": true, "api_error_status": 429, "result": "wait"}"#, status: 1),
                .rateLimited, "wait"
            ),
            (.init("plan", prints: "Welcome!", status: 0), .malformed, "it printed: Welcome!"),
        ]
        for (entry, reason, message) in table {
            let bench = try AgentBench(.claude, [entry])
            let fault = await bench.fault(bench.model())
            #expect(fault?.reason == reason)
            #expect(fault?.message == message)
        }
    }

    @Test("is a fault when it is not there, and when nobody is logged in")
    func unavailable() async throws {
        let bench = try AgentBench(.claude, [])
        try FileManager.default.removeItem(atPath: bench.agent.home + "/.claude/.credentials.json")
        let loggedOut = await bench.fault(bench.model())
        #expect(loggedOut?.reason == .notLoggedIn)
        #expect(loggedOut?.stopsRun == true)
        let variables = ["PATH": "/usr/bin", "CLAUDE_CODE_OAUTH_TOKEN": "token-1234"]
        #expect(await bench.fault(bench.model(variables: variables))?.reason == .notInstalled)
    }

    @Test("keeps what it was given out of its faults")
    func redaction() async throws {
        let token = "token-of-the-subscription"
        let entry = ScriptedAgent.Entry("plan", prints: "I was given \(token)", status: 1)
        let bench = try AgentBench(.copilot, [entry])
        let fault = await bench.fault(bench.model(variables: ["COPILOT_GITHUB_TOKEN": token]))
        #expect(fault?.message.contains("[redacted:COPILOT_GITHUB_TOKEN]") == true, "\(String(describing: fault))")
        #expect(fault?.message.contains(token) == false)
    }

    @Test("does not tell others what logs it in")
    func secrets() async throws {
        // The script's login; a model could have been talked into reading it.
        let entry = ScriptedAgent.Entry("plan", says: "my token is t-secret-of-the-test")
        let bench = try AgentBench(.claude, [entry])
        let reply = try await bench.model().complete(AgentBench.request())
        #expect(reply.text == "my token is [redacted:~/.claude/.credentials.json:claudeAiOauth:token]")
    }

    @Test("ends with the task that asked it")
    func cancelled() async throws {
        let word = "drydock-left-\(UUID())"
        let bench = try AgentBench(.claude, [.init("plan", [.fork(word), .ignoreTermination, .sleep(600)])])
        let model = bench.model()
        let task = Task { try await model.complete(AgentBench.request()) }
        while Self.processes(with: word).isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(Self.processes(with: word) == [])
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.scratch) == [])
    }

    @Test("clears away what a process that is gone has left")
    func leftOver() async throws {
        let bench = try AgentBench(.claude, [.init("plan", says: "{}")])
        let left = bench.scratch + "/999999999-1/work"
        try FileManager.default.createDirectory(atPath: left, withIntermediateDirectories: true)
        _ = try await bench.model().complete(AgentBench.request())
        #expect(try FileManager.default.contentsOfDirectory(atPath: bench.scratch) == [])
    }

    /// The processes of this machine among whose arguments is `word`.
    private static func processes(with word: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.filter { name in
            guard Int(name) != nil else { return false }
            let arguments = FileManager.default.contents(atPath: "/proc/\(name)/cmdline") ?? Data()
            // bubblewrap's own arguments are in a file in memory.
            return String(decoding: arguments, as: UTF8.self).contains(word)
        }
    }
}
