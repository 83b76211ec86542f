import Core
package import Models
import Synchronization

/// One script that answers in all four wire formats over real sockets, and misbehaves on demand.
///
/// Serves lists of models and, for Ollama, fetching and deleting them, too. A wrong key is refused when one is set.
package final class ScriptedVendor: Sendable {
    package typealias Script = @Sendable (VendorQuestion) -> VendorAnswer

    package let server: ScriptedServer
    private let asked: Questions

    /// - Parameters:
    ///   - key: The key that requests have to carry, in the way of their format; `nil` takes any.
    ///   - names: The models that it lists.
    ///   - script: What to answer; called on the connection's thread.
    /// - Throws: When no socket can be had.
    package init(key: String? = nil, offering names: [String] = ["scripted"], _ script: @escaping Script) throws {
        let asked = Questions()
        self.asked = asked
        server = try ScriptedServer { request in
            let isAccepted = key == nil || Self.key(of: request) == key
            guard let question = VendorQuestion(path: request.path, body: request.body) else {
                return isAccepted ? Self.library(request, offering: names) : Self.refusal
            }
            asked.add(question)
            guard isAccepted else { return VendorAnswer.error(401).written(for: question) }
            return script(question).written(for: question)
        }
    }

    package var questions: [VendorQuestion] { asked.all }

    /// The provider that asks this server in a format.
    package func profile(_ format: VendorFormat) -> ProviderProfile {
        let dialect: ProviderProfile.Dialect =
            switch format {
            case .openai: .openAI(.openAI)
            case .anthropic: .anthropic
            case .gemini: .gemini
            case .ollama: .ollama(OllamaFormat.Settings())
            }
        let base = format == .openai || format == .gemini ? server.url + "/v1" : server.url
        return ProviderProfile(name: "scripted-" + format.rawValue, dialect: dialect, baseURL: base)
    }

    private static func key(of request: ScriptedServer.Request) -> String? {
        let bearer = request.header("authorization").map { String($0.drop { $0 != " " }.dropFirst()) }
        return request.header("x-api-key") ?? request.header("x-goog-api-key") ?? bearer
    }

    private static var refusal: ScriptedAnswer {
        ScriptedAnswer(
            #"{"error":{"message":"no such key"}}"#,
            status: 401,
            headers: [("Content-Type", "application/json")]
        )
    }

    /// What asks no model.
    private static func library(_ request: ScriptedServer.Request, offering names: [String]) -> ScriptedAnswer {
        let path = String(request.path.prefix { $0 != "?" })
        let json = [(name: "Content-Type", value: "application/json")]
        switch (request.method, path) {
        case ("GET", "/v1/models"):
            let isAnthropic = request.header("anthropic-version") != nil
            let isGemini = request.header("x-goog-api-key") != nil
            let format: VendorFormat = isAnthropic ? .anthropic : isGemini ? .gemini : .openai
            return ScriptedAnswer(list(of: names, format), headers: json)
        case ("GET", "/api/tags"): return ScriptedAnswer(list(of: names, .ollama), headers: json)
        case ("GET", "/api/ps"):
            let model = #"{"name":"scripted","model":"scripted","size":6591830464,"size_vram":5333539264}"#
            return ScriptedAnswer(#"{"models":[\#(model)]}"#, headers: json)
        case ("POST", "/api/pull"):
            let lines = [
                #"{"status":"pulling manifest"}"#,
                #"{"status":"pulling 6e4c","digest":"sha256:6e4c","total":200,"completed":50}"#,
                #"{"status":"success"}"#,
            ]
            return ScriptedAnswer(headers: json, pieces: lines.map { Array(($0 + "\n").utf8) }, framing: .chunked)
        case ("DELETE", "/api/delete"): return ScriptedAnswer("", headers: json)
        default: return ScriptedAnswer(#"{"error":"no such place"}"#, status: 404, headers: json)
        }
    }

    /// A list in a format, with an entry for each name.
    private static func list(of names: [String], _ format: VendorFormat) -> String {
        func entries(_ entry: (String) -> String) -> String { names.map(entry).joined(separator: ",") }
        return switch format {
        case .openai:
            #"{"object":"list","data":["#
                + entries { #"{"id":"\#($0)","object":"model","created":1763728000,"owned_by":"tests"}"# } + "]}"
        case .anthropic:
            #"{"data":["#
                + entries {
                    """
                    {"type":"model","id":"\($0)","display_name":"\($0)","created_at":"2026-01-01T00:00:00Z",\
                    "lifecycle":"active","max_input_tokens":200000,"max_tokens":64000}
                    """
                } + #"],"has_more":false,"first_id":"\#(names[0])","last_id":"\#(names[names.count - 1])"}"#
        case .gemini:
            #"{"models":["#
                + entries {
                    """
                    {"name":"models/\($0)","displayName":"\($0)","inputTokenLimit":1000000,\
                    "outputTokenLimit":65536,"supportedGenerationMethods":["generateContent"]}
                    """
                } + "]}"
        case .ollama:
            #"{"models":["#
                + entries {
                    """
                    {"name":"\($0)","model":"\($0)","modified_at":"2026-01-01T00:00:00Z","size":1000,\
                    "digest":"sha256:1","details":{"format":"gguf","family":"x","parameter_size":"8.2B",\
                    "quantization_level":"Q4"}}
                    """
                } + "]}"
        }
    }
}

/// Every question so far, in the order in which they came.
private final class Questions: Sendable {
    private let list = Mutex<[VendorQuestion]>([])

    var all: [VendorQuestion] { list.withLock { $0 } }

    func add(_ question: VendorQuestion) { list.withLock { $0.append(question) } }
}
