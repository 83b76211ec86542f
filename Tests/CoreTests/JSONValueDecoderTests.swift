import Foundation
import TestSupport
import Testing

@testable import Core

@Suite("Values read out of JSON", .tags(.small))
struct JSONValueDecoderTests {
    private enum Kind: String, Codable { case small, large }

    private struct Part: Codable, Equatable {
        var name: String
        var count: Int
        var share: Double
        var isOn: Bool?
        var kind: Kind
        var words: [[String]]
        var numbers: [String: UInt8]
        var at: Date?
        var data: Data?
        var value: JSONValue?
    }

    private static let part = Part(
        name: "a \"quoted\" ü\n",
        count: -7,
        share: 2,
        isOn: true,
        kind: .large,
        words: [[], ["a", "b"]],
        numbers: ["x": 1, "y": 255],
        at: Date(timeIntervalSinceReferenceDate: 12.5),
        data: Data([1, 2, 3]),
        value: ["deep": [1, .number(2.5), nil, ["x": false]]]
    )

    @Test("are what the library's decoder reads")
    func equal() throws {
        let text = try JSON.bytes(of: Self.part)
        #expect(try JSONDecoder().decode(Part.self, from: Data(text)) == Self.part)
        #expect(try JSON.decode(Part.self, from: text) == Self.part)
        #expect(try JSONValue(parsing: text).decoded(as: Part.self) == Self.part)
        #expect(try JSONValueDecoder.decode(Part.self, from: JSONValue(parsing: text)) == Self.part)
        #expect(try JSONValue(encoding: Self.part) == JSONValue(parsing: text))
    }

    @Test("may be absent, null, or whole numbers where fractions are read")
    func loose() throws {
        let text = #"{"name":"n","count":1.0,"share":1,"isOn":null,"kind":"small","words":[],"numbers":{}}"#
        let part = try JSON.decode(Part.self, from: text.utf8)
        #expect(part.count == 1 && part.share == 1 && part.isOn == nil && part.kind == .small && part.at == nil)
        #expect(try JSON.decode([Double].self, from: "[9007199254740993, -0.5, 1e300]".utf8).last == 1e300)
    }

    @Test(
        "are refused with the place, in words that need no Swift",
        arguments: [
            (#"{"name":1}"#, "'name' is not a text"), (#"{"name":"n"}"#, "the JSON text has no member 'count'"),
            (#"{"name":"n","count":true}"#, "'count' is not a whole number"), ("[]", "the JSON text is not a map"),
        ]
    )
    func refused(text: String, words: String) {
        let error = #expect(throws: JSONError.self) { try JSON.decode(Part.self, from: text.utf8) }
        #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
    }
}
