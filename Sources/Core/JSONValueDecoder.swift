internal import FoundationEssentials

/// Reads Swift values out of a JSON value: the same values as `JSONDecoder` from its text, at a fraction of its time.
///
/// What it throws says only that the library's decoder is to be asked, which names the place and the fault.
struct JSONValueDecoder: Decoder {
    let value: JSONValue

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    /// The library has to say what is wrong.
    struct Mismatch: Error {}

    static func decode<Value: Decodable>(_ type: Value.Type, from value: JSONValue) throws -> Value {
        if type == JSONValue.self, let value = value as? Value { return value }
        if type == String.self, let text = try value.read(String.self) as? Value { return text }
        if type == Data.self || type == Date.self || type == URL.self || type == Decimal.self {
            return try JSONDecoder().decode(type, from: JSON.encode(value))
        }
        return try Value(from: JSONValueDecoder(value: value))
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard case .object(let members) = value else { throw Mismatch() }
        return KeyedDecodingContainer(Members(members: members))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard case .array(let elements) = value else { throw Mismatch() }
        return Elements(elements: elements)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { Scalar(value: value) }
}

// MARK: - Scalars

extension JSONValue {
    fileprivate func read(_ type: Bool.Type) throws -> Bool {
        guard case .bool(let flag) = self else { throw JSONValueDecoder.Mismatch() }
        return flag
    }

    fileprivate func read(_ type: String.Type) throws -> String {
        guard case .string(let text) = self else { throw JSONValueDecoder.Mismatch() }
        return text
    }

    fileprivate func read<Number: FixedWidthInteger>(_ type: Number.Type) throws -> Number {
        guard case .integer(let integer) = self, let number = Number(exactly: integer) else {
            throw JSONValueDecoder.Mismatch()
        }
        return number
    }

    fileprivate func read(_ type: Double.Type) throws -> Double {
        switch self {
        case .number(let number): number
        // Beyond this a number is more exact than a double.
        case .integer(let integer) where integer.magnitude < 1 << 53: Double(integer)
        default: throw JSONValueDecoder.Mismatch()
        }
    }
}

private struct Scalar: SingleValueDecodingContainer {
    let value: JSONValue
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { value == .null }
    func decode(_ type: Bool.Type) throws -> Bool { try value.read(type) }
    func decode(_ type: String.Type) throws -> String { try value.read(type) }
    func decode(_ type: Double.Type) throws -> Double { try value.read(type) }
    func decode(_ type: Float.Type) throws -> Float { throw JSONValueDecoder.Mismatch() }
    func decode(_ type: Int.Type) throws -> Int { try value.read(type) }
    func decode(_ type: Int8.Type) throws -> Int8 { try value.read(type) }
    func decode(_ type: Int16.Type) throws -> Int16 { try value.read(type) }
    func decode(_ type: Int32.Type) throws -> Int32 { try value.read(type) }
    func decode(_ type: Int64.Type) throws -> Int64 { try value.read(type) }
    func decode(_ type: UInt.Type) throws -> UInt { try value.read(type) }
    func decode(_ type: UInt8.Type) throws -> UInt8 { try value.read(type) }
    func decode(_ type: UInt16.Type) throws -> UInt16 { try value.read(type) }
    func decode(_ type: UInt32.Type) throws -> UInt32 { try value.read(type) }
    func decode(_ type: UInt64.Type) throws -> UInt64 { try value.read(type) }
    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        try JSONValueDecoder.decode(type, from: value)
    }
}

// MARK: - Objects and arrays

private struct Members<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let members: [String: JSONValue]
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { members.keys.compactMap { Key(stringValue: $0) } }

    func contains(_ key: Key) -> Bool { members[key.stringValue] != nil }

    private func value(_ key: Key) throws -> JSONValue {
        guard let value = members[key.stringValue] else { throw JSONValueDecoder.Mismatch() }
        return value
    }

    func decodeNil(forKey key: Key) throws -> Bool { try value(key) == .null }
    func decode(_ type: Bool.Type, forKey key: Key) throws -> Bool { try value(key).read(type) }
    func decode(_ type: String.Type, forKey key: Key) throws -> String { try value(key).read(type) }
    func decode(_ type: Double.Type, forKey key: Key) throws -> Double { try value(key).read(type) }
    func decode(_ type: Int.Type, forKey key: Key) throws -> Int { try value(key).read(type) }
    func decode(_ type: Int64.Type, forKey key: Key) throws -> Int64 { try value(key).read(type) }
    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try JSONValueDecoder.decode(type, from: value(key))
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        try JSONValueDecoder(value: value(key)).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try JSONValueDecoder(value: value(key)).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        JSONValueDecoder(value: members["super"] ?? .null)
    }

    func superDecoder(forKey key: Key) throws -> any Decoder {
        JSONValueDecoder(value: members[key.stringValue] ?? .null)
    }
}

private struct Elements: UnkeyedDecodingContainer {
    let elements: [JSONValue]
    private(set) var currentIndex = 0

    init(elements: [JSONValue]) { self.elements = elements }

    var codingPath: [any CodingKey] { [] }
    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    private func current() throws -> JSONValue {
        guard !isAtEnd else { throw JSONValueDecoder.Mismatch() }
        return elements[currentIndex]
    }

    mutating func decodeNil() throws -> Bool {
        guard try current() == .null else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let value = try JSONValueDecoder.decode(type, from: current())
        currentIndex += 1
        return value
    }

    mutating func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type
    ) throws -> KeyedDecodingContainer<Nested> {
        let container = try JSONValueDecoder(value: current()).container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try JSONValueDecoder(value: current()).unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = JSONValueDecoder(value: try current())
        currentIndex += 1
        return decoder
    }
}
