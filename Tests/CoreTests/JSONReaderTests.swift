import Core
import TestSupport
import Testing

@Suite("The JSON reader", .tags(.small))
struct JSONReaderTests {
    @Test(
        "reads what the standard allows",
        arguments: [
            (#"{"a": [1, -2.5, 1e3, true, false, null, "x"]}"#, #"{"a":[1,-2.5,1000,true,false,null,"x"]}"#),
            (#" "\u00e9\ud83e\udd8a\n\/" "#, #""é🦊\n/""#),
            ("0", "0"),
            ("[]", "[]"),
            ("9223372036854775807", "9223372036854775807"),
            ("{}", "{}"),
        ] as [(String, String)]
    )
    func reads(text: String, canonical: String) throws {
        #expect(try JSONValue(parsing: text).text == canonical)
    }

    @Test(
        "says where a text stops being JSON",
        arguments: [
            ("", "line 1, column 1: a value is missing"),
            ("{\n  \"a\": tru}", "line 2, column 11: 'true' is expected"),
            ("[1,]", "line 1, column 4: a value is expected"),
            ("[1 2]", "line 1, column 4: ',' or ']' is expected"),
            (#"{"a":1,"a":2}"#, "line 1, column 8: the member 'a' occurs twice"),
            ("{a:1}", "line 1, column 2: a member's name in double quotes is expected"),
            ("\"a\nb\"", "line 1, column 3: a control character in a string must be written as an escape such as \\n"),
            (#""\ud83e""#, "line 1, column 8: an escape holds half a surrogate pair"),
            (#""\x""#, #"line 1, column 3: there is no escape '\x'"#),
            ("01", "line 1, column 3: a number begins with 0"),
            ("1 2", "line 1, column 3: there is more text after the value"),
            ("\"abc", "line 1, column 5: a string is not closed"),
        ] as [(String, String)]
    )
    func refuses(text: String, message: String) {
        let error = #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
        #expect(error?.description == message)
    }

    @Test("refuses bytes that are not UTF-8")
    func encoding() {
        #expect(throws: JSONError.self) { try JSONValue(parsing: [0x22, 0xFF, 0x22]) }
    }

    @Test("refuses nesting that is deeper than its limit and not one level less")
    func depth() throws {
        let deepest = JSONReader.depthLimit
        let text = String(repeating: "[", count: deepest) + String(repeating: "]", count: deepest)
        #expect(throws: Never.self) { try JSONValue(parsing: text) }
        #expect(throws: JSONError.self) { try JSONValue(parsing: "[\(text)]") }
    }

    @Test("calls every proper prefix of an object truncated")
    func truncation() throws {
        let text = Array(#"{"a": ["x\n", 1, {"b": null}], "c": true}"#.utf8)
        for length in 0..<text.count {
            let fault = #expect(throws: JSONFault.self) { try JSONReader.value(of: Array(text[..<length])) }
            #expect(fault?.isTruncation == true, "after \(length) bytes")
        }
    }
}
