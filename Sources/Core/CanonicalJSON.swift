internal import FoundationEssentials

/// Writes Swift values as JSON straight into bytes: the same bytes as `JSONEncoder` with sorted keys, at a
/// fraction of its time.
///
/// Knows what nearly all types use. At anything else, such as a nested container or a value with a format of its own,
/// it gives up, and the caller takes the library's encoder.
final class CanonicalJSON {
    private var bytes: [UInt8] = []
    private var frames: [Frame] = []
    /// The members of all objects that are being written, each from the byte in front of its name.
    private var members: [(name: String, start: Int)] = []
    private var hasGivenUp = false

    /// What one value has written so far.
    private struct Frame {
        enum Shape { case none, object, array, scalar }

        var shape = Shape.none
        let start: Int
        /// How many members were there before those of this value.
        let firstMember: Int
    }

    /// The text of a value, or `nil` when this is one for the library's encoder.
    static func bytes(of value: some Encodable) -> [UInt8]? {
        if let value = value as? JSONValue {
            var bytes: [UInt8] = []
            bytes.reserveCapacity(256)
            return JSONText.append(value, to: &bytes) ? bytes : nil
        }
        let text = CanonicalJSON()
        text.bytes.reserveCapacity(256)
        do {
            try text.write(value: value)
        } catch {
            // The library's encoder names the error better.
            return nil
        }
        return text.hasGivenUp ? nil : text.bytes
    }

    // MARK: - Values

    func write<Value: Encodable>(value: Value) throws {
        guard !hasGivenUp, !Self.hasOwnFormat(Value.self) else { return giveUp() }
        if Value.self == JSONValue.self, let value = value as? JSONValue {
            // One access to the member for the whole value: each is checked.
            return JSONText.append(value, to: &bytes) ? () : giveUp()
        }
        if Value.self == JSONFragment.self, let value = value as? JSONFragment {
            return bytes.append(contentsOf: value.text)
        }
        frames.append(Frame(start: bytes.count, firstMember: members.count))
        try value.encode(to: CanonicalEncoder(text: self, depth: frames.count))
        close(frames.removeLast())
    }

    private static func hasOwnFormat(_ type: any Any.Type) -> Bool {
        type == Data.self || type == Date.self || type == URL.self || type == Decimal.self
    }

    private func close(_ frame: Frame) {
        switch frame.shape {
        case .none: giveUp()
        case .scalar: break
        case .array:
            open(frame, with: UInt8(ascii: "["))
            bytes.append(UInt8(ascii: "]"))
        case .object:
            sort(members[frame.firstMember...], from: frame.start)
            members.removeSubrange(frame.firstMember...)
            open(frame, with: UInt8(ascii: "{"))
            bytes.append(UInt8(ascii: "}"))
        }
    }

    /// Every member and element begins with a comma: the first one's becomes the bracket.
    private func open(_ frame: Frame, with bracket: UInt8) {
        guard !hasGivenUp else { return }
        if bytes.count == frame.start {
            bytes.append(bracket)
        } else {
            bytes[frame.start] = bracket
        }
    }

