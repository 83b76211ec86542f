import Models
import TestSupport
import Testing

@Suite("A provider in an environment", .tags(.small))
struct ProviderEnvironmentTests {
    @Test("is found where the environment says")
    func urls() throws {
        func url(_ name: String, _ variable: String, _ value: String) throws -> String {
            try #require(ProviderProfile.known(name)).adapted(to: [variable: value]).baseURL
        }
        #expect(try url("openai", "OPENAI_BASE_URL", "http://127.0.0.1:1/v1/") == "http://127.0.0.1:1/v1")
        #expect(try url("openai", "OPENAI_BASE_URL", "") == "https://api.openai.com/v1")
        #expect(try url("mistral", "MISTRAL_BASE_URL", "http://x") == "https://api.mistral.ai/v1")
        let hosts = [
            "127.0.0.1": "http://127.0.0.1:11434", "0.0.0.0": "http://127.0.0.1:11434", "box:1": "http://box:1",
            "0.0.0.0:8080": "http://127.0.0.1:8080", ":8080": "http://127.0.0.1:8080", "[::]": "http://127.0.0.1:11434",
            "https://ollama.example.com": "https://ollama.example.com", "http://box:1/sub/": "http://box:1/sub",
            "[::1]:5": "http://[::1]:5",
        ]
        for (value, expected) in hosts {
            #expect(try url("ollama", "OLLAMA_HOST", value) == expected, "\(value)")
        }
    }

    @Test("needs its key, where one is needed or set")
    func keys() throws {
        let gemini = try #require(ProviderProfile.known("gemini"))
        #expect(gemini.keySource(in: [:]) == .environment(["GEMINI_API_KEY", "GOOGLE_API_KEY"]))
        let ollama = try #require(ProviderProfile.known("ollama"))
        #expect(ollama.keySource(in: [:]) == .none)
        #expect(ollama.keySource(in: ["OLLAMA_API_KEY": "x"]) == .environment(["OLLAMA_API_KEY"]))
        #expect(try #require(ProviderProfile.known("vllm")).keySource(in: [:]) == .none)
    }
}
