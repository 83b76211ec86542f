package import FoundationEssentials

/// A JSON text as a value; objects have no order and are written with sorted keys.
package enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case integer(Int64)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])
}

extension JSONValue {
    /// Parses UTF-8 text that is one JSON value.
    ///
    /// - Throws: ``JSONError`` that names line and column.
    package init(parsing text: some Sequence<UInt8>) throws(JSONError) {
        let bytes = Array(text)
        do {
            self = try JSONReader.value(of: bytes)
        } catch {
            throw JSONError(error, in: bytes)
        }
    }

    package init(parsing text: String) throws(JSONError) {
        try self.init(parsing: text.utf8)
    }

    /// The value that `encodable` writes.
    package init(encoding encodable: some Encodable) throws {
        let text = try JSON.bytes(of: encodable)
        do {
            self = try JSONReader.value(of: text)
        } catch {
            self = try JSONDecoder().decode(JSONValue.self, from: Data(text))
        }
    }

    /// Reads a value of a Swift type out of this one.
    package func decoded<Value: Decodable>(as type: Value.Type = Value.self) throws(JSONError) -> Value {
        if let value = try? JSONValueDecoder.decode(type, from: self) { return value }
        do {
            return try JSONDecoder().decode(type, from: JSON.encode(self))
        } catch {
            throw JSONError(error)
        }
    }

    /// The canonical text: sorted keys, no spaces, `/` not escaped.
    package var text: String {
        (try? String(decoding: JSON.bytes(of: self), as: UTF8.self)) ?? "null"
    }

    package subscript(key: String) -> JSONValue? {
        guard case .object(let members) = self else { return nil }
        return members[key]
    }

    package subscript(index: Int) -> JSONValue? {
        guard case .array(let elements) = self, elements.indices.contains(index) else { return nil }
        return elements[index]
    }

    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    package var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    package var bool: Bool? {
        guard case .bool(let value) = self else { return nil }
        return value
    }

    package var array: [JSONValue]? {
        guard case .array(let value) = self else { return nil }
        return value
    }

    package var object: [String: JSONValue]? {
        guard case .object(let value) = self else { return nil }
        return value
    }
}

extension JSONValue: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([String: JSONValue].self) {
            self = .object(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Int64.self) {
            self = .integer(value)
        } else {
            self = .number(try container.decode(Double.self))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .array(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    package init(stringLiteral value: String) { self = .string(value) }
    package init(integerLiteral value: Int64) { self = .integer(value) }
    package init(booleanLiteral value: Bool) { self = .bool(value) }
    package init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    package init(nilLiteral: ()) { self = .null }
    package init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(Dictionary(elements) { _, last in last })
    }
}

/// Text that is not JSON, or JSON that is not what was asked for.
package struct JSONError: ReportableError, Equatable {
    package let description: String
    package var kind: FaultKind { .failed }
    package var failureClass: FailureClass { .contract }

    /// A fault of the text itself, as line and column, both counted from 1.
    package init(_ fault: JSONFault, in text: [UInt8]) {
        let before = text.prefix(fault.offset)
        let line = before.count { $0 == 0x0A } + 1
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        let column = String(decoding: before[lineStart...], as: UTF8.self).count + 1
        description = "line \(line), column \(column): \(fault.reason)"
    }

    init(_ error: any Error) {
        description =
            switch error {
            case DecodingError.keyNotFound(let key, let context):
                "\(Self.place(context.codingPath)) has no member '\(key.stringValue)'"
            case DecodingError.typeMismatch(let type, let context),
                DecodingError.valueNotFound(let type, let context):
                "\(Self.place(context.codingPath)) is not \(Self.words(for: type))"
            case DecodingError.dataCorrupted(let context):
                "\(Self.place(context.codingPath)): \(context.debugDescription)"
            default: "\(error)"
            }
    }

    /// A type as whoever wrote the text knows it.
    private static func words(for type: Any.Type) -> String {
        switch type {
        case is String.Type: "a text"
        case is Bool.Type: "true or false"
        case is any BinaryInteger.Type: "a whole number"
        case is any BinaryFloatingPoint.Type: "a number"
        default:
            // Lists and maps of whatever elements the library's decoder happens to ask for.
            switch "\(type)".prefix(while: { $0 != "<" }) {
            case "Array": "a list"
            case "Dictionary": "a map"
            default: "a value of its kind"
            }
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the JSON text" : "'" + path.map { $0.stringValue }.joined(separator: ".") + "'"
    }
}

/// The one way in which Drydock writes JSON: sorted keys and `/` not escaped, so that equal values are equal bytes.
package enum JSON {
    /// Never changed after they were made, so that every task may use them.
    private static let compact = encoder([])
    private static let pretty = encoder(.prettyPrinted)

    private static func encoder(_ formatting: JSONEncoder.OutputFormatting) -> JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting.union([.sortedKeys, .withoutEscapingSlashes])
        return encoder
    }

    package static func encode(_ value: some Encodable, pretty: Bool = false) throws -> Data {
        try pretty ? Self.pretty.encode(value) : Data(bytes(of: value))
    }

    /// The canonical text as bytes, without spaces.
    package static func bytes(of value: some Encodable) throws -> [UInt8] {
        try CanonicalJSON.bytes(of: value) ?? [UInt8](compact.encode(value))
    }

    package static func decode<Value: Decodable>(
        _ type: Value.Type = Value.self,
        from bytes: some Sequence<UInt8>
    ) throws(JSONError) -> Value {
        let bytes = Array(bytes)
        if let json = try? JSONReader.value(of: bytes), let value = try? JSONValueDecoder.decode(type, from: json) {
            return value
        }
        do {
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw JSONError(error)
        }
    }
}
