/// A decoder that hands out empty values and notes what it was asked for.
final class SchemaRecorder {
    /// What a type turned out to be.
    private enum Shape {
        case unknown
        case scalar(JSONValue)
        case array(JSONValue)
        case object
    }

    private static let depthLimit = 24

    private let type: String
    private let depth: Int
    private var shape = Shape.unknown
    private var order: [String] = []
    private var properties: [String: JSONValue] = [:]
    private var optional: Set<String> = []

    private init(type: String, depth: Int) {
        self.type = type
        self.depth = depth
    }

    static func schema<Value: Decodable>(of type: Value.Type, depth: Int) throws -> JSONValue {
        try record(type, depth: depth).schema
    }

    /// The schema of a type together with a value of it, which the decoding goes on with.
    fileprivate static func record<Value: Decodable>(
        _ type: Value.Type,
        depth: Int
    ) throws -> (schema: JSONValue, value: Value) {
        guard depth < depthLimit else { throw SchemaError.recursive(type: "\(type)") }
        guard !(type is any OpenObject.Type) else { throw SchemaError.openObject(type: "\(type)") }
        if let found: (JSONValue, Value) = choice(of: type) { return found }
        let recorder = SchemaRecorder(type: "\(type)", depth: depth)
        do {
            let value = try Value(from: RecordingDecoder(recorder: recorder))
            return (try recorder.finished(notes: (type as? any SchemaAnnotated.Type)?.schemaNotes ?? [:]), value)
        } catch let error as DecodingError {
            throw SchemaError.undecodable(type: "\(type)", reason: "\(error)")
        }
    }

    /// The schema of an enumeration of strings, and its first case.
    private static func choice<Value>(of type: Value.Type) -> (JSONValue, Value)? {
        guard let choices = type as? any (CaseIterable & RawRepresentable).Type else { return nil }
        return cases(of: choices)
    }

    private static func cases<Choice: CaseIterable & RawRepresentable, Value>(
        of type: Choice.Type
    ) -> (JSONValue, Value)? {
        let names = type.allCases.compactMap { $0.rawValue as? String }
        guard !names.isEmpty, let first = type.allCases.first as? Value else { return nil }
        return (["type": "string", "enum": .array(names.map { .string($0) })], first)
    }

    private func finished(notes: [String: SchemaNote]) throws -> JSONValue {
        if let unknown = notes.keys.sorted().first(where: { properties[$0] == nil }) {
            throw SchemaError.unknownNote(type: type, property: unknown)
        }
        switch shape {
        case .scalar(let schema): return schema
        case .array(let items): return ["type": "array", "items": items]
        case .unknown, .object:
            let members = properties.map { name, schema in
                let noted = notes[name]?.applied(to: schema) ?? schema
                return (name, optional.contains(name) ? Self.nullable(noted) : noted)
            }
            return [
                "type": "object",
                "properties": .object(Dictionary(uniqueKeysWithValues: members)),
                "required": .array(order.filter { !optional.contains($0) }.map { .string($0) }),
                "additionalProperties": false,
            ]
        }
    }

    private static func nullable(_ schema: JSONValue) -> JSONValue {
        guard case .object(var members) = schema, let type = members["type"] else { return schema }
        members["type"] = [type, "null"]
        if let choices = members["enum"]?.array { members["enum"] = .array(choices + [.null]) }
        return .object(members)
    }
}

extension SchemaRecorder {
    fileprivate func noteObject() { shape = .object }

    fileprivate func note(scalar: JSONValue) { shape = .scalar(scalar) }

    fileprivate func read<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (schema, value) = try Self.record(type, depth: depth + 1)
        shape = .scalar(schema)
        return value
    }

    fileprivate func readElement<Value: Decodable>(_ type: Value.Type) throws -> Value {
        let (schema, value) = try Self.record(type, depth: depth + 1)
        shape = .array(schema)
        return value
    }

    fileprivate func noteOptional(_ key: any CodingKey) { optional.insert(key.stringValue) }

    fileprivate func readMember<Value: Decodable>(_ type: Value.Type, _ key: any CodingKey) throws -> Value {
        let (schema, value) = try Self.record(type, depth: depth + 1)
        let name = key.stringValue
        if properties[name] == nil { order.append(name) }
        properties[name] = schema
        return value
    }

    /// The schema and an empty value of a type that JSON knows itself.
    fileprivate func primitive<Value>(_ name: String, _ value: Value) -> Value {
        note(scalar: ["type": .string(name)])
        return value
    }
}

