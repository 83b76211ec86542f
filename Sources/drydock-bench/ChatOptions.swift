internal import FoundationEssentials

/// What `drydock-bench chat --base-url URL …` is told.
struct ChatOptions: Sendable {
    var baseURL = ""
    var model = "bench"
    var agents = 3
    var rounds = 2
    /// Held at once.
    var chats = 200
    /// Held before those that are measured.
    var warmup = 0
    var streams = false
    /// Where the journal's folder is made.
    var folder = ProcessInfo.processInfo.environment["TMPDIR"].flatMap { $0.isEmpty ? nil : $0 } ?? "/tmp"

    static let usage = """
        usage: drydock-bench chat --base-url URL [--agents N] [--rounds R] [--chats M] [--stream] [--warmup W]
                                  [--model NAME] [--folder FOLDER]
        Holds M chats of N agents and R rounds at once, by the engine's own parts and every turn durable, against a server of
        OpenAI's format at URL, such as http://127.0.0.1:8000/v1, and prints one line of JSON. W chats before are not measured.
        DRYDOCK_BENCH_KEY holds the server's key, where it wants one. The journal lies in FOLDER, else in TMPDIR, else in /tmp.
        """

    /// Reads the words behind `chat`.
    init(_ words: some Collection<String>) throws(ChatOptionError) {
        var rest = words.flatMap(Self.parts)[...]
        while let name = rest.popFirst() {
            if name == "--stream" {
                streams = true
                continue
            }
            guard Self.names.contains(name) else { throw ChatOptionError("'\(name)' is no option of chat") }
            guard let value = rest.popFirst(), !value.isEmpty else { throw ChatOptionError("\(name) wants a value") }
            try take(name, value)
        }
        guard baseURL.hasPrefix("http://") || baseURL.hasPrefix("https://") else {
            throw ChatOptionError("--base-url has to be an address that begins with http:// or https://")
        }
    }

    private static let names = [
        "--base-url", "--agents", "--rounds", "--chats", "--warmup", "--model", "--folder",
    ]

    /// `--name=value` in two.
    private static func parts(_ word: String) -> [String] {
        guard word.hasPrefix("--"), let sign = word.firstIndex(of: "=") else { return [word] }
        return [String(word[..<sign]), String(word[word.index(after: sign)...])]
    }

    private mutating func take(_ name: String, _ value: String) throws(ChatOptionError) {
        switch name {
        case "--base-url": baseURL = value
        case "--model": model = value
        case "--folder": folder = value
        case "--agents": agents = try Self.number(value, name, 1...1_000)
        case "--rounds": rounds = try Self.number(value, name, 1...1_000)
        case "--chats": chats = try Self.number(value, name, 1...100_000)
        default: warmup = try Self.number(value, name, 0...100_000)
        }
    }

    private static func number(
        _ text: String,
        _ name: String,
        _ range: ClosedRange<Int>
    ) throws(ChatOptionError) -> Int {
        guard let number = Int(text), range.contains(number) else {
            throw ChatOptionError("\(name) is a number from \(range.lowerBound) to \(range.upperBound), not '\(text)'")
        }
        return number
    }
}

/// Options that say nothing useful.
struct ChatOptionError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
