/// What sort of thing a component of a project is; guides have starter code per kind.
package enum ProjectKind: String, CaseIterable, Codable, Sendable, Hashable {
    case commandLineTool = "command-line-tool"
    case library
    case httpService = "http-service"
    case webPage = "web-page"

    /// The kind in words, without an article.
    package var words: String {
        switch self {
        case .commandLineTool: "command line tool"
        case .library: "library"
        case .httpService: "HTTP service"
        case .webPage: "web page"
        }
    }

    /// The kind in a sentence, with its article.
    package var phrase: String {
        (self == .httpService ? "an " : "a ") + words
    }
}
