/// The completion script for fish 3 and newer.
struct FishCompletion: CustomStringConvertible {
    let tree: CommandTree

    private var function: String { "__\(tree.name.functionName)_context" }

    var description: String {
        let header = """
            # fish completion for \(tree.name); load it with: \(tree.name) completion fish | source
            function \(function)
                set -l context \(tree.name)
                for word in (commandline -opc)[2..]
                    switch "$context $word"
                        case \(tree.all.dropFirst().map { quoted($0.line) }.joined(separator: " "))
                            set context "$context $word"
                    end
                end
                test "$context" = "$argv"
            end
            complete -c \(tree.name) -f
            """
        return ([header] + tree.all.flatMap(lines)).joined(separator: "\n") + "\n"
    }

    private func lines(of command: CommandTree) -> [String] {
        let start = "complete -c \(tree.name) -n \(quoted("\(function) \(command.line)"))"
        let subcommands = command.subcommands.map { "\(start) -a \(quoted($0.name)) -d \(quoted($0.abstract))" }
        let options = command.options.map { option in
            let names = option.spellings.map { spelling in
                spelling.hasPrefix("--") ? "-l \(spelling.dropFirst(2))" : "-s \(spelling.dropFirst())"
            }
            let value =
                option.takesValue ? (option.completion == .file ? " -r" : " -x") + action(option.completion) : ""
            return "\(start) \(names.joined(separator: " "))\(value) -d \(quoted(option.help))"
        }
        let argument = action(command.argumentCompletion)
        return subcommands + options + (argument.isEmpty ? [] : [start + argument])
    }

    private func action(_ completion: CompletionKind) -> String {
        switch completion {
        case .nothing: ""
        case .file: " -F"
        case .folder: " -a '(__fish_complete_directories)'"
        case .values(let values): " -a \(quoted(values.joined(separator: " ")))"
        case .linesOf(let words):
            " -a \(quoted("(command \(tree.name) \(words.joined(separator: " ")) 2>/dev/null)"))"
        }
    }

    /// Between single quotes fish knows two escapes: the backslash and the quote.
    private func quoted(_ text: String) -> String {
        "'" + text.replacing(#"\"#, with: #"\\"#).replacing("'", with: #"\'"#) + "'"
    }
}
