import Core
import TestSupport
import Testing

@Suite("Small values of Core", .tags(.small))
struct SmallValueTests {
    @Test("a run's name sorts by time and reads what it writes")
    func runID() throws {
        let early = RunID(milliseconds: 1_000, random: .max)
        let late = RunID(milliseconds: 2_000, random: 0)
        #expect(early < late)
        #expect(RunID(early.description.uppercased()) == early)
        #expect(early.description.count == RunID.length)
        #expect(RunID("short") == nil)
        #expect(RunID("uuuuuuuuuuuuuuuu") == nil)
        #expect(try JSONValue(encoding: early).decoded(as: RunID.self) == early)
    }

    @Test("a step's path takes no slashes and controls from names")
    func stepPath() {
        #expect(StepPath("crew").appending("a/b\u{1b}").description == "crew/a-b-")
        #expect(StepPath("").appending("x").description == "x")
    }

    @Test("a digest is 32 bytes in hexadecimal digits")
    func digest() throws {
        let hex = String(repeating: "aB", count: 32)
        #expect(Digest(hex: hex)?.hex == hex.lowercased())
        #expect(Digest(hex: "ab") == nil)
        #expect(Digest(hex: String(repeating: "zz", count: 32)) == nil)
        #expect(Digest(bytes: Array(repeating: 0, count: 31)) == nil)
    }

    @Test("printable text has no controls and no marks that reorder it")
    func printable() {
        #expect("a\u{1b}[31m\u{202e}b\n\u{9b}".printable == "a\\u{1b}[31m\\u{202e}b\\u{a}\\u{9b}")
        #expect("a\tb\n\u{7}".printableLines == "a\tb\n\\u{7}")
        #expect("é🦊".printable == "é🦊")
    }

    @Test("a redactor replaces secrets, the longest first, and leaves short ones")
    func redactor() {
        let redactor = Redactor(secrets: ["LONG_TOKEN": "abcdefghij", "SHORT_TOKEN": "abcdefgh", "TINY_KEY": "abc"])
        #expect(redactor.redacting("x abcdefghij abcdefgh abc") == "x [redacted:LONG_TOKEN] [redacted:SHORT_TOKEN] abc")
        #expect(redactor.redacting(["k": ["abcdefgh"]]) == ["k": ["[redacted:SHORT_TOKEN]"]])
        #expect(redactor.secretName(in: Array("zzabcdefghzz".utf8)) == "SHORT_TOKEN")
        #expect(redactor.secretName(in: Array("abcdefg".utf8)) == nil)
        #expect(
            Redactor(environment: ["HOME": "/home/somebody", "API_KEY": "12345678"]).redacting(
                "12345678 /home/somebody"
            )
                == "[redacted:API_KEY] /home/somebody"
        )
    }

    @Test("a secret is found whatever stands beside it, and its old value too when it has a new one")
    func redactorBytes() {
        let redactor = Redactor(secrets: ["TOKEN": "abcdefgh"]).adding(["TOKEN": "12345678"])
        #expect(redactor.redacting("abcdefgh\u{301} 12345678") == "[redacted:TOKEN]\u{301} [redacted:TOKEN]")
        #expect(redactor.redacting("e\u{301}abcdefgh\r\n") == "e\u{301}[redacted:TOKEN]\r\n")
        let names: JSONValue = ["abcdefgh": 1, "12345678": 2]
        #expect(redactor.redacting(names) == ["[redacted:TOKEN]": 2])
    }

    @Test("every kind of fault has its exit status")
    func exitStatus() {
        let kinds = FaultKind.allCases.map(\.exitStatus)
        #expect(Set(kinds).isSuperset(of: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130]))
        #expect(!kinds.contains(0))
    }

    @Test("JSON is written in one way: sorted keys, no spaces, slashes plain")
    func canonical() throws {
        #expect(try JSONValue(parsing: "{\"b\": \"/\", \"a\": [1.0, 1e2]}").text == "{\"a\":[1,100],\"b\":\"/\"}")
    }

    @Test("a minute is written without its seconds")
    func minute() {
        #expect(TimeOfDay.minute(0) == "1970-01-01 00:00")
        #expect(TimeOfDay.minute(951_827_696_000) == "2000-02-29 12:34")
        #expect(TimeOfDay.minute(1_795_173_960_000) == "2026-11-20 11:26")
        #expect(TimeOfDay.minute(-1) == "1969-12-31 23:59")
    }

    @Test(
        "a time of day is written in full, rounded up to seconds",
        arguments: [
            (0, "1970-01-01 00:00:00 UTC"), (1, "1970-01-01 00:00:01 UTC"), (-1, "1970-01-01 00:00:00 UTC"),
            (-86_400_000, "1969-12-31 00:00:00 UTC"), (951_782_400_000, "2000-02-29 00:00:00 UTC"),
            (951_868_799_000, "2000-02-29 23:59:59 UTC"), (1_795_282_205_000, "2026-11-21 17:30:05 UTC"),
            (4_107_542_399_999, "2100-03-01 00:00:00 UTC"), (-2_203_891_200_000, "1900-03-01 00:00:00 UTC"),
        ] as [(Int64, String)]
    )
    func timeOfDay(milliseconds: Int64, text: String) {
        #expect(TimeOfDay.text(milliseconds) == text)
    }
}
