internal import CommandLineKit
internal import FoundationEssentials
internal import Settings

extension ColorChoice: ExpressibleByArgument {}

/// How a command speaks; the same for all commands.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print the result as JSON.")
    var json = false

    @Option(help: "Colours: in any case, never, or on terminals that know them.", valueName: "WHEN")
    var color: ColorChoice?

    @Flag(name: .shortAndLong, help: "Say nothing but results and errors.")
    var quiet = false

    init() {}

    /// The streams; without `settings`, in which colours are configured, `--color` and the environment decide.
    func makeOutput(_ settings: Settings? = nil) -> Output {
        Output(
            isJSON: json,
            isQuiet: quiet,
            color: color ?? settings?[SettingKeys.color] ?? .auto,
            environment: ProcessInfo.processInfo.environment
        )
    }
}
