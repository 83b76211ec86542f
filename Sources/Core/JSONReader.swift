/// Why a text is not JSON, and where.
package struct JSONFault: Error, Equatable, Sendable {
    /// Whether the text ended inside a value, so that more of it could have made it whole.
    package let isTruncation: Bool
    /// The byte at which reading stopped.
    package let offset: Int
    /// What is wrong there, as half a sentence.
    package let reason: String
}

/// A strict reader of JSON text (RFC 8259) that also refuses what the standard leaves open.
///
/// A member that occurs twice, half a surrogate pair, bytes that are not UTF-8 and nesting deeper than
/// ``depthLimit`` are faults: a reader that picked one meaning silently would hide what a model or a
/// file really said.
package struct JSONReader {
    /// How deep arrays and objects may nest.
    package static let depthLimit = 128

    private let bytes: [UInt8]
    /// The next byte to read; after ``readValue()`` the first one behind the value.
    package private(set) var offset: Int
    private var depth = 0

    package init(_ bytes: [UInt8], at offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Reads the one value that `bytes` consist of.
    package static func value(of bytes: [UInt8]) throws(JSONFault) -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw reader.fault("there is more text after the value") }
        return value
    }

    /// Reads the value that begins here, after any white space.
    package mutating func readValue() throws(JSONFault) -> JSONValue {
        skipSpace()
        switch try next("a value is missing") {
        case UInt8(ascii: "{"): return try nested { (reader) throws(JSONFault) in try reader.readObject() }
        case UInt8(ascii: "["): return try nested { (reader) throws(JSONFault) in try reader.readArray() }
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try readNumber()
        default: throw fault("a value is expected")
        }
    }

    package mutating func skipSpace() {
        while offset < bytes.count, bytes[offset] <= 0x20 {
            let byte = bytes[offset]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return }
            offset += 1
        }
    }
}

// MARK: - Parts

extension JSONReader {
    private mutating func nested(
        _ read: (inout JSONReader) throws(JSONFault) -> JSONValue
    ) throws(JSONFault) -> JSONValue {
        guard depth < Self.depthLimit else { throw fault("values nest deeper than \(Self.depthLimit)") }
        depth += 1
        defer { depth -= 1 }
        return try read(&self)
    }

    private mutating func readObject() throws(JSONFault) -> JSONValue {
        offset += 1
        skipSpace()
        if try next("the object is not closed") == UInt8(ascii: "}") {
            offset += 1
            return .object([:])
        }
        // Room for most objects at once: one that grows from nothing hashes its members anew three times.
        var members = [String: JSONValue](minimumCapacity: 6)
        while true {
            skipSpace()
            guard try next("the object is not closed") == UInt8(ascii: "\"") else {
                throw fault("a member's name in double quotes is expected")
            }
            let start = offset
            let name = try readString()
            skipSpace()
            guard try next("the object is not closed") == UInt8(ascii: ":") else { throw fault("':' is expected") }
            offset += 1
            let value = try readValue()
            guard members.updateValue(value, forKey: name) == nil else {
                throw JSONFault(
                    isTruncation: false,
                    offset: start,
                    reason: "the member '\(name.printable)' occurs twice"
                )
            }
            guard try readsSeparator(or: UInt8(ascii: "}"), in: "object") else { return .object(members) }
        }
    }

    private mutating func readArray() throws(JSONFault) -> JSONValue {
        var elements: [JSONValue] = []
        offset += 1
        skipSpace()
        if try next("the array is not closed") == UInt8(ascii: "]") {
            offset += 1
            return .array(elements)
        }
        while true {
            elements.append(try readValue())
            guard try readsSeparator(or: UInt8(ascii: "]"), in: "array") else { return .array(elements) }
        }
    }

    /// Whether a comma follows, and not the end of the array or object.
    private mutating func readsSeparator(or end: UInt8, in what: String) throws(JSONFault) -> Bool {
        skipSpace()
        let byte = try next("the \(what) is not closed")
        guard byte == end || byte == UInt8(ascii: ",") else {
            throw fault("',' or '\(Character(Unicode.Scalar(end)))' is expected")
        }
        offset += 1
        return byte != end
    }

    private mutating func readWord(_ word: String, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for byte in word.utf8 {
            guard try next("the text ends inside '\(word)'") == byte else { throw fault("'\(word)' is expected") }
            offset += 1
        }
        return value
    }

