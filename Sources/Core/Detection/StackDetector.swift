/// What the detector has to know of a guide.
package struct StackSubject: Codable, Hashable, Sendable {
    package let name: String
    package let title: String
    /// Words and phrases that name the stack, compared as whole words.
    ///
    /// One that is an ordinary English word too, such as `go`, counts only where the text speaks of a language.
    package let words: [String]
    package let kinds: [ProjectKind]

    package init(name: String, title: String, words: [String], kinds: [ProjectKind]) {
        self.name = name
        self.title = title
        self.words = words
        self.kinds = kinds
    }
}

/// What a description says about stack and kind.
package struct StackDetection: Codable, Hashable, Sendable {
    /// The guides to use, the most wanted first; never empty.
    package let guides: [String]
    package let kind: ProjectKind
    /// Whether the description names no stack.
    package let isDefault: Bool
    /// Sentences for the reader: what was assumed and why.
    package let notes: [String]
}

/// A description that asks for a stack that no guide knows.
package struct UnknownStack: ReportableError, Hashable {
    package let stack: String
    package let known: [String]

    package var kind: FaultKind { .usage }
    package var description: String { "no guide knows the stack '\(stack.printable)'" }
    package var hint: String? { "known stacks: \(known.joined(separator: ", ")); 'drydock guides add' adds one" }
}

/// Finds stack and kind in the words of a description: whole words and phrases, never parts of words.
///
/// A pure function of its input: same guides, same text, same answer.
package struct StackDetector: Sendable {
    /// The guide for a description that names no stack.
    package static let usualGuide = "python"
    /// The guide for a web page that names no stack.
    package static let webGuide = "web"

    private let subjects: [StackSubject]
    private let defaultGuide: String

    /// - Parameters:
    ///   - subjects: The guides in the order that settles a tie.
    ///   - defaultGuide: The guide for a description that names no stack.
    package init(_ subjects: [StackSubject], defaultGuide: String = StackDetector.usualGuide) {
        self.subjects = subjects
        self.defaultGuide = defaultGuide
    }

    /// - Throws: ``UnknownStack`` when the text asks for a language that no guide knows, and for no other.
    package func detect(_ description: String) throws(UnknownStack) -> StackDetection {
        let text = StackText(description)
        let wanted = text.kind
        let found = text.stacks(among: subjects)
        if found.isEmpty, let stack = text.unknownStack(besides: subjects) {
            throw UnknownStack(stack: stack, known: subjects.map { $0.title })
        }
        let guides = found.isEmpty ? [fallback(for: wanted)] : found
        let first = subjects.first { $0.name == guides[0] }
        let kind = first.map { wanted.supported(by: $0.kinds) } ?? .commandLineTool
        return StackDetection(
            guides: guides,
            kind: kind,
            isDefault: found.isEmpty,
            notes: notes(on: first, isDefault: found.isEmpty, wanted: wanted, kind: kind)
        )
    }

    private func fallback(for wanted: WantedKind) -> String {
        let isPage = wanted.kind == .webPage && subjects.contains { $0.name == Self.webGuide }
        return isPage ? Self.webGuide : defaultGuide
    }

    private func notes(
        on guide: StackSubject?,
        isDefault: Bool,
        wanted: WantedKind,
        kind: ProjectKind
    ) -> [String] {
        guard let guide else { return [] }
        var notes: [String] = []
        if isDefault {
            let reason = kind == .webPage ? "which suits a web page" : "the default"
            notes.append("The description names no stack, so \(guide.title) is used, \(reason).")
        }
        if wanted.kind == nil {
            notes.append("The description names no kind of project, so it becomes \(kind.phrase).")
        } else if let asked = wanted.kind, asked != kind {
            notes.append("There is no starter for \(asked.phrase) in \(guide.title), so it begins as \(kind.phrase).")
        }
        return notes
    }
}

/// The kind that a text asks for, if it does.
struct WantedKind {
    let kind: ProjectKind?

    func supported(by kinds: [ProjectKind]) -> ProjectKind {
        if let kind, kinds.contains(kind) { return kind }
        return kinds.first ?? .commandLineTool
    }
}
