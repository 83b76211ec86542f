internal import CommandLineKit

/// `drydock completion`: a script for the shell.
struct Completion: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print a completion script for bash, zsh or fish.",
        examples: [
            CommandExample("source <(drydock completion bash)", "Complete in this bash; put the line into ~/.bashrc."),
            CommandExample("source <(drydock completion zsh)", "The same for zsh and ~/.zshrc."),
            CommandExample("drydock completion fish | source", "The same for fish and ~/.config/fish/config.fish."),
        ]
    )

    @Argument(help: "The shell.", valueName: "SHELL")
    var shell: Shell

    mutating func run() async throws {
        let script = Drydock.completionScript(for: shell)
        try Output.standard.result(
            script.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(String.init)
        )
    }
}