    /// Brings an object's members, which lie one after the other, into the order of their names' bytes.
    private func sort(_ members: ArraySlice<(name: String, start: Int)>, from start: Int) {
        var isSorted = true
        var previous = ""
        for (name, _) in members {
            // Other names may be equal in more than one spelling.
            guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return giveUp() }
            isSorted = isSorted && previous < name
            previous = name
        }
        guard !isSorted, members.count > 1 else { return }
        let ends = members.dropFirst().map(\.start) + [bytes.count]
        let parts = zip(members, ends).map { (name: $0.name, range: $0.start..<$1) }.sorted { $0.name < $1.name }
        guard !zip(parts, parts.dropFirst()).contains(where: { $0.name == $1.name }) else { return giveUp() }
        var sorted: [UInt8] = []
        sorted.reserveCapacity(bytes.count - start)
        for part in parts {
            sorted.append(contentsOf: bytes[part.range])
        }
        bytes.replaceSubrange(start..., with: sorted)
    }

    func giveUp() {
        hasGivenUp = true
    }

    // MARK: - Parts of a value

    /// Says what the value of a frame is; false when it is something else already.
    func begin(object isObject: Bool, at depth: Int) {
        let shape = isObject ? Frame.Shape.object : .array
        guard frames.count == depth, let frame = frames.last, frame.shape == .none || frame.shape == shape else {
            return giveUp()
        }
        frames[depth - 1].shape = shape
    }

    /// Writes a member's name; false when the member must not be written.
    func beginMember(_ name: String, at depth: Int) -> Bool {
        guard !hasGivenUp, frames.count == depth else {
            giveUp()
            return false
        }
        members.append((name, bytes.count))
        bytes.append(UInt8(ascii: ","))
        write(name)
        bytes.append(UInt8(ascii: ":"))
        return true
    }

    func beginElement(at depth: Int) -> Bool {
        guard !hasGivenUp, frames.count == depth else {
            giveUp()
            return false
        }
        bytes.append(UInt8(ascii: ","))
        return true
    }

    func beginScalar(at depth: Int) -> Bool {
        guard !hasGivenUp, frames.count == depth, frames.last?.shape == Frame.Shape.none else {
            giveUp()
            return false
        }
        frames[depth - 1].shape = .scalar
        return true
    }

    // MARK: - Scalars

    func writeNull() { bytes.append(contentsOf: "null".utf8) }
    func write(_ flag: Bool) { bytes.append(contentsOf: (flag ? "true" : "false").utf8) }
    func write(_ number: some BinaryInteger) { bytes.append(contentsOf: String(number).utf8) }

    func write(_ number: some BinaryFloatingPoint & CustomStringConvertible) {
        guard JSONText.append(number, to: &bytes) else { return giveUp() }
    }

    func write(_ text: String) { JSONText.append(text, to: &bytes) }
}

/// Writes the parts of JSON that need no encoder.
enum JSONText {
    /// Appends a value; false when the library has to write it.
    static func append(_ value: JSONValue, to bytes: inout [UInt8]) -> Bool {
        switch value {
        case .null: bytes.append(contentsOf: "null".utf8)
        case .bool(let flag): bytes.append(contentsOf: (flag ? "true" : "false").utf8)
        case .integer(let number): bytes.append(contentsOf: String(number).utf8)
        case .number(let number): return append(number, to: &bytes)
        case .string(let text): append(text, to: &bytes)
        case .array(let elements):
            bytes.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: ",")) }
                guard append(element, to: &bytes) else { return false }
            }
            bytes.append(UInt8(ascii: "]"))
        case .object(let members): return append(members, to: &bytes)
        }
        return true
    }

    private static func append(_ members: [String: JSONValue], to bytes: inout [UInt8]) -> Bool {
        bytes.append(UInt8(ascii: "{"))
        for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
            // Other names may be equal in more than one spelling.
            guard member.key.utf8.allSatisfy({ $0 < 0x80 }) else { return false }
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            append(member.key, to: &bytes)
            bytes.append(UInt8(ascii: ":"))
            guard append(member.value, to: &bytes) else { return false }
        }
        bytes.append(UInt8(ascii: "}"))
        return true
    }

    static func append(_ number: some BinaryFloatingPoint & CustomStringConvertible, to bytes: inout [UInt8]) -> Bool {
        // What is no number is an error, which the library words.
        guard number.isFinite else { return false }
        let text = number.description
        bytes.append(contentsOf: text.hasSuffix(".0") ? text.utf8.dropLast(2) : text.utf8[...])
        return true
    }

    static func append(_ text: String, to bytes: inout [UInt8]) {
        let plain = text.utf8.span
        let escapes = escapes(in: plain)
        guard escapes > 0 else {
            bytes.append(UInt8(ascii: "\""))
            bytes.append(contentsOf: text.utf8)
            return bytes.append(UInt8(ascii: "\""))
        }
        bytes.append(addingCapacity: plain.count + escapes * longestEscape + 2) { output in
            output.append(UInt8(ascii: "\""))
            for index in plain.indices {
                let byte = plain[index]
                mustEscape(byte) ? appendEscaped(byte, to: &output) : output.append(byte)
            }
            output.append(UInt8(ascii: "\""))
        }
    }

    /// How many bytes need an escape; without a way out of the loop, so that it takes many bytes at a time.
    private static func escapes(in text: Span<UInt8>) -> Int {
        var count = 0
        for index in text.indices { count &+= mustEscape(text[index]) ? 1 : 0 }
        return count
    }

    private static func mustEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    /// What an escape has more than the byte for which it stands.
    private static let longestEscape = 5

    private static func appendEscaped(_ byte: UInt8, to bytes: inout OutputSpan<UInt8>) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        default:
            for digit in ("u00" + [byte].hex).utf8 { bytes.append(digit) }
        }
    }
}
