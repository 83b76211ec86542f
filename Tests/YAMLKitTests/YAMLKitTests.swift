import Core
import TestSupport
import Testing
import YAMLKit

@Suite("A YAML text", .tags(.small))
struct YAMLNodeTests {
    @Test("becomes a tree that knows the place of each value")
    func tree() throws {
        let node = try YAMLNode(parsing: "name: cargo\nlist:\n  - one\n  - 'two'\n", file: "a.yaml", firstLine: 2)
        let entries = try node.entries()
        #expect(entries.map(\.key) == ["name", "list"])
        #expect(entries[1].keyPlace == YAMLPlace(file: "a.yaml", line: 3, column: 1))
        let elements = try entries[1].value.elements()
        #expect(elements[1].place == YAMLPlace(file: "a.yaml", line: 5, column: 5))
        #expect(elements[1].content == .scalar("two", style: .singleQuoted))
    }

    @Test(
        "keeps the style of a scalar",
        arguments: [
            ("plain", YAMLNode.Style.plain), ("\"double\"", .doubleQuoted), ("'single'", .singleQuoted),
            ("|\n  literal", .literal), (">\n  folded", .folded),
        ]
    )
    func style(text: String, style: YAMLNode.Style) throws {
        let node = try YAMLNode(parsing: "key: \(text)\n", file: "f")
        guard case .scalar(_, let found) = try node.entries()[0].value.content else {
            Issue.record("not a scalar")
            return
        }
        #expect(found == style)
    }

    @Test("is nothing when it is empty", arguments: ["", "\n\n", "# only a comment\n", "---\n", "~", "null"])
    func empty(text: String) throws {
        #expect(try YAMLNode(parsing: text, file: "f").isNull)
    }

    @Test(
        "says what is wrong with it, and where",
        arguments: [
            ("a: 1\na: 2\n", "f:2:1: the key 'a' stands in line 1 already"),
            ("a: &x 1\n", "f:1:4: anchors are not supported"),
            ("a: *x\n", "f:1:4: aliases are not supported"),
            ("a: !!str 1\n", "f:1:4: tags are not supported"),
            ("a: !x {}\n", "f:1:4: tags are not supported"),
            ("? [a]\n: 1\n", "f:1:3: a key must be text"),
            ("a: 1\n---\nb: 2\n", "f:2:1: a second document begins here"),
            ("a: [1, 2\n", "f:2:1: while parsing a flow sequence: did not find expected ',' or ']'"),
            ("a: b: c\n", "f:1:5: mapping values are not allowed in this context"),
            ("a:\n\t- b\n", "f:2:1: while scanning for the next token: found character that cannot start any token"),
            ("a: \"\\q\"\n", "f:1:5: while parsing a quoted scalar: found unknown escape character"),
        ]
    )
    func refusal(text: String, message: String) throws {
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: text, file: "f") }
        #expect(error?.description == message)
        #expect(error?.kind.exitStatus == 3)
    }

    @Test("that is not UTF-8 is refused with the line")
    func encoding() {
        let bytes = Array("a: 1\nb: ".utf8) + [0xC3, 0x28, 0x0A]
        let error = #expect(throws: YAMLError.self) { try YAMLNode(parsing: bytes, file: "f") }
        #expect(error?.description == "f:2:1: the text is not UTF-8")
    }

    @Test("with control characters is refused")
    func controlCharacter() {
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: "a: \u{1}\n", file: "f") }
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: "a: \0\n", file: "f") }
    }

    @Test("may be as deep and as long as the limits say, and no more")
    func limits() throws {
        var limits = YAMLLimits()
        limits.depth = 3
        limits.bytes = 20
        #expect(throws: Never.self) { try YAMLNode(parsing: "[[[1]]]", file: "f", limits: limits) }
        let deep = #expect(throws: YAMLError.self) { try YAMLNode(parsing: "[[[[1]]]]", file: "f", limits: limits) }
        #expect(deep?.message == "more than 3 levels lie inside each other")
        let text = String(repeating: "x", count: 20)
        #expect(throws: Never.self) { try YAMLNode(parsing: text, file: "f", limits: limits) }
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: text + "x", file: "f", limits: limits) }
    }

    @Test("of a hundred thousand brackets is refused without a crash")
    func brackets() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: YAMLError.self) { try YAMLNode(parsing: text, file: "f") }
    }

    @Test("cut off anywhere either parses or is refused")
    func truncation() throws {
        let text = Array("name: \"é\\n\"\nlist: [1, {a: 'b'}]\ntext: |\n  x\n".utf8)
        for length in 0..<text.count {
            do {
                _ = try YAMLNode(parsing: Array(text[..<length]), file: "f")
            } catch {
                #expect(error.place.line >= 1)
            }
        }
    }

    @Test("may begin with a byte order mark")
    func byteOrderMark() throws {
        let node = try YAMLNode(parsing: [0xEF, 0xBB, 0xBF] + Array("a: 1\n".utf8), file: "f")
        #expect(try node.entries().map(\.key) == ["a"])
    }
}

