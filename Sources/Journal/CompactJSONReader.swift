internal import Core

/// Reads one JSON text as `CompactJSON` writes it, without spaces; every method leaves `position` after what it read.
struct CompactJSONReader {
    private let bytes: [UInt8]
    private var position = 0
    private var depth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    mutating func document() -> JSONValue? {
        guard let value = value() else { return nil }
        return position == bytes.count ? value : nil
    }

    private mutating func value() -> JSONValue? {
        switch peek {
        case UInt8(ascii: "{"): return nested { reader in reader.object() }
        case UInt8(ascii: "["): return nested { reader in reader.array() }
        case UInt8(ascii: "\""): return string().map(JSONValue.string)
        case UInt8(ascii: "t"): return word("true", .bool(true))
        case UInt8(ascii: "f"): return word("false", .bool(false))
        case UInt8(ascii: "n"): return word("null", .null)
        default: return number()
        }
    }

    private mutating func nested(_ body: (inout Self) -> JSONValue?) -> JSONValue? {
        guard depth < CompactJSON.depthLimit else { return nil }
        depth += 1
        defer { depth -= 1 }
        position += 1
        return body(&self)
    }

    private mutating func object() -> JSONValue? {
        var members: [String: JSONValue] = [:]
        if take("}") { return .object(members) }
        while true {
            guard peek == UInt8(ascii: "\""), let key = string(), take(":"), let value = value() else { return nil }
            members[key] = value
            if take("}") { return .object(members) }
            guard take(",") else { return nil }
        }
    }

    private mutating func array() -> JSONValue? {
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        while true {
            guard let value = value() else { return nil }
            elements.append(value)
            if take("]") { return .array(elements) }
            guard take(",") else { return nil }
        }
    }

    private mutating func string() -> String? {
        position += 1
        var text: [UInt8] = []
        while let byte = peek {
            position += 1
            switch byte {
            case UInt8(ascii: "\""): return String(validating: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                guard let scalar = escaped() else { return nil }
                text.append(contentsOf: String(Character(scalar)).utf8)
            case 0..<0x20: return nil
            default: text.append(byte)
            }
        }
        return nil
    }

    private mutating func escaped() -> Unicode.Scalar? {
        guard let byte = peek else { return nil }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
        case UInt8(ascii: "u"): return hexScalar()
        default: return nil
        }
    }

    /// Four hexadecimal digits; a surrogate is not written by us and so not read.
    private mutating func hexScalar() -> Unicode.Scalar? {
        guard position + 4 <= bytes.count else { return nil }
        let digits = String(decoding: bytes[position..<(position + 4)], as: UTF8.self)
        position += 4
        return UInt32(digits, radix: 16).flatMap(Unicode.Scalar.init)
    }

    private mutating func number() -> JSONValue? {
        let start = position
        while let byte = peek, Self.numberBytes.contains(byte) {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        return Double(text).map(JSONValue.number)
    }

    private static let numberBytes = Set("+-.0123456789eE".utf8)

    private mutating func word(_ word: StaticString, _ value: JSONValue) -> JSONValue? {
        let word = "\(word)".utf8
        guard bytes[position...].starts(with: word) else { return nil }
        position += word.count
        return value
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: scalar) else { return false }
        position += 1
        return true
    }
}
