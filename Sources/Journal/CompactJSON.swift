internal import Core

/// The text of small JSON values: sorted keys, no spaces, and the same bytes for the same value for ever.
///
/// The hash chain covers this text, so it may not depend on a library's taste; and reading thousands of events
/// may not cost what a general decoder costs.
enum CompactJSON {
    /// How deep arrays and objects may nest: deeper than an event's size allows.
    static let depthLimit = 200

    static func text(of value: JSONValue) -> String {
        var text = ""
        write(value, to: &text)
        return text
    }

    /// The value that a text holds, or `nil` when the text is not JSON or nests too deep.
    static func value(of text: String) -> JSONValue? {
        if text == "{}" { return .object([:]) }
        var reader = CompactJSONReader(text)
        return reader.document()
    }

    private static func write(_ value: JSONValue, to text: inout String) {
        switch value {
        case .null: text += "null"
        case .bool(let flag): text += flag ? "true" : "false"
        case .integer(let number): text += String(number)
        case .number(let number): text += number.isFinite ? "\(number)" : "null"
        case .string(let string): write(string, to: &text)
        case .array(let elements):
            text += "["
            for (index, element) in elements.enumerated() {
                text += index == 0 ? "" : ","
                write(element, to: &text)
            }
            text += "]"
        case .object(let members):
            text += "{"
            let keys = members.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
            for (index, key) in keys.enumerated() {
                text += index == 0 ? "" : ","
                write(key, to: &text)
                text += ":"
                write(members[key] ?? .null, to: &text)
            }
            text += "}"
        }
    }

    private static func write(_ string: String, to text: inout String) {
        text += "\""
        // Nearly every string is one that needs no escape.
        guard string.utf8.contains(where: { $0 < 0x20 || $0 == 0x22 || $0 == 0x5C || $0 == 0x7F }) else {
            text += string
            text += "\""
            return
        }
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\t": text += "\\t"
            case "\r": text += "\\r"
            case "\u{0}"..<" ", "\u{7f}":
                let hex = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
