internal import CommandLineKit
internal import Core
internal import Engine
internal import Journal

/// A run as a person names it: its whole name, an unambiguous beginning, or `latest`.
struct RunArgument: ExpressibleByArgument {
    let text: String

    init?(argument: String) {
        text = argument
    }

    static let help = "The run's name, an unambiguous beginning of it, or 'latest'."
    static let names = CompletionKind.linesOf(["runs", "--names"])

    /// What is meant, among the runs of a store.
    ///
    /// - Throws: ``RunError/notFound(_:)`` or ``RunError/ambiguous(_:candidates:)``.
    func resolved(in store: any JournalStore) async throws -> RunID {
        let runs = try await store.runs(limit: nil, before: nil)
        if text == "latest", let newest = runs.first { return newest }
        let wanted = text.lowercased()
        let matches = wanted.isEmpty ? [] : runs.filter { $0.description.hasPrefix(wanted) }
        guard let match = matches.first else { throw RunError.notFound(text) }
        guard matches.count == 1 else {
            throw RunError.ambiguous(text, candidates: matches.prefix(5).map { $0.description })
        }
        return match
    }
}
