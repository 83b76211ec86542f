import Core

/// Answers `verdict`: approves a starter whose checks all passed, and says what is not written.
enum BuiltinVerdict {
    private static let missingLimit = 10

    static func answer(_ input: VerdictInput) -> Verdict {
        var faults = input.checks.filter { $0.exitCode != 0 }
            .map { "'\(SafeText.cut($0.words, limit: 200))' ended with \($0.exitCode)." }
        if input.checks.isEmpty { faults.append("No check was run.") }
        if input.files.isEmpty { faults.append("There are no files.") }
        let count = input.checks.count == 1 ? "The check" : "All \(input.checks.count) checks"
        let reasons =
            faults.isEmpty
            ? ["\(count) passed.", "The built-in model wrote a starter; it cannot write what a description asks for."]
            : Array(faults.prefix(40))
        return Verdict(approved: faults.isEmpty, scope: .starter, reasons: reasons, missing: missing(input))
    }

    /// The description, sentence by sentence: none of it is written beyond stack and kind.
    private static func missing(_ input: VerdictInput) -> [String] {
        let sentences = SafeText.clean(input.description.prefix(20_000))
            .split { ".!?\n。".contains($0) }
            .map { SafeText.line($0, limit: 200) }
            .filter { $0.contains { $0.isLetter || $0.isNumber } }
        guard !sentences.isEmpty else { return ["Not written yet: what was described."] }
        var missing = sentences.prefix(missingLimit).map { "Not written yet: \($0)" }
        if sentences.count > missingLimit {
            missing.append("Not written yet: \(sentences.count - missingLimit) further sentences of the description")
        }
        return missing
    }
}
