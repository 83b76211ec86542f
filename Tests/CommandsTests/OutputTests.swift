import Commands
import Core
import Settings
import TestSupport
import Testing

@Suite("Rendering", .tags(.small))
struct OutputTests {
    @Test(
        "paints only where colours are wanted",
        arguments: [
            (.always, false, ["NO_COLOR": "1"], true),
            (.never, true, ["FORCE_COLOR": "1"], false),
            (.auto, true, [:], true),
            (.auto, false, [:], false),
            (.auto, true, ["NO_COLOR": ""], true),
            (.auto, true, ["NO_COLOR": "1"], false),
            (.auto, true, ["TERM": "dumb"], false),
            (.auto, false, ["FORCE_COLOR": "1"], true),
        ] as [(ColorChoice, Bool, [String: String], Bool)]
    )
    func colors(choice: ColorChoice, isTerminal: Bool, environment: [String: String], isColored: Bool) {
        let style = Style(choice, isTerminal: isTerminal, environment: environment)
        #expect(style.isColored == isColored)
        #expect(style.paint("a", .red, .bold) == (isColored ? "\u{1b}[31;1ma\u{1b}[0m" : "a"))
    }

    @Test("counts the columns of wide, joined and combining characters")
    func widths() {
        #expect("abc".displayWidth == 3)
        #expect("船は".displayWidth == 4)
        #expect("e\u{301}".displayWidth == 1)
        #expect("👩‍🔧!".displayWidth == 3)
        #expect("船船船".truncated(to: 4) == "船…")
        #expect("abc".truncated(to: 3) == "abc")
        #expect("abcd".truncated(to: 3) == "ab…")
        #expect("abcd".truncated(to: 0).isEmpty)
    }

    @Test("aligns a table and shortens what may give way")
    func table() {
        let columns = [
            Table.Column(title: "RUN"), Table.Column(title: "TITLE", shrinks: true),
            Table.Column(title: "MS", isNumber: true),
        ]
        let table = Table(
            columns: columns,
            rows: [["a1", "A ship that sails very far", "7"], ["b22", Table.Cell("x\u{1b}[2J"), "1200"]]
        )
        #expect(
            table.lines(width: nil, style: .plain) == [
                "RUN  TITLE                         MS",
                "a1   A ship that sails very far     7",
                #"b22  x\u{1b}[2J                  1200"#,
            ]
        )
        #expect(
            table.lines(width: 25, style: .plain)
                == [
                    "RUN  TITLE             MS",
                    "a1   A ship that s…     7",
                    #"b22  x\u{1b}[2J      1200"#,
                ]
        )
    }

    @Test("says amounts as people do")
    func amounts() {
        #expect(Amounts.duration(milliseconds: 1_249) == "1.2 s")
        #expect(Amounts.duration(milliseconds: 59_960) == "1 min 0 s")
        #expect(Amounts.duration(milliseconds: 7_380_000) == "2 h 3 min")
        #expect(Amounts.clock(milliseconds: 7_000) == "0:07")
        #expect(Amounts.clock(milliseconds: 3_723_000) == "1:02:03")
        #expect(Amounts.bytes(1_023) == "1023 B")
        #expect(Amounts.bytes(1_536) == "1.5 KiB")
        #expect(Amounts.bytes(5 << 30) == "5.0 GiB")
        #expect(Amounts.bytes(.max) == "8191.9 PiB")
        #expect(Amounts.count(1, "run") == "1 run")
        #expect(Amounts.count(0, "run") == "0 runs")
    }

    @Test("writes a command line that a shell reads back")
    func shellLine() {
        #expect(["cargo", "test", "--", "a b", "it's", ""].shellLine == #"cargo test -- 'a b' 'it'\''s' ''"#)
    }
}

@Suite("An error report", .tags(.small))
struct ErrorReportTests {
    private struct Sinking: ReportableError {
        let description = "the ship\u{1b}[2J sinks"
        let kind = FaultKind.busy
        let hint: String? = "bail"
    }

    @Test("has a message and a hint, without control characters")
    func text() {
        let report = ErrorReport(Sinking())
        #expect(report.text(asJSON: false, style: .plain) == "drydock: the ship\\u{1b}[2J sinks\n  bail")
        #expect(report.exitCode == 11)
    }

    @Test("is one object with --json")
    func json() throws {
        let value = try JSONValue(parsing: ErrorReport(Sinking()).text(asJSON: true, style: .plain))
        #expect(
            value == [
                "error": [
                    "kind": "busy", "class": "infrastructure", "message": "the ship\u{1b}[2J sinks", "hint": "bail",
                    "exitCode": 11,
                ]
            ]
        )
    }

    @Test("calls a cancelled task cancelled, and an error that nobody planned for an internal fault")
    func others() {
        struct Unplanned: Error {}
        #expect(ErrorReport(CancellationError()).exitCode == 130)
        #expect(ErrorReport(Unplanned()).kind == .internalFault)
        #expect(ErrorReport(Unplanned()).exitCode == 1)
    }

    @Test("maps every kind to the documented status")
    func statuses() {
        let statuses = FaultKind.allCases.map { $0.exitStatus }
        #expect(statuses == [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 130, 1])
    }
}
