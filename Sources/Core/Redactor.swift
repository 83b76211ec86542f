/// Takes known secrets out of text before it is hashed, stored, logged or shown.
package struct Redactor: Sendable {
    /// Secrets shorter than this stay: they would tear ordinary words apart.
    package static let shortestSecret = 8

    struct Secret: Hashable {
        let name: String
        let value: [UInt8]
        var text: String { String(decoding: value, as: UTF8.self) }
    }

    /// Those that were known from the beginning, in the order of ``secrets``.
    private let fixed: [Secret]
    /// Where others turn up while the redactor is in use.
    private let books: [SecretBook]

    /// All that are known by now, in no order.
    private var known: [Secret] { books.reduce(fixed) { $0 + $1.secrets } }

    /// All that are known by now, the longest first, so that one that is part of another does not leave the other's rest.
    private var secrets: [Secret] { books.isEmpty ? fixed : Self.sorted(known) }

    /// A redactor that knows nothing.
    package static let none = Redactor(secrets: [:])

    /// - Parameter secrets: The secrets' values by the names that take their place.
    package init(secrets: [String: String]) {
        self.init(secrets.map { Secret(name: $0.key, value: Array($0.value.utf8)) })
    }

    private init(_ secrets: some Sequence<Secret>, books: [SecretBook] = []) {
        fixed = Self.sorted(secrets)
        self.books = books
    }

    private static func sorted(_ secrets: some Sequence<Secret>) -> [Secret] {
        Set(secrets.filter { $0.value.count >= shortestSecret })
            .sorted { ($0.value.count, $0.name, $0.text) > ($1.value.count, $1.name, $1.text) }
    }

    /// The secrets of an environment: the values of all variables whose name says that they are secret.
    package init(environment: [String: String]) {
        self.init(secrets: environment.filter { Self.namesSecret($0.key) })
    }

    /// The same with further secrets.
    ///
    /// One that has a new value, such as a login that was renewed, keeps its old one too.
    package func adding(_ more: [String: String]) -> Redactor {
        Redactor(fixed + more.map { Secret(name: $0.key, value: Array($0.value.utf8)) }, books: books)
    }

    /// The same with the secrets of a book, also those that are added to it later.
    package func sharing(_ book: SecretBook) -> Redactor {
        Redactor(fixed, books: books.filter { $0 !== book } + [book])
    }

    /// Whether a variable of this name holds a secret.
    package static func namesSecret(_ name: String) -> Bool {
        let words = Set(name.uppercased().split(separator: "_").map(String.init))
        let secretWords: Set = ["KEY", "APIKEY", "TOKEN", "SECRET", "PASSWORD", "PASSWD", "CREDENTIALS", "PAT"]
        return !words.isDisjoint(with: secretWords)
    }

    /// The text with each secret replaced by `[redacted:NAME]`.
    ///
    /// Bytes are compared: as characters, a secret would be another one with an accent before or behind it.
    package func redacting(_ text: String) -> String {
        let known = known
        guard !known.isEmpty else { return text }
        let bytes = Array(text.utf8)
        // Nearly no text holds one, and only for one that does they are brought into their order.
        guard known.contains(where: { bytes.firstRange(of: $0.value, from: 0) != nil }) else { return text }
        return Self.redacting(text, secrets)
    }

    package func redacting(_ value: JSONValue) -> JSONValue {
        let secrets = secrets
        return secrets.isEmpty ? value : Self.redacting(value, secrets)
    }

    private static func redacting(_ text: String, _ secrets: [Secret]) -> String {
        guard !secrets.isEmpty else { return text }
        let bytes = Array(text.utf8)
        let redacted = secrets.reduce(bytes) { bytes, secret in
            bytes.replacing(secret.value, with: Array("[redacted:\(secret.name)]".utf8))
        }
        return redacted == bytes ? text : String(decoding: redacted, as: UTF8.self)
    }

    private static func redacting(_ value: JSONValue, _ secrets: [Secret]) -> JSONValue {
        switch value {
        case .string(let text): return .string(redacting(text, secrets))
        case .array(let elements): return .array(elements.map { redacting($0, secrets) })
        case .object(let members):
            // Names that differ by secrets alone become one; in order, so that it is the same one each time.
            let redacted = members.sorted { $0.key < $1.key }.map { name, value in
                (redacting(name, secrets), redacting(value, secrets))
            }
            return .object(Dictionary(redacted) { first, _ in first })
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
        known.contains { secret in
            // An encoder may have escaped some characters: what lies between them stands there as it is.
            let plain = secret.value.split { byte in byte < 0x20 || byte == 0x7F || #""\/"#.utf8.contains(byte) }
            guard let longest = plain.max(by: { $0.count < $1.count }) else { return true }
            return text.firstRange(of: Array(longest), from: 0) != nil
        }
    }

    /// The name of the first secret that `bytes` hold, or `nil`.
    package func secretName(in bytes: [UInt8]) -> String? {
        secrets.first { bytes.firstRange(of: $0.value, from: 0) != nil }?.name
    }
}

extension [UInt8] {
    /// Where `pattern` first occurs at or behind `start`; a plain search that skips by the first byte.
    fileprivate func firstRange(of pattern: [UInt8], from start: Int) -> Range<Int>? {
        guard let first = pattern.first, pattern.count <= count - start else { return nil }
        for start in start...(count - pattern.count) where self[start] == first {
            if self[start..<(start + pattern.count)].elementsEqual(pattern) {
                return start..<(start + pattern.count)
            }
        }
        return nil
    }

    fileprivate func replacing(_ pattern: [UInt8], with replacement: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        var end = 0
        while let found = firstRange(of: pattern, from: end) {
            result += self[end..<found.lowerBound] + replacement
            end = found.upperBound
        }
        return end == 0 ? self : result + self[end...]
    }
}
