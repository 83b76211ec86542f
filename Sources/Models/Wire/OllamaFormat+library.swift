import Core

/// What a person does with the models on this machine.
extension OllamaFormat {
    /// The request that fetches a model, with progress as a stream of lines.
    package func pull(_ model: String) -> WireRequest {
        WireRequest(.post, "/api/pull", body: ["model": .string(model), "stream": true])
    }

    /// The request for the models that are in memory now.
    var loaded: WireRequest { WireRequest(.get, "/api/ps") }

    func loadedModels(_ body: [UInt8]) throws(ProviderFault) -> [LoadedModel] {
        let list = try WireJSON.required(try WireJSON.object(body)["models"], "models")
        return (list.array ?? []).compactMap { entry in
            guard let name = entry["model"]?.string ?? entry["name"]?.string else { return nil }
            return LoadedModel(
                name: name,
                bytes: max(0, entry["size"]?.integer ?? 0),
                videoBytes: max(0, entry["size_vram"]?.integer ?? 0)
            )
        }
    }

    package func delete(_ model: String) -> WireRequest {
        WireRequest(.delete, "/api/delete", body: ["model": .string(model)])
    }
}

/// A model that a server holds in memory.
package struct LoadedModel: Codable, Sendable, Hashable {
    package let name: String
    /// Of all memory that it takes.
    package let bytes: Int64
    /// The part of it that is a graphics card's.
    package let videoBytes: Int64
}

/// How far a fetch has come.
package struct PullProgress: Codable, Sendable, Hashable {
    /// The server's words, such as `pulling manifest`.
    package let status: String
    /// The part that is being fetched.
    package let digest: String?
    /// Bytes of that part; 0 when unknown.
    package let total: Int64
    package let completed: Int64

    package var isFinished: Bool { status == "success" }
}

/// Reads the progress of a fetch from bytes in any cut.
package struct PullReader: Sendable {
    private var framing = LineFraming(limit: 1 << 20)
    private var hasFinished = false

    package init() {}

    package mutating func append(_ bytes: [UInt8]) throws(ProviderFault) -> [PullProgress] {
        var steps: [PullProgress] = []
        for line in try framing.lines(bytes) where !line.isBlank { steps.append(try read(line)) }
        return steps
    }

    /// - Throws: ``ProviderFault`` with ``ProviderFault/Reason/cutOff`` when the server did not report success.
    package mutating func finish() throws(ProviderFault) -> [PullProgress] {
        var steps: [PullProgress] = []
        if let line = framing.last(), (try? JSONValue(parsing: line)) != nil { steps.append(try read(line)) }
        guard hasFinished else { throw ProviderFault(.cutOff, "the stream ended before the model was fetched") }
        return steps
    }

    private mutating func read(_ line: [UInt8]) throws(ProviderFault) -> PullProgress {
        let step = try WireJSON.object(line)
        if step["error"]?.string != nil { throw ProviderFault.reading(step, table: [:]) }
        let progress = PullProgress(
            status: (step["status"]?.string ?? "").printable,
            digest: step["digest"]?.string,
            total: max(0, step["total"]?.integer ?? 0),
            completed: max(0, step["completed"]?.integer ?? 0)
        )
        hasFinished = hasFinished || progress.isFinished
        return progress
    }
}
