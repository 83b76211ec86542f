/// Where something stands in a file; line and column count from 1.
package struct YAMLPlace: Hashable, Sendable, CustomStringConvertible {
    package let file: String
    package let line: Int
    package let column: Int

    package init(file: String, line: Int, column: Int = 1) {
        self.file = file
        self.line = line
        self.column = column
    }

    package var description: String { "\(file):\(line):\(column)" }
}

/// One value of a YAML text, with the place where it begins.
package struct YAMLNode: Hashable, Sendable {
    package enum Style: Hashable, Sendable {
        case plain, singleQuoted, doubleQuoted, literal, folded
    }

    package enum Content: Hashable, Sendable {
        case scalar(String, style: Style)
        case sequence([YAMLNode])
        /// The entries in the order of the file; no key comes twice.
        case mapping([YAMLEntry])
    }

    package let place: YAMLPlace
    package let content: Content

    package init(_ content: Content, at place: YAMLPlace) {
        self.content = content
        self.place = place
    }

    /// Whether this is an absent value: empty, `~` or `null`, and not in quotes.
    package var isNull: Bool {
        guard case .scalar(let text, .plain) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }

    /// An error that points at this node.
    package func error(_ message: String, hint: String? = nil) -> YAMLError {
        YAMLError(at: place, message, hint: hint)
    }
}

/// A key of a mapping and its value.
package struct YAMLEntry: Hashable, Sendable {
    package let key: String
    package let keyPlace: YAMLPlace
    package let value: YAMLNode
}
