internal import FoundationEssentials

/// A JSON value by its canonical text: for what is written and cut more often than it is looked into.
package struct JSONFragment: Hashable, Sendable {
    /// As ``JSON/bytes(of:)`` writes it.
    package let text: [UInt8]

    /// The value that `encodable` writes.
    package init(encoding encodable: some Encodable) throws {
        text = try JSON.bytes(of: encodable)
    }

    private init(text: [UInt8]) {
        self.text = text
    }

    package static let null = JSONFragment(text: Array("null".utf8))

    /// The value itself, read anew each time.
    package var value: JSONValue {
        if let value = try? JSONReader.value(of: text) { return value }
        return (try? JSONDecoder().decode(JSONValue.self, from: Data(text))) ?? .null
    }

    package var string: String { String(decoding: text, as: UTF8.self) }
}

extension JSONFragment: Encodable {
    package func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
    }
}

// MARK: - Objects

extension JSONFragment {
    /// A member of an object: its parts of the object's text.
    package struct Member: Sendable {
        /// As it is written; a name that needs escapes has them.
        package let name: String
        package let value: ArraySlice<UInt8>
        /// Name and value.
        let whole: ArraySlice<UInt8>
    }

    /// An object of some of another one's members, in their order there.
    package static func object(_ members: [Member]) -> JSONFragment {
        var text: [UInt8] = []
        text.reserveCapacity(members.reduce(2) { $0 + $1.whole.count + 1 })
        text.append(UInt8(ascii: "{"))
        for (index, member) in members.enumerated() {
            if index > 0 { text.append(UInt8(ascii: ",")) }
            text.append(contentsOf: member.whole)
        }
        text.append(UInt8(ascii: "}"))
        return JSONFragment(text: text)
    }

    /// An object's member; `nil` when there is none or this is no object.
    package subscript(name: String) -> JSONFragment? {
        members?.first { $0.name == name }.map { JSONFragment(text: Array($0.value)) }
    }

    /// An object's members; `nil` when this is none.
    package var members: [Member]? { Self.members(of: text) }

    /// The members of the object that a canonical text is; `nil` when it is none.
    ///
    /// Only follows strings and nesting: the text was written by an encoder of ours.
    package static func members(of text: [UInt8]) -> [Member]? {
        guard text.count >= 2, text.first == UInt8(ascii: "{"), text.last == UInt8(ascii: "}") else { return nil }
        let bytes = text.span
        var members: [Member] = []
        var position = 1
        while position < text.count - 1, text[position] == UInt8(ascii: "\"") {
            let name = (position + 1)..<endOfString(in: bytes, at: position)
            let start = min(name.upperBound + 2, text.count)
            let end = endOfValue(in: bytes, at: start)
            members.append(
                Member(
                    name: String(decoding: text[name], as: UTF8.self),
                    value: text[start..<end],
                    whole: text[position..<end]
                )
            )
            position = end + 1
        }
        return members
    }

    /// Where the closing quote stands of the string that opens at `start`.
    private static func endOfString(in text: Span<UInt8>, at start: Int) -> Int {
        var position = start + 1
        while position < text.count, text[position] != UInt8(ascii: "\"") {
            position += text[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        return min(position, text.count - 1)
    }

    /// Where the comma or bracket stands that ends the value at `start`.
    private static func endOfValue(in text: Span<UInt8>, at start: Int) -> Int {
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