/// A type whose member names are data.
private protocol OpenObject {}
extension Dictionary: OpenObject {}
extension JSONValue: OpenObject {}

private struct RecordingDecoder: Decoder {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedDecodingContainer<Key> {
        recorder.noteObject()
        return KeyedDecodingContainer(RecordingMembers<Key>(recorder: recorder))
    }

    func unkeyedContainer() -> any UnkeyedDecodingContainer { RecordingElements(recorder: recorder) }

    func singleValueContainer() -> any SingleValueDecodingContainer { RecordingScalar(recorder: recorder) }
}

private struct RecordingMembers<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var allKeys: [Key] { [] }

    func contains(_ key: Key) -> Bool { true }

    /// Asked for optional members only, before the member itself.
    func decodeNil(forKey key: Key) -> Bool {
        recorder.noteOptional(key)
        return false
    }

    func decode<Value: Decodable>(_ type: Value.Type, forKey key: Key) throws -> Value {
        try recorder.readMember(type, key)
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError.undecodable(type: "\(Key.self)", reason: "nested containers are not recorded")
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        throw SchemaError.undecodable(type: "\(Key.self)", reason: "nested containers are not recorded")
    }

    func superDecoder() throws -> any Decoder { RecordingDecoder(recorder: recorder) }
    func superDecoder(forKey key: Key) throws -> any Decoder { RecordingDecoder(recorder: recorder) }
}

private struct RecordingElements: UnkeyedDecodingContainer {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }
    var count: Int? { 1 }
    var isAtEnd: Bool { currentIndex > 0 }
    var currentIndex = 0

    init(recorder: SchemaRecorder) { self.recorder = recorder }

    func decodeNil() -> Bool { false }

    mutating func decode<Value: Decodable>(_ type: Value.Type) throws -> Value {
        currentIndex += 1
        return try recorder.readElement(type)
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
        throw SchemaError.undecodable(type: "array", reason: "nested containers are not recorded")
    }

    func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        throw SchemaError.undecodable(type: "array", reason: "nested containers are not recorded")
    }

    func superDecoder() throws -> any Decoder { RecordingDecoder(recorder: recorder) }
}

private struct RecordingScalar: SingleValueDecodingContainer {
    let recorder: SchemaRecorder
    var codingPath: [any CodingKey] { [] }

    func decodeNil() -> Bool { false }
    func decode(_ type: Bool.Type) -> Bool { recorder.primitive("boolean", false) }
    func decode(_ type: String.Type) -> String { recorder.primitive("string", "") }
    func decode(_ type: Double.Type) -> Double { recorder.primitive("number", 0) }
    func decode(_ type: Float.Type) -> Float { recorder.primitive("number", 0) }
    func decode(_ type: Int.Type) -> Int { recorder.primitive("integer", 0) }
    func decode(_ type: Int8.Type) -> Int8 { recorder.primitive("integer", 0) }
    func decode(_ type: Int16.Type) -> Int16 { recorder.primitive("integer", 0) }
    func decode(_ type: Int32.Type) -> Int32 { recorder.primitive("integer", 0) }
    func decode(_ type: Int64.Type) -> Int64 { recorder.primitive("integer", 0) }
    func decode(_ type: UInt.Type) -> UInt { recorder.primitive("integer", 0) }
    func decode(_ type: UInt8.Type) -> UInt8 { recorder.primitive("integer", 0) }
    func decode(_ type: UInt16.Type) -> UInt16 { recorder.primitive("integer", 0) }
    func decode(_ type: UInt32.Type) -> UInt32 { recorder.primitive("integer", 0) }
    func decode(_ type: UInt64.Type) -> UInt64 { recorder.primitive("integer", 0) }

    func decode<Value: Decodable>(_ type: Value.Type) throws -> Value { try recorder.read(type) }
}
