internal import Core

/// The text of small JSON values: sorted keys, no spaces, and the same bytes for the same value for ever.
///
/// The hash chain covers this text, so it may not depend on a library's taste; and reading thousands of events
/// may not cost what a general decoder costs.
enum CompactJSON {
    /// How deep arrays and objects may nest: deeper than an event's size allows.
    static let depthLimit = 200

    static func text(of value: JSONValue) -> String {
        if case .object(let members) = value, members.isEmpty { return "{}" }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Event.sizeLimit)
        write(value, to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    /// How many bytes the text has.
    static func size(of value: JSONValue) -> Int {
        switch value {
        case .null: 4
        case .bool(let flag): flag ? 4 : 5
        case .string(let string): size(of: string)
        case .array(let elements):
            elements.reduce(1 + max(1, elements.count)) { $0 + size(of: $1) }
        case .object(let members):
            members.reduce(1 + max(1, members.count)) { $0 + size(of: $1.key) + 1 + size(of: $1.value) }
        case .integer, .number: text(of: value).utf8.count
        }
    }

    private static func size(of string: String) -> Int {
        string.utf8.reduce(2) { $0 + (escape(of: $1)?.utf8.count ?? 1) }
    }

    /// The value that a text holds, or `nil` when the text is not JSON or nests too deep.
    static func value(of text: String) -> JSONValue? {
        if text == "{}" { return .object([:]) }
        var reader = CompactJSONReader(text)
        return reader.document()
    }

    private static func write(_ value: JSONValue, to text: inout [UInt8]) {
        switch value {
        case .null: text.append(contentsOf: "null".utf8)
        case .bool(let flag): text.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): text.append(contentsOf: String(number).utf8)
        case .number(let number): text.append(contentsOf: (number.isFinite ? number.description : "null").utf8)
        case .string(let string): write(string, to: &text)
        case .array(let elements):
            text.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { text.append(UInt8(ascii: ",")) }
                write(element, to: &text)
            }
            text.append(UInt8(ascii: "]"))
        case .object(let members): write(members, to: &text)
        }
    }

    private static func write(_ members: [String: JSONValue], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        for (index, member) in sorted.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            write(member.key, to: &text)
            text.append(UInt8(ascii: ":"))
            write(member.value, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    private static func write(_ string: String, to text: inout [UInt8]) {
        text.append(UInt8(ascii: "\""))
        // Nearly every string is one that needs no escape.
        guard string.utf8.contains(where: mustEscape) else {
            text.append(contentsOf: string.utf8)
            text.append(UInt8(ascii: "\""))
            return
        }
        for byte in string.utf8 {
            if let escape = escape(of: byte) {
                text.append(contentsOf: escape.utf8)
            } else {
                text.append(byte)
            }
        }
        text.append(UInt8(ascii: "\""))
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7F
    }

    /// What is written for a byte that may not stand in a string as it is; bytes of longer characters may.
    private static func escape(of byte: UInt8) -> String? {
        guard mustEscape(byte) else { return nil }
        return switch byte {
        case UInt8(ascii: "\""): #"\""#
        case UInt8(ascii: "\\"): #"\\"#
        case UInt8(ascii: "\n"): #"\n"#
        case UInt8(ascii: "\t"): #"\t"#
        case UInt8(ascii: "\r"): #"\r"#
        default: #"\u00"# + [byte].hex
        }
    }
}
