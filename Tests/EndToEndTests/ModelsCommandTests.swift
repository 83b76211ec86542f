import Core
import Foundation
import TestSupport
import Testing

@Suite("The models command", .tags(.large), .temporaryDirectory)
struct ModelsCommandTests {
    private let program: Program
    private let vendor: ScriptedVendor

    init() throws {
        vendor = try ScriptedVendor { question in
            question.contract == "question" ? VendorAnswer(#"{"answer":"hello"}"#) : ScriptedProject.answer(question)
        }
        var program = try Program(below: TemporaryDirectory.current)
        program.environment["OLLAMA_HOST"] = vendor.server.url
        self.program = program
    }

    @Test("lists what providers offer, and says who does not answer")
    func lists() async throws {
        try program.configure("config.yaml", "providers: {dead: {url: 'http://127.0.0.1:9/v1', model: m}}\n")
        let list = try await program.run("models", "list")
        #expect(list.status == 0 && list.output.contains("ollama/scripted"), "\(list.errors)")
        let names = try await program.run("models", "list", "ollama", "--names")
        #expect(names.output == "ollama/scripted\n" && names.status == 0)
        let dead = try await program.run("models", "list", "dead")
        #expect(dead.status == 1 && dead.errors.contains("'dead' lists no models: "))
        #expect(try await program.run("models", "list", "olama").status == 3)
        let asked = vendor.server.requests.count
        let status = try await program.run("models", "status", "--json").json()
        #expect(vendor.server.requests.count == asked + 2, "each provider is asked once, and Ollama what is loaded")
        let loaded: JSONValue = ["name": "scripted", "bytes": 6_591_830_464, "videoBytes": 5_333_539_264]
        #expect(status["loaded"] == [["provider": "ollama", "model": loaded]])
        #expect(try await program.run("models").output.contains("'ollama/scripted' is loaded: 6.1 GiB, 4.9 GiB of it"))
        let providers = status["providers"]?.array ?? []
        #expect(providers.first { $0["provider"] == "ollama" }?["state"] == "ready")
        #expect(providers.first { $0["provider"] == "dead" }?["state"] == "unreachable")
        #expect(status["next"] == ["provider": "ollama", "name": "scripted"])
        let doctor = try await program.run("doctor").output
        #expect(doctor.contains("ollama: 1 model") && doctor.contains("dead: ") && doctor.contains("'ollama/scripted'"))
        var lost = program
        lost.environment["DRYDOCK_MODEL"] = "nobody-has-it"
        let examined = try await lost.run("doctor").output
        #expect(examined.contains("'nobody-has-it' cannot be used"), "\(examined)")
        #expect(examined.contains("ollama: 1 model"), "\(examined)")
        lost.environment["OLLAMA_HOST"] = "http://me:planted-word@127.0.0.1:9"
        let refused = try await lost.run("models")
        #expect(refused.status == 3 && refused.errors.contains("the variable OLLAMA_HOST: a base URL holds no key"))
        #expect(!refused.errors.contains("planted-word"))
    }

    @Test("fetches and removes models of the local Ollama, and of nobody else")
    func library() async throws {
        let pulled = try await program.run("models", "pull", "scripted")
        #expect(pulled.status == 0 && pulled.errors.contains("pulling 6e4c 25 %"), "\(pulled.errors)")
        #expect(try await program.run("models", "remove", "scripted").status == 0)
        let requests = vendor.server.requests.map { $0.method + " " + $0.path }
        #expect(requests.contains("POST /api/pull") && requests.contains("DELETE /api/delete"))
        var offline = program
        offline.environment["DRYDOCK_OFFLINE"] = "on"
        let asked = vendor.server.requests.count
        let refused = try await offline.run("models", "pull", "scripted")
        #expect(refused.status == 5 && refused.errors.contains("fetch it from the internet"), "\(refused.errors)")
        #expect(vendor.server.requests.count == asked)
        #expect(try await offline.run("models", "remove", "scripted").status == 0, "that needs no network")
        let other = try await program.run("models", "pull", "openai/gpt", "--json")
        #expect(other.status != 0 && other.errors.contains("only Ollama"), "\(other.errors)")
    }

    @Test("lists what a run was chosen from, and the one that tries it again, without asking anybody")
    func kept() async throws {
        let dead = "dead: {url: 'http://127.0.0.1:9/v1', model: m}"
        let text = "model: ollama\nproviders: {\(dead)}\nroutes: {fallback: [dead/m]}\n"
        try program.configure("config.yaml", text)
        let made = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(made.status == 0, "\(made.errors)\(made.output)")
        let first = try #require(try made.json()["run"]?.string)
        try program.configure("config.yaml", "model: builtin\n")
        let asked = vendor.server.requests.count
        let names = try await program.run("models", "list", "--run", first, "--names")
        // What nobody lists is kept with the model that was to be asked.
        #expect(names.output == "dead/m\nollama/scripted\n", "\(names.errors)\(names.output)")
        #expect(names.errors.contains("'dead' lists no models: "), "\(names.errors)")
        let table = try await program.run("models", "list", "ollama", "--run", "latest")
        #expect(table.status == 0 && table.output.contains("ollama/scripted") && !table.output.contains("dead"))
        let rows = try await program.run("models", "list", "--run", first, "--json").json()
        #expect(rows[1]?["provider"] == "ollama" && rows[1]?["model"]?["name"] == "scripted", "\(rows)")
        #expect(vendor.server.requests.count == asked, "nobody is asked")
        try program.configure("config.yaml", text)
        #expect(try await program.run("retry", first, "--into", "again", "--json").status == 0)
        #expect(try await program.run("models", "list", "--run", "latest", "--json").json() == rows)
        #expect(try await program.run("runs", "--names").output.hasPrefix(first) == false)
        #expect(try await program.run("models", "list", "openai", "--run", first).status == 1)
        #expect(try await program.run("models", "list", "--run", "zzz").status == 10)
    }

    @Test("says that a run was chosen from no list")
    func keptNothing() async throws {
        #expect(try await program.run("models", "list", "--run", "latest").status == 10)
        try program.addGuide()
        #expect(try await program.run(program.harbourCall() + ["--model", "builtin"]).status == 0)
        let list = try await program.run("models", "list", "--run", "latest", "--json")
        #expect(try list.status == 0 && list.json() == [], "\(list.errors)")
        #expect(list.errors.contains("no provider was asked"), "\(list.errors)")
    }

    @Test("asks one question past the engine")
    func question() async throws {
        let asked = try await program.run("test-agent", "ollama/scripted", "Say $(hello).")
        #expect(asked.status == 0 && asked.output == "hello\n", "\(asked.errors)")
        #expect(vendor.questions.last?.input == ["question": "Say $(hello)."])
        #expect(try await program.run("runs", "--names").output.isEmpty)
        try program.configure("config.yaml", "routes: {plan: nobody/none, fallback: [gone]}\n")
        #expect(try await program.run("test-agent", "ollama/scripted", "Say it.").status == 0)
        let nobody = try await program.run("test-agent", "nobody/none", "x")
        #expect(nobody.status == 3 && nobody.errors.contains("\n  known are openai, "), "\(nobody.errors)")
        #expect(nobody.errors.contains("below 'providers' of config.yaml"), "\(nobody.errors)")
        let near = try await program.run("test-agent", "olama/scripted", "x")
        #expect(
            near.status == 3 && near.errors.contains("\n  did you mean 'ollama'? 'drydock models"),
            "\(near.errors)"
        )
        let rules = try await program.run("test-agent", "builtin", "x")
        #expect(rules.status == 2 && rules.errors.contains("'builtin' means the built-in model"), "\(rules.errors)")
        #expect(rules.errors.contains("an agent: claude, codex, gemini-cli, copilot\n"), "\(rules.errors)")
        #expect(try await program.run("test-agent", "ollama", " ").status == 2)
    }

