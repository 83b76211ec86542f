/// What sort of thing a component of a project is; guides offer a blueprint per kind.
package enum ProjectKind: String, CaseIterable, Codable, Sendable, Hashable {
    case commandLineTool
    case library
    case httpService
    case webPage

    /// The kind in words, as in "a command line tool".
    package var words: String {
        switch self {
        case .commandLineTool: "command line tool"
        case .library: "library"
        case .httpService: "HTTP service"
        case .webPage: "web page"
        }
    }
}
