/// Takes known secrets out of text before it is hashed, stored, logged or shown.
package struct Redactor: Sendable {
    /// Secrets shorter than this stay: they would tear ordinary words apart.
    package static let shortestSecret = 8

    private let secrets: [(name: String, value: String)]

    /// A redactor that knows nothing.
    package static let none = Redactor(secrets: [:])

    /// - Parameter secrets: The secrets' values by the names that take their place.
    package init(secrets: [String: String]) {
        self.secrets =
            secrets
            .filter { $0.value.utf8.count >= Self.shortestSecret }
            .sorted { ($0.value.utf8.count, $0.key) > ($1.value.utf8.count, $1.key) }
            .map { (name: $0.key, value: $0.value) }
    }

    /// This one, and further secrets.
    package func knowing(_ more: [String: String]) -> Redactor {
        Redactor(secrets: Dictionary(secrets.map { ($0.name, $0.value) }) { first, _ in first }.merging(more) { $1 })
    }

    /// The secrets of an environment: the values of all variables whose name says that they are secret.
    package init(environment: [String: String]) {
        self.init(secrets: environment.filter { Self.namesSecret($0.key) })
    }

    /// The same with further secrets.
    package func adding(_ more: [String: String]) -> Redactor {
        let known = Dictionary(secrets.map { ($0.name, $0.value) }) { first, _ in first }
        return Redactor(secrets: known.merging(more) { old, _ in old })
    }

    /// Whether a variable of this name holds a secret.
    package static func namesSecret(_ name: String) -> Bool {
        let words = Set(name.uppercased().split(separator: "_").map(String.init))
        let secretWords: Set = ["KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS", "PAT"]
        return !words.isDisjoint(with: secretWords)
    }

    /// The text with each secret replaced by `[redacted:NAME]`.
    package func redacting(_ text: String) -> String {
        secrets.reduce(text) { text, secret in
            text.contains(secret.value) ? text.replacing(secret.value, with: "[redacted:\(secret.name)]") : text
        }
    }

    package func redacting(_ value: JSONValue) -> JSONValue {
        guard !secrets.isEmpty else { return value }
        switch value {
        case .string(let text): return .string(redacting(text))
        case .array(let elements): return .array(elements.map(redacting))
        case .object(let members):
            return .object(Dictionary(uniqueKeysWithValues: members.map { (redacting($0.key), redacting($0.value)) }))
        case .null, .bool, .integer, .number: return value
        }
    }

    /// A canonical JSON text without secrets.
    package func redacting(json text: [UInt8]) throws -> [UInt8] {
        guard mayFindSecret(inJSON: text) else { return text }
        return try JSON.bytes(of: redacting(JSONValue(parsing: text)))
    }

    /// Whether redacting can change anything in a JSON text; false is certain.
    package func mayFindSecret(inJSON text: [UInt8]) -> Bool {
        secrets.contains { secret in
            // An encoder may have escaped some characters: what lies between them stands there as it is.
            let plain = secret.value.utf8.split { byte in byte < 0x20 || byte == 0x7F || #""\/"#.utf8.contains(byte) }
            guard let longest = plain.max(by: { $0.count < $1.count }) else { return true }
            return text.firstRange(of: Array(longest)) != nil
        }
    }

    /// The name of the first secret that `bytes` hold, or `nil`.
    package func secretName(in bytes: [UInt8]) -> String? {
        secrets.first { bytes.firstRange(of: Array($0.value.utf8)) != nil }?.name
    }
}

extension [UInt8] {
    /// Where `pattern` first occurs; a plain search that skips by the first byte.
    fileprivate func firstRange(of pattern: [UInt8]) -> Range<Int>? {
        guard let first = pattern.first, pattern.count <= count else { return nil }
        for start in 0...(count - pattern.count) where self[start] == first {
            if self[start..<(start + pattern.count)].elementsEqual(pattern) {
                return start..<(start + pattern.count)
            }
        }
        return nil
    }
}
