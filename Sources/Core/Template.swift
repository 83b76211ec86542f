/// A text with placeholders such as `{{name}}` and `{{title:quoted}}`.
///
/// Each placeholder is replaced once: a value that looks like a placeholder stays as it is. Double braces
/// around anything but letters and one colon are ordinary text, as many languages use them.
package struct Template: Sendable {
    /// What a placeholder stands for; ``ProjectNames`` has the values.
    package enum Value: String, CaseIterable, Sendable {
        case name, module
        case type = "Type"
        case title, summary, description
    }

    /// How a value is written, so that it is safe where it stands.
    ///
    /// Without a form a value is one line without quotes, brackets or anything else that could end a comment or a
    /// string in any of the stacks.
    package enum Form: String, CaseIterable, Sendable {
        /// For the inside of a string in double quotes: JSON, TOML, Swift, Rust, Go, Python, Java, JavaScript, C++.
        case quoted
        /// For HTML and XML, attributes too.
        case markup
        /// A Markdown quotation: each line begins with `> `.
        case quotation
    }

    /// The known placeholders, for a message.
    package static let hint =
        "known: "
        + (Value.allCases.map { "{{\($0.rawValue)}}" } + Form.allCases.map { "{{title:\($0.rawValue)}}" })
        .joined(separator: ", ")

    private enum Part {
        case text(Substring)
        case value(Value, Form?)
        case unknown(Substring)
    }

    private let parts: [Part]

    package init(_ text: String) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let start = rest.firstRange(of: "{{") {
            parts.append(.text(rest[..<start.lowerBound]))
            let inner = rest[start.upperBound...].prefix { ($0.isASCII && $0.isLetter) || $0 == ":" }
            let after = rest[inner.endIndex...]
            guard after.hasPrefix("}}"), !inner.isEmpty else {
                parts.append(.text("{{"))
                rest = rest[start.upperBound...]
                continue
            }
            parts.append(Self.part(inner))
            rest = after.dropFirst(2)
        }
        self.parts = parts + [.text(rest)]
    }

    private static func part(_ inner: Substring) -> Part {
        let words = inner.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard let value = Value(rawValue: words[0]), words.count <= 2 else { return .unknown(inner) }
        guard words.count == 2 else { return .value(value, nil) }
        return Form(rawValue: words[1]).map { .value(value, $0) } ?? .unknown(inner)
    }

    /// The first placeholder that nobody knows, with its braces.
    package var unknownPlaceholder: String? {
        for part in parts {
            if case .unknown(let inner) = part { return "{{\(inner)}}" }
        }
        return nil
    }

    /// The text with all placeholders replaced; unknown ones stay.
    package func rendered(with names: ProjectNames) -> String {
        parts.map { part in
            switch part {
            case .text(let text): String(text)
            case .unknown(let inner): "{{\(inner)}}"
            case .value(let value, let form): Self.written(names[value], form)
            }
        }.joined()
    }

    private static func written(_ text: String, _ form: Form?) -> String {
        switch form {
        case .quoted:
            text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
                .replacing("\t", with: "\\t")
        case .markup:
            text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
                .replacing("\"", with: "&quot;").replacing("'", with: "&#39;")
        case .quotation:
            text.split(separator: "\n", omittingEmptySubsequences: false)
                .map { $0.isEmpty ? ">" : "> \(SafeText.markdown($0))" }
                .joined(separator: "\n")
        case nil: SafeText.line(text)
        }
    }
}
