internal import ProcessKit

/// What no command may see, whoever asks for it.
struct HiddenFolders {
    private static let always = [
        "/etc", "/home", "/root", "/nix/var", "/proc", "/sys", "/dev", "/run", "/boot", "/var/lib",
    ]

    private let folders: [String]

    /// - Parameter more: Drydock's own folders and the user's home.
    init(_ more: [String]) {
        let resolved = more.filter { $0.hasPrefix("/") }.map { RealPath.of($0) ?? $0 }
        folders = Self.always + resolved
    }

    /// Refuses a real path that is one of these folders or holds one of them.
    func check(_ path: String) throws(SandboxError) {
        for hidden in folders where hidden.isPath(atOrBelow: path) {
            throw .exposes(path: path, hidden: hidden)
        }
    }
}

extension String {
    /// Whether this absolute path is `folder` or lies in it.
    func isPath(atOrBelow folder: String) -> Bool {
        self == folder || folder == "/" || hasPrefix(folder + "/")
    }
}
