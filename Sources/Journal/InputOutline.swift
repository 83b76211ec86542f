internal import Core
internal import HashKit

/// A few digits of the hash of each member of a step's input: enough to say later which member has changed.
enum InputOutline {
    /// How many hexadecimal digits of each member's hash are kept.
    private static let digits = 4

    /// The outline of a canonical JSON text, or `nil` when it is no object or the outline is longer than `limit`.
    static func outline(of text: [UInt8], limit: Int) -> JSONValue? {
        guard let members = members(of: text), !members.isEmpty else { return nil }
        let outline = JSONValue.object(members.mapValues { .string(String(Digest.sha256(of: $0).hex.prefix(digits))) })
        return CompactJSON.text(of: outline).utf8.count <= limit ? outline : nil
    }

    /// What differs between a recorded outline and a new input, in words.
    static func change(from recorded: JSONValue?, to text: [UInt8]) -> String {
        guard let old = recorded?.object, let new = outline(of: text, limit: .max)?.object else {
            return "its input differs"
        }
        let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }.sorted()
        guard !changed.isEmpty else { return "its input differs" }
        return changed.map { "'\($0.printable)'" }.joined(separator: ", ")
            + (changed.count == 1 ? " differs" : " differ")
    }

    /// The members of an object's text, each with the text of its value; `nil` when the text is no object.
    ///
    /// Only follows strings and nesting: the text was written by an encoder of ours.
    private static func members(of text: [UInt8]) -> [String: ArraySlice<UInt8>]? {
        guard text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        var members: [String: ArraySlice<UInt8>] = [:]
        for part in split(text.dropFirst().dropLast(), at: UInt8(ascii: ",")) {
            let sides = split(part, at: UInt8(ascii: ":"))
            guard let key = sides.first, let value = sides.dropFirst().first else {
                return members.isEmpty ? nil : members
            }
            members[String(decoding: key.dropFirst().dropLast(), as: UTF8.self)] = value
        }
        return members
    }

    /// The parts between separators that stand neither in a string nor in brackets.
    private static func split(_ text: ArraySlice<UInt8>, at separator: UInt8) -> [ArraySlice<UInt8>] {
        var parts: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        var depth = 0
        var isString = false
        var isEscaped = false
        for index in text.indices {
            let byte = text[index]
            if isString {
                isString = isEscaped || byte != UInt8(ascii: "\"")
                isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte == UInt8(ascii: "{") || byte == UInt8(ascii: "[") {
                depth += 1
            } else if byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]") {
                depth -= 1
            } else if byte == separator, depth == 0 {
                parts.append(text[start..<index])
                start = index + 1
            }
        }
        return text.isEmpty ? [] : parts + [text[start...]]
    }
}
