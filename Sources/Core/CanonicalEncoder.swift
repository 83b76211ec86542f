/// What a value writes itself into; everything is in `text`.
struct CanonicalEncoder: Encoder {
    let text: CanonicalJSON
    let depth: Int

    var codingPath: [any CodingKey] { [] }
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        text.begin(object: true, at: depth)
        return KeyedEncodingContainer(CanonicalMembers(text: text, depth: depth))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        text.begin(object: false, at: depth)
        return CanonicalElements(text: text, depth: depth)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer { CanonicalScalar(text: text, depth: depth) }
}

private struct CanonicalMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let text: CanonicalJSON
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    private func member(_ key: Key, _ write: () throws -> Void) rethrows {
        guard text.beginMember(key.stringValue, at: depth) else { return }
        try write()
    }

    func encodeNil(forKey key: Key) { member(key) { text.writeNull() } }
    func encode(_ value: Bool, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: String, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Double, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Float, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Int, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Int8, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Int16, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Int32, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: Int64, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: UInt, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: UInt8, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: UInt16, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: UInt32, forKey key: Key) { member(key) { text.write(value) } }
    func encode(_ value: UInt64, forKey key: Key) { member(key) { text.write(value) } }

    func encode<Value: Encodable>(_ value: Value, forKey key: Key) throws {
        try member(key) { try text.write(value: value) }
    }

    func nestedContainer<Nested: CodingKey>(
        keyedBy type: Nested.Type,
        forKey key: Key
    ) -> KeyedEncodingContainer<Nested> {
        text.giveUp()
        return KeyedEncodingContainer(CanonicalMembers<Nested>(text: text, depth: depth))
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        text.giveUp()
        return CanonicalElements(text: text, depth: depth)
    }

    func superEncoder() -> any Encoder {
        text.giveUp()
        return CanonicalEncoder(text: text, depth: depth)
    }

    func superEncoder(forKey key: Key) -> any Encoder { superEncoder() }
}

private struct CanonicalElements: UnkeyedEncodingContainer {
    let text: CanonicalJSON
    let depth: Int
    private(set) var count = 0

    var codingPath: [any CodingKey] { [] }

    init(text: CanonicalJSON, depth: Int) {
        self.text = text
        self.depth = depth
    }

    private mutating func element(_ write: (CanonicalJSON) throws -> Void) rethrows {
        count += 1
        guard text.beginElement(at: depth) else { return }
        try write(text)
    }

    mutating func encodeNil() { element { $0.writeNull() } }
    mutating func encode(_ value: Bool) { element { $0.write(value) } }
    mutating func encode(_ value: String) { element { $0.write(value) } }
    mutating func encode(_ value: Double) { element { $0.write(value) } }
    mutating func encode(_ value: Float) { element { $0.write(value) } }
    mutating func encode(_ value: Int) { element { $0.write(value) } }
    mutating func encode(_ value: Int8) { element { $0.write(value) } }
    mutating func encode(_ value: Int16) { element { $0.write(value) } }
    mutating func encode(_ value: Int32) { element { $0.write(value) } }
    mutating func encode(_ value: Int64) { element { $0.write(value) } }
    mutating func encode(_ value: UInt) { element { $0.write(value) } }
    mutating func encode(_ value: UInt8) { element { $0.write(value) } }
    mutating func encode(_ value: UInt16) { element { $0.write(value) } }
    mutating func encode(_ value: UInt32) { element { $0.write(value) } }
    mutating func encode(_ value: UInt64) { element { $0.write(value) } }

    mutating func encode<Value: Encodable>(_ value: Value) throws {
        // An array of texts encodes its elements one by one through here.
        if let string = value as? String {
            element { $0.write(string) }
        } else {
            try element { try $0.write(value: value) }
        }
    }

    func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) -> KeyedEncodingContainer<Nested> {
        text.giveUp()
        return KeyedEncodingContainer(CanonicalMembers<Nested>(text: text, depth: depth))
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
        text.giveUp()
        return self
    }

    func superEncoder() -> any Encoder {
        text.giveUp()
        return CanonicalEncoder(text: text, depth: depth)
    }
}

private struct CanonicalScalar: SingleValueEncodingContainer {
    let text: CanonicalJSON
    let depth: Int

    var codingPath: [any CodingKey] { [] }

    private func scalar(_ write: () throws -> Void) rethrows {
        guard text.beginScalar(at: depth) else { return }
        try write()
    }

    func encodeNil() { scalar { text.writeNull() } }
    func encode(_ value: Bool) { scalar { text.write(value) } }
    func encode(_ value: String) { scalar { text.write(value) } }
    func encode(_ value: Double) { scalar { text.write(value) } }
    func encode(_ value: Float) { scalar { text.write(value) } }
    func encode(_ value: Int) { scalar { text.write(value) } }
    func encode(_ value: Int8) { scalar { text.write(value) } }
    func encode(_ value: Int16) { scalar { text.write(value) } }
    func encode(_ value: Int32) { scalar { text.write(value) } }
    func encode(_ value: Int64) { scalar { text.write(value) } }
    func encode(_ value: UInt) { scalar { text.write(value) } }
    func encode(_ value: UInt8) { scalar { text.write(value) } }
    func encode(_ value: UInt16) { scalar { text.write(value) } }
    func encode(_ value: UInt32) { scalar { text.write(value) } }
    func encode(_ value: UInt64) { scalar { text.write(value) } }
    func encode<Value: Encodable>(_ value: Value) throws { try scalar { try text.write(value: value) } }
}
