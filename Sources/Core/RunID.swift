/// The name of a run: 16 lower-case letters and digits that sort by the time of creation.
///
/// Nine characters count milliseconds since 1970, seven are random; the alphabet is Crockford's
/// base 32 (https://www.crockford.com/base32.html), which leaves out letters that look like digits.
package struct RunID: Hashable, Comparable, Sendable, CustomStringConvertible {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let timeLength = 9
    package static let length = 16

    package let description: String

    /// A run's name as a person typed it, else `nil`.
    package init?(_ text: some StringProtocol) {
        let text = text.lowercased()
        guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
        description = text
    }

    package init(milliseconds: Int64, random: UInt64) {
        let time = Self.digits(of: UInt64(clamping: milliseconds), count: Self.timeLength)
        let rest = Self.digits(of: random, count: Self.length - Self.timeLength)
        description = String(decoding: time + rest, as: UTF8.self)
    }

    private static func digits(of number: UInt64, count: Int) -> [UInt8] {
        (0..<count).reversed().map { place in alphabet[Int(number >> (5 * UInt64(place)) & 31)] }
    }

    package static func < (left: RunID, right: RunID) -> Bool {
        left.description < right.description
    }
}

extension RunID: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let id = RunID(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "not a run's name")
        }
        self = id
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
