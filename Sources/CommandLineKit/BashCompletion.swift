/// The completion script for bash 4.4 and newer.
struct BashCompletion: CustomStringConvertible {
    let tree: CommandTree

    private var function: String { "_" + tree.name.functionName }

    var description: String {
        """
        # bash completion for \(tree.name); load it with: source <(\(tree.name) completion bash)
        \(function)() {
            local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}"
            local context=\(tree.name) index
            COMPREPLY=()
            # bash takes '--name=value' apart at the '='
            if [[ $current == "=" ]]; then
                current=""
            elif [[ $previous == "=" ]]; then
                previous="${COMP_WORDS[COMP_CWORD-2]}"
            fi
            for ((index = 1; index < COMP_CWORD; index++)); do
                case "$context ${COMP_WORDS[index]}" in
        \(groups)
                esac
            done
            case "$context $previous" in
        \(values)
            esac
            case "$context" in
        \(words)
            esac
        }
        complete -F \(function) \(tree.name)

        """
    }

    private var groups: String { tree.contextCases.indented(4) }

    private var values: String { tree.valueCases(action).indented(2) }

    private var words: String {
        let cases = tree.all.map { command in
            let options = command.options.flatMap { $0.spellings }.filter { $0.hasPrefix("--") }
            let offerOptions = offer(options)
            guard command.subcommands.isEmpty else {
                let names = command.subcommands.map { $0.name } + ["help"]
                return "\(command.line.shellQuoted)) \(offer(names + options)) ;;"
            }
            let other = action(command.argumentCompletion)
            return "\(command.line.shellQuoted)) if [[ $current == -* ]]; then \(offerOptions); else \(other); fi ;;"
        }
        return cases.indented(2)
    }

    private func action(_ completion: CompletionKind) -> String {
        switch completion {
        case .nothing: "true"
        case .file: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$current\")"
        case .folder: "compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$current\")"
        case .values(let values): offer(values)
        case .linesOf(let words):
            "mapfile -t COMPREPLY < <(compgen -W \"$(\((["\"${COMP_WORDS[0]}\""] + words).joined(separator: " ")) 2>/dev/null)\" -- \"$current\")"
        }
    }

    private func offer(_ words: [String]) -> String {
        "mapfile -t COMPREPLY < <(compgen -W \(words.joined(separator: " ").shellQuoted) -- \"$current\")"
    }
}
