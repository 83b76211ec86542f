internal import Core

/// What a project's tree may hold.
enum TreeContent {
    /// The most bytes of one file; hosts of repositories refuse larger ones.
    static let fileLimit = 100 << 20

    /// Refuses a name from a tree that somebody else made.
    static func check(name: [UInt8], path: [UInt8]) throws(TreeError) {
        let shown = TreeError.escaped(path)
        guard !name.isEmpty, !name.contains(UInt8(ascii: "/")), name != [46], name != [46, 46] else {
            throw .unusableName(path: shown, reason: "it would leave its folder")
        }
        _ = try projectPath(path)
    }

    /// The path as a type, if a project may have it.
    @discardableResult
    static func projectPath(_ path: [UInt8]) throws(TreeError) -> ProjectPath {
        let shown = TreeError.escaped(path)
        guard let text = String(validating: path, as: UTF8.self) else {
            throw .unusableName(path: shown, reason: "it is not UTF-8")
        }
        guard !path.contains(UInt8(ascii: "\\")) else {
            throw .unusableName(path: shown, reason: "it holds a backslash")
        }
        do {
            return try ProjectPath(text)
        } catch {
            throw .unusableName(path: shown, reason: error.description)
        }
    }

    /// Whether git, on any platform, could take the name for that of a repository's own folder.
    static func isGitFolder(_ name: [UInt8]) -> Bool {
        guard let text = String(validating: name, as: UTF8.self) else { return false }
        do {
            _ = try ProjectPath(text)
            return false
        } catch {
            if case .gitFolder = error { return true }
            return false
        }
    }
}
