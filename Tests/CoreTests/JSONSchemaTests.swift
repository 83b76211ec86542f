import Core
import TestSupport
import Testing

private enum Colour: String, CaseIterable, Codable { case red, green }

private struct Inner: Codable, SchemaAnnotated {
    let path: String
    let size: Int?
    static let schemaNotes = [
        "path": SchemaNote("Where.", length: 1...5, pattern: "^[a-z]+$"),
        "size": SchemaNote("How much.", range: 0...9),
    ]
}

private struct Sample: Codable, SchemaAnnotated {
    let name: String
    let colour: Colour
    let shade: Colour?
    let files: [Inner]
    let commands: [[String]]
    let inner: Inner?
    let isOn: Bool
    let weight: Double
    static let schemaNotes = ["files": SchemaNote("Files.", count: 1...2)]
}

private struct Recursive: Codable { let children: [Recursive] }
private struct Open: Codable { let members: [String: Int] }
private struct WrongNote: Codable, SchemaAnnotated {
    let name: String
    static let schemaNotes = ["nmae": SchemaNote("A slip.")]
}

@Suite("A JSON Schema made from a type", .tags(.small))
struct JSONSchemaTests {
    private let schema: JSONValue

    init() throws {
        schema = try JSONSchema.of(Sample.self)
    }

    @Test("names members, their types and which are required")
    func members() {
        #expect(schema["type"] == "object")
        #expect(schema["additionalProperties"] == false)
        #expect(schema["required"] == ["name", "colour", "files", "commands", "isOn", "weight"])
        #expect(schema["properties"]?["isOn"] == ["type": "boolean"])
        #expect(schema["properties"]?["weight"] == ["type": "number"])
        #expect(schema["properties"]?["colour"] == ["type": "string", "enum": ["red", "green"]])
        #expect(
            schema["properties"]?["shade"] == ["type": ["string", "null"], "enum": ["red", "green", nil]]
        )
        #expect(
            schema["properties"]?["commands"]
                == ["type": "array", "items": ["type": "array", "items": ["type": "string"]]]
        )
    }

    @Test("carries descriptions and limits")
    func notes() {
        let files = schema["properties"]?["files"]
        #expect(files?["description"] == "Files.")
        #expect(files?["minItems"] == 1)
        #expect(files?["maxItems"] == 2)
        let path = files?["items"]?["properties"]?["path"]
        #expect(path?["minLength"] == 1)
        #expect(path?["pattern"] == "^[a-z]+$")
        #expect(files?["items"]?["properties"]?["size"]?["maximum"] == 9)
    }

    @Test("has a portable form: all members required, limits in words")
    func portable() {
        let portable = JSONSchema.portable(schema)
        #expect(portable["required"]?.array?.count == 8)
        let path = portable["properties"]?["files"]?["items"]?["properties"]?["path"]
        #expect(path == ["type": "string", "description": "Where. (minLength 1, maxLength 5, pattern ^[a-z]+$)"])
    }

    @Test("cannot be made for open, recursive or wrongly noted types")
    func refused() {
        #expect(throws: SchemaError.openObject(type: "Dictionary<String, Int>")) { try JSONSchema.of(Open.self) }
        #expect(throws: SchemaError.self) { try JSONSchema.of(Recursive.self) }
        #expect(throws: SchemaError.unknownNote(type: "WrongNote", property: "nmae")) {
            try JSONSchema.of(WrongNote.self)
        }
    }

    @Test("accepts what the type writes, absent and null members included")
    func accepts() throws {
        let sample = Sample(
            name: "n",
            colour: .red,
            shade: nil,
            files: [Inner(path: "a", size: nil)],
            commands: [["x"]],
            inner: nil,
            isOn: true,
            weight: 2
        )
        var value = try JSONValue(encoding: sample)
        #expect(JSONSchema.findings(of: value, against: schema).problems == [])
        guard case .object(var members) = value else { return }
        members["inner"] = .null
        members["shade"] = .null
        value = .object(members)
        let findings = JSONSchema.findings(of: value, against: schema)
        #expect(findings.problems == [])
        #expect(findings.cleaned["inner"] == nil)
    }

    @Test("finds all problems with their places")
    func problems() throws {
        let value = try JSONValue(
            parsing: """
                {"name": 1, "colour": "blue", "files": [{"path": "a"}, {"size": 12}, {"path": "UPPER", "x": 1}],
                 "commands": [["ok", 2]], "weight": 1.5, "extra": {"deep": true}}
                """
        )
        let findings = JSONSchema.findings(of: value, against: schema)
        #expect(
            findings.problems.map(\.description) == [
                "'isOn' is missing",
                "'colour' is 'blue', but one of 'red', 'green' is expected",
                "'commands[0][1]' is integer, but string is expected",
                "'files' has 3 elements, more than 2",
                "'files[1].path' is missing",
                "'files[1].size' is 12, more than 9",
                "'files[2].path' is 'UPPER', which does not match ^[a-z]+$",
                "'name' is integer, but string is expected",
            ]
        )
        #expect(findings.unknown == ["extra", "files[2].x"])
    }

    @Test("shows names and values from outside without control characters and cut")
    func hostile() throws {
        let name = "\u{1b}[31m" + String(repeating: "x", count: 500)
        let findings = JSONSchema.findings(of: .object([name: 1]), against: schema)
        #expect(findings.unknown.first?.contains("\u{1b}") == false)
        #expect((findings.unknown.first?.count ?? 0) < 100)
    }

    @Test("tells a limited number of problems")
    func flood() {
        let items: [JSONValue] = Array(repeating: 1, count: 10_000)
        let findings = JSONSchema.findings(
            of: .array(items),
            against: ["type": "array", "items": ["type": "string"]]
        )
        #expect(findings.problems.count == JSONSchema.problemLimit)
    }
}
