/// The completion script for zsh 5 and newer.
struct ZshCompletion: CustomStringConvertible {
    let tree: CommandTree

    private var function: String { "_" + tree.name.functionName }

    var description: String {
        """
        #compdef \(tree.name)
        # zsh completion for \(tree.name); load it with: source <(\(tree.name) completion zsh)
        \(function)() {
            local context=\(tree.name) previous=${words[CURRENT-1]}
            local -i index
            local -a offered
            for ((index = 2; index < CURRENT; index++)); do
                case "$context ${words[index]}" in
        \(groups)
                esac
            done
            if compset -P '--*='; then
                previous=${IPREFIX%=}
            fi
            case "$context $previous" in
        \(values)
            esac
            case "$context" in
        \(words)
            esac
        }
        if [[ $funcstack[1] == \(function) ]]; then
            \(function) "$@"
        else
            compdef \(function) \(tree.name)
        fi

        """
    }

    private var groups: String { tree.contextCases.indented(4) }

    private var values: String { tree.valueCases(action).indented(2) }

    private var words: String {
        let cases = tree.all.map { command in
            let options = command.options.flatMap { option in
                option.spellings.filter { $0.hasPrefix("--") }.map { (name: $0, text: option.help) }
            }
            let names = command.subcommands.map { (name: $0.name, text: $0.abstract) }
            let other = names.isEmpty ? action(command.argumentCompletion) : describe("command", names)
            return """
                \(command.line.shellQuoted)) if [[ ${words[CURRENT]} == -* ]]; then \(describe("option", options)); \
                else \(other); fi ;;
                """
        }
        return cases.indented(2)
    }

    private func action(_ completion: CompletionKind) -> String {
        switch completion {
        case .nothing: "true"
        case .file: "_files"
        case .folder: "_files -/"
        case .values(let values): "compadd -- " + values.map { $0.shellQuoted }.joined(separator: " ")
        case .linesOf(let arguments):
            "compadd -- ${(f)\"$(\"${words[1]}\" \(arguments.joined(separator: " ")) 2>/dev/null)\"}"
        }
    }

    private func describe(_ kind: String, _ entries: [(name: String, text: String)]) -> String {
        let offered = entries.map { entry in
            (entry.name.replacing(":", with: #"\:"#) + ":" + entry.text).shellQuoted
        }
        return "offered=(\(offered.joined(separator: " "))); _describe \(kind) offered"
    }
}
