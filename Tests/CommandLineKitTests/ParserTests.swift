import CommandLineKit
import Core
import TestSupport
import Testing

@Suite("A command line", .tags(.small))
struct ParserTests {
    private func build(_ words: String...) throws -> Build {
        guard case .run(let command) = try Dock.parseAsRoot(["build"] + words) else {
            throw ValidationError("not a command", hint: "name one")
        }
        return try #require(command as? Build)
    }

    @Test("gives what is left out its default")
    func defaults() throws {
        let build = try build("Argo")
        #expect(build.name == "Argo")
        #expect(build.crew == [])
        #expect(build.paint == .white)
        #expect(build.length == nil)
        #expect(build.avoid == [])
        #expect(!build.night && !build.verbose && !build.format.json && build.format.color == nil)
    }

    @Test("knows every way to spell a value")
    func values() throws {
        #expect(try build("Argo", "--paint", "red").paint == .red)
        #expect(try build("Argo", "--paint=red").paint == .red)
        #expect(try build("Argo", "-p", "red").paint == .red)
        #expect(try build("Argo", "-pred").paint == .red)
        #expect(try build("Argo", "-l-5").length == -5)
        #expect(try build("Argo", "--length", "-5").length == -5)
        #expect(try build("Argo", "--into=--odd=name").into == "--odd=name")
        #expect(try build("Argo", "--into=").into?.isEmpty == true)
        #expect(try build("Argo", "--avoid", "a", "--avoid=b").avoid == ["a", "b"])
    }

    @Test("takes short flags together, with a value at the end")
    func groups() throws {
        let build = try build("-nvl5", "Argo")
        #expect(build.night && build.verbose)
        #expect(build.length == 5)
        #expect(build.name == "Argo")
    }

    @Test("takes a flag off by its negative name, and the last one counts")
    func negation() throws {
        #expect(try build("Argo", "--no-color").format.color == false)
        #expect(try build("Argo", "--no-color", "--color").format.color == true)
    }

    @Test("reads everything after two dashes as arguments")
    func terminator() throws {
        let build = try build("--night", "--", "--verbose", "-", "--")
        #expect(build.name == "--verbose")
        #expect(build.crew == ["-", "--"])
        #expect(!build.verbose)
    }

    @Test("takes the default command of a group")
    func defaultCommand() throws {
        for words in [["ships"], ["ships", "--quiet"], ["ships", "list"]] {
            guard case .run(let command) = try Dock.parseAsRoot(words) else {
                throw ValidationError("no command", hint: "name one")
            }
            #expect(command is ShipsList)
        }
    }

    @Test(
        "says what is wrong with a line, and the way out",
        arguments: [
            ("", "'dock' needs a command", "one of build, lift, ships; see 'dock --help'"),
            ("biuld", "there is no command 'biuld'", "did you mean 'build'?"),
            ("sink", "there is no command 'sink'", "see 'dock --help'"),
            ("--json build", "there is no option '--json'", "see 'dock --help'"),
            ("ships shwo", "there is no command 'shwo'", "did you mean 'show'?"),
            ("build", "the argument NAME is missing", "see 'dock build --help'"),
            ("build Argo --pait red", "there is no option '--pait'", "did you mean '--paint'?"),
            ("build Argo -x", "there is no option '-x'", "see 'dock build --help'"),
            (
                "build Argo --paint", "option '--paint' needs a value",
                "write '--paint=VALUE' when the value begins with a dash"
            ),
            (
                "build Argo --into --json", "option '--into' needs a value",
                "write '--into=VALUE' when the value begins with a dash"
            ),
            ("build Argo --paint rde", "'rde' is not a valid value for '--paint'", "did you mean 'red'?"),
            ("build Argo -p green", "'green' is not a valid value for '-p'", "give one of red, white, blue"),
            ("build Argo -l long", "'long' is not a valid value for '-l'", "give a whole number"),
            ("build Argo --night=yes", "option '--night' takes no value", "see 'dock build --help'"),
            ("build Argo -l 1 --length 2", "option '--length' is given twice", "give it once"),
            ("build Argo --json --json-lines", "give --json or --json-lines, not both", "leave one out"),
            ("lift Argo", "option '--height' is missing", "see 'dock lift --help'"),
            (
                "lift Argo b --height 1", "unexpected argument 'b'",
                "'dock lift' takes SHIP alone; put words that belong together into quotes, or see 'dock lift --help'"
            ),
            ("help biuld", "there is no command 'biuld'", "did you mean 'build'?"),
            ("ships show a\u{1b}[2J --x", "there is no option '--x'", "see 'dock ships show --help'"),
        ] as [(String, String, String?)]
    )
    func refusal(line: String, message: String, hint: String?) throws {
        let error = #expect(throws: (any Error).self) {
            try Dock.parseAsRoot(line.split(separator: " ").map(String.init))
        }
        let fault = try #require(error as? any ReportableError)
        #expect(fault.description == message)
        #expect(fault.hint == hint)
        #expect(fault.kind.exitStatus == 2)
    }

    @Test("never repeats control characters")
    func controlCharacters() throws {
        let error = #expect(throws: CommandLineError.self) { try Dock.parseAsRoot(["\u{1b}[31mred"]) }
        #expect(error?.description == #"there is no command '\u{1b}[31mred'"#)
    }

    @Test("an empty name is refused in the command's own words")
    func validation() throws {
        let error = #expect(throws: ValidationError.self) { try build("") }
        #expect(error == ValidationError("a ship needs a name", hint: "try Argo"))
    }
}
