import Core

/// Answers `choose`: a result with files before one without, and else the first; it reads no code.
enum BuiltinChoose {
    static func answer(_ input: ChooseInput) -> Choice {
        let written = input.candidates.filter { !$0.files.isEmpty }
        guard written.count == 1, let only = written.first else {
            return Choice(choice: .first, reason: "The built-in model cannot judge code; the first result is taken.")
        }
        return Choice(choice: only.name, reason: "The other result has no files.")
    }
}
