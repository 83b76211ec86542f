/// The machine's own tools, as far as they were asked for and found.
struct HostTools: Codable, Equatable, Sendable {
    /// What was asked for, in that order.
    var names: [String] = []
    var tools: [LocatedTool] = []
    /// The folders for `PATH`, in the order of the tools.
    var searchFolders: [String] = []
    /// What lies outside /usr and has to be visible.
    var folders: [String] = []
    /// Variables such as `JAVA_HOME`.
    var variables: [String: String] = [:]
    var missing: [String] = []

    /// All of it as text, for a key.
    var keyParts: [String] {
        tools.map { $0.name + "=" + $0.path } + searchFolders + folders + missing
            + variables.sorted { $0.key < $1.key }.map { $0.key + "=" + $0.value }
    }
}

/// What was found, and what tells that it would be found again.
struct RememberedHostTools: Codable, Sendable {
    let tools: HostTools
    let stamps: [ToolchainStamp]
}

/// One tool's place on this machine.
struct ToolPlace: Equatable, Sendable {
    let name: String
    /// The folder in which the tool has this name, itself free of links.
    let folder: String
    /// The file that the name stands for in the end.
    let realFile: String

    /// The folder that the tool needs with its libraries: the parent of `bin`, unless that is too much.
    static func home(of folder: String, userHome: String) -> String {
        guard ToolchainLinks.name(of: folder) == "bin" else { return folder }
        let parent = ToolchainLinks.folder(of: folder)
        let tooWide = parent.split(separator: "/").count < 2 || parent == userHome || parent.hasSuffix("/.local")
        let isHome = ToolchainLinks.folder(of: parent) == "/home"
        return (tooWide || isHome) && parent != "/usr" ? folder : parent
    }
}