    private mutating func readNumber() throws(JSONFault) -> JSONValue {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let whole = offset
        try skipDigits()
        if bytes[whole] == UInt8(ascii: "0"), offset > whole + 1 { throw fault("a number begins with 0") }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try skipDigits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, [UInt8(ascii: "+"), UInt8(ascii: "-")].contains(bytes[offset]) { offset += 1 }
            try skipDigits()
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if let integer = Int64(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw fault("the number is too large") }
        return Int64(exactly: number).map { .integer($0) } ?? .number(number)
    }

    private mutating func skipDigits() throws(JSONFault) {
        guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(try next("a digit is missing")) else {
            throw fault("a digit is expected")
        }
        while offset < bytes.count, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[offset]) {
            offset += 1
        }
    }

    private func next(_ missing: String) throws(JSONFault) -> UInt8 {
        guard offset < bytes.count else { throw JSONFault(isTruncation: true, offset: offset, reason: missing) }
        return bytes[offset]
    }

    private func fault(_ reason: String) -> JSONFault {
        JSONFault(isTruncation: false, offset: offset, reason: reason)
    }
}

// MARK: - Strings

extension JSONReader {
    private mutating func readString() throws(JSONFault) -> String {
        offset += 1
        var text: [UInt8] = []
        while true {
            let start = offset
            let isASCII = skipPlainText()
            let byte = try next("a string is not closed")
            if byte == UInt8(ascii: "\""), text.isEmpty {
                // Nearly every string is one without escapes, and most are ASCII, of which nothing has to be checked.
                guard isASCII else { return try string(bytes[start..<offset]) }
                defer { offset += 1 }
                return String(decoding: bytes[start..<offset], as: UTF8.self)
            }
            text += bytes[start..<offset]
            switch byte {
            case UInt8(ascii: "\""): return try string(text[...])
            case UInt8(ascii: "\\"): text += try readEscape()
            default: throw fault(#"a control character in a string must be written as an escape such as \n"#)
            }
        }
    }

    /// The string of these bytes, whose end quote is next.
    private mutating func string(_ text: ArraySlice<UInt8>) throws(JSONFault) -> String {
        guard let string = String(validating: text, as: UTF8.self) else { throw fault("a string is not UTF-8") }
        offset += 1
        return string
    }

    /// Skips what stands for itself; returns whether all of it is ASCII.
    private mutating func skipPlainText() -> Bool {
        var end = offset
        var all: UInt8 = 0
        while end < bytes.count, bytes[end] >= 0x20, bytes[end] != 0x22, bytes[end] != 0x5C {
            all |= bytes[end]
            end += 1
        }
        offset = end
        return all < 0x80
    }

    private mutating func readEscape() throws(JSONFault) -> [UInt8] {
        offset += 1
        let letter = try next("a string is not closed")
        offset += 1
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [letter]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "u"): return Array(String(try readScalar()).utf8)
        default:
            offset -= 1
            throw fault(#"there is no escape '\\#(Character(Unicode.Scalar(letter)).description.printable)'"#)
        }
    }

    private mutating func readScalar() throws(JSONFault) -> Character {
        let unit = try readUnit()
        guard (0xD800...0xDFFF).contains(unit) else {
            guard let scalar = Unicode.Scalar(unit) else { throw fault("an escape names no character") }
            return Character(scalar)
        }
        guard unit < 0xDC00, try next("a string is not closed") == UInt8(ascii: "\\") else {
            throw fault("an escape holds half a surrogate pair")
        }
        offset += 1
        guard try next("a string is not closed") == UInt8(ascii: "u") else {
            throw fault("an escape holds half a surrogate pair")
        }
        offset += 1
        let low = try readUnit()
        let value = 0x10000 + ((unit & 0x3FF) << 10) + (low & 0x3FF)
        guard (0xDC00...0xDFFF).contains(low), let scalar = Unicode.Scalar(value) else {
            throw fault("an escape holds half a surrogate pair")
        }
        return Character(scalar)
    }

    private mutating func readUnit() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            let byte = try next("a string is not closed")
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
                throw fault(#"'\u' needs four hexadecimal digits"#)
            }
            value = value << 4 | UInt32(digit)
            offset += 1
        }
        return value
    }
}
