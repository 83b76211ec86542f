import Core

/// Answers `review`: a component is accepted if its files are there and all checks passed, for no other reason.
enum BuiltinReview {
    private static let issueLimit = 40

    static func answer(_ input: ReviewInput) -> Review {
        var issues: [String] = []
        let present = input.files.map(\.path) + (input.unshown ?? [])
        if present.isEmpty { issues.append("there are no files") }
        let paths = present.compactMap { try? ProjectPath($0) }
        for entry in input.expected {
            let expected = OwnedPaths(folder: input.component.path, entries: [entry])
            if !paths.contains(where: expected.covers) { issues.append("'\(entry.printable)' is missing") }
        }
        if input.checks.isEmpty { issues.append("no check was run") }
        for check in input.checks where check.exitCode != 0 {
            issues.append("'\(SafeText.cut(check.words, limit: 200))' ended with \(check.exitCode)")
        }
        let shown = Array(issues.prefix(issueLimit))
        return Review(
            accepted: issues.isEmpty,
            feedback: issues.isEmpty ? "" : SafeText.cut(shown.joined(separator: "; ") + ".", limit: 7_000),
            issues: shown
        )
    }
}
