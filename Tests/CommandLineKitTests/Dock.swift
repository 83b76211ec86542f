import CommandLineKit

/// A small program to test with.
struct Dock: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dock",
        abstract: "Looks after ships.",
        version: "dock 1.2.3",
        sections: [
            CommandSection("Work", [Build.self, Lift.self]),
            CommandSection("Lists", [Ships.self]),
        ]
    )
}

enum Paint: String, CaseIterable, Sendable, ExpressibleByArgument {
    case red, white, blue
}

struct Format: ParsableArguments {
    @Flag(help: "Print JSON.")
    var json = false

    @Flag(inversion: .prefixedNo, help: "Use colours.")
    var color: Bool?

    @Flag(help: "Print JSON lines.")
    var jsonLines = false

    func validate() throws {
        guard !json || !jsonLines else {
            throw ValidationError("give --json or --json-lines, not both", hint: "leave one out")
        }
    }
}

struct Build: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Builds a ship.",
        discussion: "A ship is built from its keel up.",
        examples: [CommandExample("dock build Argo --paint red", "A red ship.")]
    )

    @Argument(help: "What the ship is called.", valueName: "NAME")
    var name: String

    @Argument(help: "Who sails in it.", valueName: "SAILOR")
    var crew: [String] = []

    @Option(name: .letter("p"), help: "Its colour.")
    var paint: Paint = .white

    @Option(name: .shortAndLong, help: "Its length in metres.", valueName: "METRES")
    var length: Int?

    @Option(help: "Where to put it.", valueName: "FOLDER", completion: .folder)
    var into: String?

    @Option(help: "A name to avoid; may be given more than once, and each time one more name is never used again.")
    var avoid: [String] = []

    @Flag(name: .shortAndLong, help: "Build at night, too.")
    var night = false

    @Flag(name: .shortAndLong, help: "Say more.")
    var verbose = false

    @OptionGroup(title: "Output")
    var format: Format

    func validate() throws {
        guard !name.isEmpty else { throw ValidationError("a ship needs a name", hint: "try Argo") }
    }
}

struct Lift: ParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Lifts a ship out of the water.")

    @Option(help: "How high.")
    var height: Int

    @Argument(help: "The ship.", completion: .linesOf(["ships", "list"]))
    var ship: String?
}

struct Ships: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists or shows ships.",
        sections: [CommandSection("Commands", [ShipsList.self, ShipsShow.self])],
        defaultSubcommand: ShipsList.self
    )
}

struct ShipsList: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Lists all ships: it's quick.")

    @Flag(help: "The names only.")
    var quiet = false
}

struct ShipsShow: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "show", abstract: "Shows one ship.")

    @Argument(help: "The ship's name.", valueName: "SHIP", completion: .values(["argo", "beagle"]))
    var ship: String
}
