import Core
import Foundation
import TestSupport
import Testing

@Suite("Canonical JSON", .tags(.small))
struct CanonicalJSONTests {
    /// What journals were hashed with so far, and what they have to be hashed with for ever.
    private func reference(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    private func expectSame(_ value: some Encodable, _ place: SourceLocation = #_sourceLocation) throws {
        let text = String(decoding: try JSON.bytes(of: value), as: UTF8.self)
        #expect(text == (try reference(value)), sourceLocation: place)
        #expect(try JSON.encode(value) == Data(text.utf8), sourceLocation: place)
    }

    private struct Person: Codable {
        var name: String
        var age = 7
        var tags: [String] = []
        var home: [String: Place] = [:]
        var nick: String?
        var flag = true
        var ratio = 0.5
        var mood = Mood.good
    }

    private struct Place: Codable {
        var zip: UInt64 = .max
        var at: [Double?] = [1, nil, -0.0]
        var empty: [Int] = []
    }

    private enum Mood: String, Codable { case good, bad }

    private enum Choice: Codable {
        case none
        case some(Int, name: String)
    }

    private final class Base: Encodable {
        func encode(to encoder: any Encoder) throws {
            var outer = encoder.container(keyedBy: Key.self)
            var inner = outer.nestedContainer(keyedBy: Key.self, forKey: Key(stringValue: "inner"))
            try inner.encode(1, forKey: Key(stringValue: "a"))
            var list = outer.nestedUnkeyedContainer(forKey: Key(stringValue: "list"))
            try list.encode("x")
            try "up".encode(to: outer.superEncoder(forKey: Key(stringValue: "super")))
        }
    }

    private struct Key: CodingKey {
        var stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }

    private struct Twice: Encodable {
        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(1, forKey: Key(stringValue: "b"))
            var again = encoder.container(keyedBy: Key.self)
            try again.encode(2, forKey: Key(stringValue: "b"))
            try again.encode(3, forKey: Key(stringValue: "a"))
        }
    }

    private struct Nothing: Encodable {
        func encode(to encoder: any Encoder) {}
    }

    private struct Failing: Encodable {
        struct Fault: Error {}
        func encode(to encoder: any Encoder) throws { throw Fault() }
    }

    @Test("is what the library's encoder writes, for values of every kind")
    func everyKind() throws {
        try expectSame(
            Person(name: "a/b \"c\" \\ é 🦊 \u{7f}", tags: ["z", "a", ""], home: ["b": Place(), "a": Place()])
        )
        try expectSame(Person(name: "", nick: "n", mood: .bad))
        try expectSame([Choice.none, .some(3, name: "x")])
        try expectSame(Base())
        try expectSame(Twice())
        try expectSame([Nothing()])
        try expectSame(["a": Nothing()])
        try expectSame("text")
        try expectSame(5)
        try expectSame(nil as Int?)
        try expectSame([nil, 1] as [Int?])
        try expectSame([Date(timeIntervalSince1970: 5.25)])
        try expectSame([Data([1, 2, 3])])
        try expectSame(try #require(URL(string: "https://example.org/a?b")))
        try expectSame(["d": Decimal(string: "1.10")])
        try expectSame([3: "a", 20: "b", 1: "c"])
        try expectSame([Int8.min.magnitude, 0])
        try expectSame([Int64.min, .max])
        try expectSame([Float(0.1), .greatestFiniteMagnitude, 3])
        let value: JSONValue = ["b": [1, .number(0.5), nil, true, "x"], "a": [:], "c": []]
        try expectSame(value)
    }

    @Test("escapes what the library's encoder escapes")
    func escapes() throws {
        for scalar in (0..<0x3000).compactMap(Unicode.Scalar.init as (UInt32) -> Unicode.Scalar?) {
            try expectSame(["k": "a\(Character(scalar))b"])
        }
        for scalar in (0..<0x80).compactMap(Unicode.Scalar.init as (UInt32) -> Unicode.Scalar?) {
            try expectSame(["x\(Character(scalar))": 1, "x": 2])
        }
    }

    @Test("sorts names as the library's encoder does")
    func order() throws {
        let names = ["a10", "a2", "B", "a", "_", "é", "e\u{302}", "f", "Z", "ab", "😀", "\u{FFFD}", "", " ", "a/b", "A"]
        try expectSame(Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) }))
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            let chosen = names.shuffled(using: &random).prefix(5)
            try expectSame(Dictionary(uniqueKeysWithValues: chosen.map { ($0, [$0: 1]) }))
        }
    }

    @Test("writes numbers as the library's encoder does")
    func numbers() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<2_000 {
            let bits = UInt64.random(in: .min ... .max, using: &random)
            let number = Double(bitPattern: bits)
            try expectSame([number.isFinite ? number : 0, Double(bits), Double(bits % 1_000) / 8])
            try expectSame([Float(bits % 100_000) / 7])
            try expectSame([Int64(bitPattern: bits)])
        }
    }

    @Test("fails where the library's encoder fails")
    func failures() {
        #expect(throws: EncodingError.self) { try JSON.bytes(of: [Double.nan]) }
        #expect(throws: EncodingError.self) { try JSON.bytes(of: ["a": Double.infinity]) }
        #expect(throws: EncodingError.self) { try JSON.bytes(of: Nothing()) }
        #expect(throws: Failing.Fault.self) { try JSON.bytes(of: [Failing()]) }
    }
}