@Suite("The fields of a mapping", .tags(.small))
struct YAMLFieldsTests {
    private func fields(_ text: String) throws -> YAMLFields {
        try YAMLFields(YAMLNode(parsing: text, file: "f"), of: "a guide", known: ["name", "count", "on", "list"])
    }

    private enum Colour: String, CaseIterable { case red, green }

    @Test("are read by type")
    func types() throws {
        let fields = try fields("name: 1.0\ncount: -3\non: true\nlist: [a, b]\n")
        #expect(try fields.required("name").string() == "1.0")
        #expect(try fields.integer("count") == -3)
        #expect(try fields.bool("on") == true)
        #expect(try fields.strings("list") == ["a", "b"])
        #expect(try fields.number("name") == 1)
    }

    @Test("that nobody knows are refused with the ones that are known")
    func unknown() {
        let error = #expect(throws: YAMLError.self) { try fields("name: a\nnmae: b\n") }
        #expect(error?.description == "f:2:1: a guide has no key 'nmae'")
        #expect(error?.hint == "known keys: name, count, on, list")
    }

    @Test("that are missing or null are missed")
    func missing() throws {
        let fields = try fields("\nname:\n")
        #expect(fields["name"] == nil)
        let error = #expect(throws: YAMLError.self) { try fields.required("name") }
        #expect(error?.description == "f:2:1: a guide needs the key 'name'")
    }

    @Test(
        "of another type are refused",
        arguments: [
            ("count: '3'", "f:1:8: this must be a whole number, not '3'"),
            ("count: 3.5", "f:1:8: this must be a whole number, not '3.5'"),
            ("count: [1]", "f:1:8: this must be a whole number, not a list"),
            ("count: 99999999999999999999", "f:1:8: this must be a whole number, not '99999999999999999999'"),
        ]
    )
    func integer(text: String, message: String) throws {
        let fields = try fields(text)
        let error = #expect(throws: YAMLError.self) { try fields.integer("count") }
        #expect(error?.description == message)
    }

    @Test("say true and false in these two words only", arguments: ["yes", "on", "True", "'true'"])
    func boolean(text: String) throws {
        let fields = try fields("on: \(text)")
        #expect(throws: YAMLError.self) { try fields.bool("on") }
    }

    @Test("of a choice name the others")
    func choice() throws {
        let fields = try fields("name: blue")
        let error = #expect(throws: YAMLError.self) { try fields.required("name").choice(Colour.self) }
        #expect(error?.description == "f:1:7: 'blue' is not known here")
        #expect(error?.hint == "one of: red, green")
    }

    @Test("become JSON with the types of plain scalars")
    func json() throws {
        let node = try YAMLNode(
            parsing: "{a: 1, b: 1.5, c: true, d: ~, e: '1', f: [nan, 0x1, yes], g: {h: 1e3}}",
            file: "f"
        )
        #expect(
            node.json == [
                "a": 1, "b": .number(1.5), "c": true, "d": nil, "e": "1", "f": ["nan", "0x1", "yes"],
                "g": ["h": .number(1000)],
            ]
        )
    }
}