    @Test("shows what a hostile server lists without its control characters, and does not trust its numbers")
    func hostileList() async throws {
        let list = #"{"models":[{"name":"big","size":9223372036854775807},{"name":"red\u001b[31m","size":-1}]}"#
        let server = try ScriptedServer { _ in ScriptedAnswer(list, headers: [("Content-Type", "application/json")]) }
        var program = program
        program.environment["OLLAMA_HOST"] = server.url
        let table = try await program.run("models", "list")
        #expect(table.status == 0 && table.output.contains("8191.9 PiB"), "\(table.status) \(table.errors)")
        #expect(try await program.run("models", "list", "--names").output == "ollama/big\n")
    }

    @Test("shows a model that is left alone, in the next process too")
    func breaker() async throws {
        try program.configure("config.yaml", "providers: {dead: {url: 'http://127.0.0.1:9/v1', model: m}}\n")
        for _ in 1...2 {
            let outcome = try await program.run("new", Program.description, "--model", "dead/m", "--json")
            #expect(outcome.status == 1)
            #expect(try outcome.json()["state"] == "parked")
        }
        let status = try await program.run("models", "status", "--json").json()
        let breaker = try #require(status["breakers"]?.array?.first)
        #expect(breaker["state"] == "open" && breaker["model"] == ["provider": "dead", "name": "m"])
        #expect(try await program.run("models", "status").output.contains("'dead/m' is left alone (open)"))
    }
}
