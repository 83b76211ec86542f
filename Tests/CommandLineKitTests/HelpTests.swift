import CommandLineKit
import TestSupport
import Testing

@Suite("A help text", .tags(.small))
struct HelpTests {
    private func text(_ words: String...) throws -> String {
        guard case .text(let text) = try Dock.parseAsRoot(words) else {
            throw ValidationError("not a text", hint: "ask for help")
        }
        return text
    }

    @Test("of the program lists its commands in their sections")
    func root() throws {
        let expected = """
            Looks after ships.

            Usage: dock COMMAND

            Work:
              build  Builds a ship.
              lift   Lifts a ship out of the water.

            Lists:
              ships  Lists or shows ships.

            Options:
              -h, --help     Show this help.
                  --version  Show the version.

            'dock help COMMAND' says more of a command.
            """
        #expect(try text("--help") == expected)
        #expect(try text("-h") == expected)
        #expect(try text("help") == expected)
    }

    @Test("of a command shows examples first, aligned options, values and defaults")
    func command() throws {
        let expected = """
            Builds a ship.

            Usage: dock build [OPTIONS] NAME [SAILOR…]

            Examples:
              dock build Argo --paint red
                  A red ship.

            Arguments:
              NAME    What the ship is called.
              SAILOR  Who sails in it.

            Options:
              -p, --paint PAINT    Its colour. (red, white, blue) (default: white)
              -l, --length METRES  Its length in metres.
                  --into FOLDER    Where to put it.
                  --avoid AVOID    A name to avoid; may be given more than once, and each time one more name is
                                   never used again.
              -n, --night          Build at night, too.
              -v, --verbose        Say more.

            Output:
                  --json        Print JSON.
                  --[no-]color  Use colours.
                  --json-lines  Print JSON lines.
              -h, --help        Show this help.

            A ship is built from its keel up.
            """
        #expect(try text("build", "--help") == expected)
        #expect(try text("help", "build") == expected)
        #expect(try text("build", "Argo", "-h") == expected)
    }

    @Test("of a group with a default command says that a command may be left out")
    func group() throws {
        #expect(try text("ships", "help").contains("Usage: dock ships [COMMAND]"))
        #expect(try text("help", "ships", "show").contains("Usage: dock ships show [OPTIONS] SHIP"))
    }

    @Test("of an option that must be given shows it in the usage line")
    func requiredOption() throws {
        #expect(try text("lift", "--help").contains("Usage: dock lift [OPTIONS] --height HEIGHT [SHIP]"))
    }

    @Test("is not the version")
    func version() throws {
        #expect(try text("--version") == "dock 1.2.3")
    }
}
