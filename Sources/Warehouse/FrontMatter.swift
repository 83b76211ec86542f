internal import YAMLKit

/// A Markdown file with a YAML header between two lines of `---`.
struct FrontMatter {
    let header: YAMLNode
    /// The lines after the header.
    let body: [Substring]
    /// The line of the file, from 1, at which the body begins.
    let bodyLine: Int
    private let location: String

    /// - Returns: `nil` when the text does not begin with a header.
    /// - Throws: ``ConfigurationFault`` when the header does not end or is not YAML.
    init?(text: String, location: String) throws(ConfigurationFault) {
        let lines = text.split(omittingEmptySubsequences: false) { $0.isNewline }
        guard lines.first == "---" else { return nil }
        guard let end = lines.dropFirst().firstIndex(of: "---") else {
            throw .malformed(YAMLError(at: YAMLPlace(file: location, line: 1), "the header does not end with '---'"))
        }
        do {
            let header = lines[1..<end].joined(separator: "\n") + "\n"
            self.header = try YAMLNode(parsing: header, file: location, firstLine: 2)
        } catch {
            throw .malformed(error)
        }
        body = Array(lines[(end + 1)...])
        bodyLine = end + 2
        self.location = location
    }

    /// An error that points at a line of the body, counted from 0.
    func error(line: Int, _ message: String, hint: String? = nil) -> ConfigurationFault {
        .malformed(YAMLError(at: YAMLPlace(file: location, line: bodyLine + line), message, hint: hint))
    }
}
