import Core
import Foundation
import Models
import TestSupport
import Testing

@Suite("The profile of an agent", .tags(.small))
struct AgentProfileTests {
    @Test("is usable as it is for every known agent")
    func known() {
        for profile in AgentProfile.known {
            #expect(profile.problems == [], "\(profile.name)")
            #expect(!profile.billingVariables.isEmpty)
            #expect(Set(profile.billingVariables).isDisjoint(with: profile.environment + profile.loginVariables))
        }
        #expect(AgentProfile.known.map(\.name) == ["claude", "codex", "gemini", "copilot"])
    }

    @Test("needs a name and no more in a configuration")
    func decoding() throws {
        let text = #"{"name": "other", "workArguments": ["--task", "{prompt}"], "prompt": "argument"}"#
        let profile: AgentProfile = try JSON.decode(from: Array(text.utf8))
        #expect(profile.command == "other")
        #expect(profile.textArguments == ["--task", "{prompt}"])
        #expect(profile.seconds == 3_600)
        #expect(profile.problems == [])
        #expect(try JSONValue(encoding: profile).decoded() as AgentProfile == profile)
    }

    @Test(
        "says what cannot be used",
        arguments: [
            (#"{"name": "a/b"}"#, "'name' is empty or holds a '/'"),
            (#"{"name": "a", "command": "/bin/a"}"#, "'command' is '/bin/a': give a name to look up on PATH"),
            (
                #"{"name": "a", "prompt": "file", "workArguments": ["x"]}"#,
                "'textArguments' has no '{file}', and 'prompt' is 'file'"
            ),
            (
                #"{"name": "a", "credentials": [{"path": "../b"}]}"#,
                "credential '../b' is not a path below the home"
            ),
            (#"{"name": "a", "modelArguments": ["--model"]}"#, "'modelArguments' has no '{model}'"),
            (#"{"name": "a", "seconds": 0}"#, "'seconds' is 0, not from 1 to 86400"),
            (
                #"{"name": "a", "answer": {"failure": "error"}}"#,
                "'answer' reads members, and has no 'member' for the text"
            ),
        ]
    )
    func problems(text: String, problem: String) throws {
        let profile: AgentProfile = try JSON.decode(from: Array(text.utf8))
        #expect(profile.problems.first == problem)
    }

    @Test("has capabilities that many words name")
    func capabilities() throws {
        let table: [(String, AgentCapability?)] = [
            ("implementation", .implementation), ("coding", .implementation), ("code_review", .codeReview),
            ("code-review", .codeReview), ("Review", .codeReview), ("refactor", .refactoring), ("tests", .testing),
            ("qa", .testing), ("docs", .documentation), ("debug", .debugging), ("bug fixing", .debugging),
            ("design", .architecture), ("cooking", nil),
        ]
        for (tag, capability) in table { #expect(AgentCapability(tag: tag) == capability, "\(tag)") }
        #expect(AgentCapability.allCases.allSatisfy { AgentCapability(tag: $0.rawValue) == $0 })
        let entry = #"{"name": "a", "capabilities": ["coding", "QA"]}"#
        let profile = try JSON.decode(from: Array(entry.utf8)) as AgentProfile
        #expect(profile.capabilities == [.implementation, .testing])
        let wrong = #"{"name": "a", "capabilities": ["cooking"]}"#
        #expect(throws: (any Error).self) { try JSON.decode(from: Array(wrong.utf8)) as AgentProfile }
    }
}

@Suite("The output of an agent", .tags(.small))
struct AgentAnswerFormTests {
    @Test("is read from each known agent's own form")
    func forms() throws {
        let claude = """
            {"type":"result","subtype":"success","is_error":false,"api_error_status":null,"duration_ms":10,"num_turns":1,
            "result":"Done.\\n","session_id":"s","total_cost_usd":0.0125,"usage":{"input_tokens":4,
            "cache_creation_input_tokens":20,"cache_read_input_tokens":100,"output_tokens":9}}
            """
        let first = try AgentProfile.claude.answer.read(claude)
        #expect(first.text == "Done.")
        #expect(first.usage == Usage(inputTokens: 124, outputTokens: 9, costUSD: 0.0125, cachedInputTokens: 100))

        let gemini = """
            Loaded cached credentials.
            {"response": "Done.", "stats": {"models": {
              "gemini-2.5-pro": {"tokens": {"prompt": 10, "candidates": 4, "cached": 2, "thoughts": 3}},
              "gemini-2.5-flash": {"tokens": {"prompt": 5, "candidates": 1, "cached": 0, "thoughts": 0}}}}}
            """
        let second = try AgentProfile.gemini.answer.read(gemini)
        #expect(
            second
                == AgentAnswer(
                    text: "Done.",
                    usage: .init(
                        inputTokens: 15,
                        outputTokens: 8,
                        costUSD: 0,
                        cachedInputTokens: 2
                    )
                )
        )

        #expect(try AgentProfile.codex.answer.read("\u{1b}[1mDone.\u{1b}[0m\n\n").text == "Done.")
        #expect(try AgentProfile.copilot.answer.read("\n").text.isEmpty)
    }

    @Test("is a fault where the agent says that it failed, by the status that its service gave")
    func failures() {
        let table: [(AgentProfile, String, ProviderFault.Reason)] = [
            (.claude, #"{"is_error": true, "api_error_status": 401, "result": "Invalid"}"#, .unauthorized),
            (.claude, #"{"is_error": true, "api_error_status": 529, "result": "Overloaded"}"#, .overloaded),
            (.claude, #"{"is_error": true, "result": "no"}"#, .server),
            (.gemini, #"{"error": {"type": "Error", "message": "no", "code": 1}}"#, .server),
            (.claude, "no JSON at all", .malformed),
            (.claude, "", .malformed),
        ]
        for (profile, output, reason) in table {
            #expect { try profile.answer.read(output) } throws: { ($0 as? ProviderFault)?.reason == reason }
        }
        #expect { try AgentProfile.codex.answer.read("x", isWhole: false) } throws: {
            ($0 as? ProviderFault)?.reason == .tooLarge
        }
    }
}

@Suite("A look for agents", .tags(.medium), .temporaryDirectory)
struct AgentProbeTests {
    private let folder = TemporaryDirectory.current.path

    @Test("finds program, version and login, without a network")
    func available() async throws {
        let agent = try ScriptedAgent(.claude, in: folder, script: [])
        let status = await AgentProbe(environment: agent.environment).status(of: .claude)
        #expect(status.isAvailable)
        #expect(status.program == agent.programs + "/claude")
        #expect(status.version == "claude 1.2.3 (scripted)")
        #expect(status.capabilities.count == AgentCapability.allCases.count)
    }

    @Test("says why an agent cannot be used")
    func unavailable() async throws {
        let agent = try ScriptedAgent(.codex, in: folder, script: [])
        let probe = AgentProbe(environment: agent.environment)
        let statuses = await probe.statuses(of: [.claude, .codex])
        #expect(statuses.map(\.reason) == ["there is no 'claude' on PATH", nil])
        #expect(statuses[0].hint == "install claude")

        let credential = agent.home + "/.codex/auth.json"
        try Data(#"{"OPENAI_API_KEY": "sk-1", "tokens": null}"#.utf8).write(to: URL(filePath: credential))
        let billed = await probe.status(of: .codex)
        #expect(billed.reason == "not logged in: '~/.codex/auth.json' holds no login with a subscription")
        #expect(billed.hint == "run 'codex login' and log in")

        try FileManager.default.removeItem(atPath: credential)
        #expect(await probe.status(of: .codex).reason == "not logged in: '~/.codex/auth.json' is not there")
    }

    @Test("knows what in a credential file is secret, and takes names and addresses for none")
    func secrets() throws {
        let text = """
            {"tokens": {"id_token": "eyJ-0123456789-abc", "account_id": "0123456789-abcdef"}, "OPENAI_API_KEY": null,
             "email": "somebody@example.org", "token_type": "Bearer", "last": ["2026-01-01T00:00:00Z"]}
            """
        try FileManager.default.createDirectory(atPath: folder + "/.codex", withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(filePath: folder + "/.codex/auth.json"))
        let secrets = AgentProfile.codex.secrets(environment: ["HOME": folder])
        #expect(Set(secrets.values) == ["eyJ-0123456789-abc", "0123456789-abcdef"])
        #expect(secrets["~/.codex/auth.json:tokens:id_token"] == "eyJ-0123456789-abc")
    }

    @Test("takes a key that is charged by use for a login only when that is allowed")
    func billing() throws {
        let environment = ["HOME": folder, "ANTHROPIC_API_KEY": "sk-ant-1"]
        let strict = AgentLogin(of: .claude, environment: environment, allowsBilling: false)
        #expect(strict == .missing("'~/.claude/.credentials.json' is not there"))
        let free = AgentLogin(of: .claude, environment: environment, allowsBilling: true)
        #expect(free == .billingKey("ANTHROPIC_API_KEY"))
        let token = ["HOME": folder, "CLAUDE_CODE_OAUTH_TOKEN": "t"]
        #expect(
            AgentLogin(of: .claude, environment: token, allowsBilling: false) == .variable("CLAUDE_CODE_OAUTH_TOKEN")
        )
    }
}
