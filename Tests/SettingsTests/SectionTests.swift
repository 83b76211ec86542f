import Core
import Foundation
import Settings
import TestSupport
import Testing

@Suite("Sections of settings", .tags(.medium), .temporaryDirectory)
struct SectionTests {
    private func settings(_ text: String, asProject: Bool = false, below weaker: String? = nil) throws -> Settings {
        var files: [String] = []
        for (name, content) in [("strong.yaml", text), ("weak.yaml", weaker ?? "")] {
            let url = TemporaryDirectory.current.appending(path: name)
            try Data(content.utf8).write(to: url)
            files.append(url.path)
        }
        return try Settings(environment: [:], files: files, projectFile: asProject ? files[0] : nil)
    }

    @Test("say all of a provider, name by name from the strongest file")
    func providers() throws {
        let settings = try settings(
            """
            providers:
              mine:
                format: ollama
                url: http://127.0.0.1:9/api
                key: {command: [pass, show, mine]}
                model: small
                excluded: [large]
                output: json
                streams: false
                timeout: 3600
                requestsPerMinute: 60
                tokensPerMinute: 1000
                concurrency: 2
                contextTokens: 4096
                keepAlive: 5m
                prices:
                  small: {input: 0.5, output: 2, cachedInput: 0.1}
            """,
            below: "providers: {mine: {url: 'http://old'}, openai: {key: {file: ~/key}}}\n"
        )
        #expect(settings.sections.providers.map(\.name) == ["mine", "openai"])
        let mine = try #require(settings.sections.providers.first)
        #expect(mine.format == .ollama && mine.url == "http://127.0.0.1:9/api" && mine.model == "small")
        #expect(mine.key == .command(["pass", "show", "mine"]) && mine.excluded == ["large"])
        #expect(
            mine.output == .json && mine.streams == false && mine.timeout == 3_600 && mine.contextTokens == 4_096
                && mine.keepAlive == "5m"
        )
        #expect((mine.requestsPerMinute, mine.tokensPerMinute, mine.concurrency) == (60, 1_000, 2))
        #expect(mine.prices["small"]?.output == 2 && mine.prices["small"]?.cacheWrite == nil)
        #expect(settings.sections.providers.last?.key == .file("~/key"))
    }

    @Test("say which models a role takes")
    func routes() throws {
        let settings = try settings("routes:\n  plan: openai/large\n  fix: [a/b, c]\n  fallback: [ollama]\n")
        #expect(settings.sections.routes.roles == ["plan": ["openai/large"], "fix": ["a/b", "c"]])
        #expect(settings.sections.routes.fallback == ["ollama"])
    }

    @Test("add up role by role, and as a whole for the fallback")
    func layeredRoutes() throws {
        let weak = "routes: {plan: weak/plan, fix: weak/fix, fallback: [weak]}\n"
        let routes = try settings("routes: {plan: strong/plan, verdict: strong/verdict}\n", below: weak).sections.routes
        #expect(
            routes.roles == ["plan": ["strong/plan"], "fix": ["weak/fix"], "verdict": ["strong/verdict"]]
        )
        #expect(routes.fallback == ["weak"])
        #expect(try settings("routes: {fallback: [strong]}", below: weak).sections.routes.fallback == ["strong"])
    }

    @Test(
        "refuse a mistake with its place and a way out",
        arguments: [
            ("providers: {mine: {url: 'ftp://x'}}", "no base URL"),
            ("providers: {mine: {url: 'https://user@x'}}", "no key, no query and no fragment"),
            ("providers: {mine: {url: 'https://x/v1#key=1'}}", "no key, no query and no fragment"),
            ("providers: {mine: {url: 'http://'}}", "names no host"),
            ("providers: {mine: {url: 'http:///v1'}}", "names no host"),
            ("providers: {auto: {}}", "no name for a provider"),
            ("providers: {mine: {key: sk-123}}", "never written into a configuration file"),
            ("providers: {mine: {key: {env: A, file: /b}}}", "exactly one"),
            ("providers: {mine: {key: {file: b}}}", "absolute path"),
            ("providers: {mine: {key: {command: []}}}", "is empty"),
            ("providers: {mine: {speed: 1}}", "has no key 'speed'"),
            ("providers: {Mine: {}}", "no name for a provider"),
            ("providers: {builtin: {}}", "no name for a provider"),
            ("providers: {mine: {concurrency: 0}}", "must be from 1"),
            ("providers: {mine: {timeout: 86401}}", "must be from 1 to 86400"),
            ("providers: {mine: {prices: {a: {input: -1, output: 1}}}}", "not below 0"),
            ("providers: {mine: {prices: {a: {input: 1}}}}", "needs the key 'output'"),
            ("routes: {cook: a}", "has no key 'cook'"),
            ("routes: {plan: []}", "at least one model"),
        ]
    )
    func mistakes(text: String, problem: String) throws {
        let error = #expect(throws: SettingsError.self) { try settings(text) }
        #expect(error?.description.contains("strong.yaml:1") == true, "\(error as Any)")
        #expect(error?.description.contains(problem) == true, "\(error as Any)")
        #expect(!(error?.description.contains("sk-123") ?? true))
    }

    @Test("on providers and agents count only in a person's own files", arguments: ["providers", "agents"])
    func projects(section: String) throws {
        let error = #expect(throws: SettingsError.self) { try settings("\(section): {}", asProject: true) }
        #expect(error?.description.contains("a project may not configure '\(section)'") == true)
        _ = try settings("routes: {plan: a}", asProject: true)
    }
}
