/// Header fields in their order; names are compared without regard to case.
///
/// What a header may not hold is refused when the request is sent, so that no way around the check exists.
package struct HTTPHeaders: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    /// One header field.
    package struct Field: Sendable, Equatable {
        package let name: String
        package let value: String
    }

    package private(set) var fields: [Field] = []

    package init() {}

    package init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements {
            add(name, value)
        }
    }

    /// The value of the first field of that name.
    package subscript(_ name: String) -> String? {
        fields.first { Self.areEqual($0.name, name) }?.value
    }

    /// The values of all fields of that name.
    package func all(_ name: String) -> [String] {
        fields.filter { Self.areEqual($0.name, name) }.map(\.value)
    }

    /// Adds a field, also where there is one of that name.
    package mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Sets a field in place of all fields of that name.
    package mutating func set(_ name: String, _ value: String) {
        fields.removeAll { Self.areEqual($0.name, name) }
        add(name, value)
    }

    static func areEqual(_ one: String, _ other: String) -> Bool {
        let (one, other) = (one.utf8, other.utf8)
        return one.count == other.count && zip(one, other).allSatisfy { lowercase($0) == lowercase($1) }
    }

    private static func lowercase(_ byte: UInt8) -> UInt8 {
        (65...90).contains(byte) ? byte | 0x20 : byte
    }
}

extension HTTPHeaders {
    /// What the client itself says, because a wrong value would let one request be read as two.
    private static let reserved = ["host", "content-length", "transfer-encoding", "connection", "expect"]

    /// The first field that may not be sent.
    var firstRefused: Field? {
        fields.first { !Self.isToken($0.name) || !Self.isValue($0.value) || Self.isReserved($0.name) }
    }

    private static func isReserved(_ name: String) -> Bool {
        reserved.contains { areEqual($0, name) }
    }

    /// The characters of RFC 9110, section 5.6.2.
    private static func isToken(_ name: String) -> Bool {
        !name.isEmpty
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"):
                    true
                default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
                }
            }
    }

    /// Anything but the control characters, among them CR, LF and NUL, that could end the field.
    private static func isValue(_ value: String) -> Bool {
        value.utf8.allSatisfy { $0 == 9 || $0 >= 32 && $0 != 127 }
    }
}
