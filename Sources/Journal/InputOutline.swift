internal import Core
internal import HashKit

/// A few digits of the hash of each member of a step's input: enough to say later which member has changed.
enum InputOutline {
    /// How many hexadecimal digits of each member's hash are kept.
    private static let digits = 4

    /// The outline of a canonical JSON text, or `nil` when it is no object or the outline is longer than `limit`.
    static func outline(of text: [UInt8], limit: Int) -> JSONValue? {
        guard let members = members(of: text), !members.isEmpty else { return nil }
        let outline = JSONValue.object(
            members.mapValues { value in .string(Array(Digest.sha256(of: value).bytes.prefix(digits / 2)).hex) }
        )
        return CompactJSON.size(of: outline) <= limit ? outline : nil
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
        guard text.count > 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        var members: [String: ArraySlice<UInt8>] = [:]
        var position = 1
        while position < text.count - 1, text[position] == UInt8(ascii: "\"") {
            let name = (position + 1)..<endOfString(in: text, at: position)
            let value = min(name.upperBound + 2, text.count)..<endOfValue(in: text, at: name.upperBound + 2)
            members[String(decoding: text[name], as: UTF8.self)] = text[value]
            position = value.upperBound + 1
        }
        return members
    }

    /// Where the closing quote stands of the string that opens at `start`.
    private static func endOfString(in text: [UInt8], at start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, text.count - 1)
    }

    /// Where the comma or bracket stands that ends the value at `start`.
    private static func endOfValue(in text: [UInt8], at start: Int) -> Int {
        var position = start
        var depth = 0
        while position < text.count - 1 {
            switch text[position] {
            case UInt8(ascii: "\""): position = endOfString(in: text, at: position)
            case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
            case UInt8(ascii: ",") where depth == 0: return position
            default: break
            }
            position += 1
        }
        return max(min(start, text.count), text.count - 1)
    }
}
