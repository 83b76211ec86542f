internal import CommandLineKit

/// A run as a person names it: its whole name, an unambiguous beginning, or `latest`.
struct RunArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        text = argument
    }

    static let help = "The run's name, an unambiguous beginning of it, or 'latest'."
    static let names = CompletionKind.linesOf(["runs", "--names"])
}
