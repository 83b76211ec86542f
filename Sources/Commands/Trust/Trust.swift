internal import CommandLineKit
internal import Core
internal import Engine

/// `drydock trust`: let a project's own settings and guides count.
struct Trust: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Let the .drydock folder of a project count, or no more.",
        discussion: """
            A project's .drydock folder can change settings, guides and pipelines, and so the commands that run. It is \
            ignored until you have looked at it and trusted it, and again as soon as anything in it changes.
            """,
        examples: [
            CommandExample("drydock trust", "Trust what the .drydock folder here holds now."),
            CommandExample("drydock trust --revoke", "Ignore it again."),
        ]
    )

    @Argument(help: "The project's folder; without it, this one.", valueName: "FOLDER", completion: .folder)
    var folder: String?

    @Flag(help: "Take the trust back.")
    var revoke = false

    @OptionGroup(title: "Output")
    var output: OutputOptions

    mutating func run() async throws {
        let surroundings = try Surroundings.current()
        let output = output.makeOutput(nil)
        let project = try surroundings.absolute(folder ?? ".")
        if revoke {
            try surroundings.trust.revoke(project)
        } else {
            try surroundings.trust.trust(project)
        }
        if output.isJSON {
            return try output.json(["project": project, "trusted": revoke ? "no" : "yes"])
        }
        try output.result("\(project.printable)/\(ProjectTrust.folderName) is \(revoke ? "ignored" : "trusted")")
    }
}
