internal import Core
internal import HashKit

/// A few digits of the hash of each member of a step's input: enough to say later which member has changed.
enum InputOutline {
    /// How many hexadecimal digits of each member's hash are kept.
    private static let digits = 4

    /// The outline of a canonical JSON text, or `nil` when it is no object or the outline is longer than `limit`.
    static func outline(of text: [UInt8], limit: Int) -> JSONValue? {
        guard let members = JSONFragment.members(of: text), !members.isEmpty else { return nil }
        var outline: [String: JSONValue] = [:]
        outline.reserveCapacity(members.count)
        for member in members {
            outline[member.name] = .string(Array(Digest.sha256(of: member.value).bytes.prefix(digits / 2)).hex)
        }
        return CompactJSON.size(of: .object(outline)) <= limit ? .object(outline) : nil
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
}
