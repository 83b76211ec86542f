internal import Core
internal import FoundationEssentials
internal import Settings
internal import Warehouse

/// Where a command was called: environment, folder, configuration.
struct Surroundings: Sendable {
    let environment: [String: String]
    let currentFolder: String
    let folders: Folders

    /// This process's own.
    ///
    /// - Throws: ``SettingsError/noHome``.
    static func current() throws -> Surroundings {
        let environment = ProcessInfo.processInfo.environment
        let folder = FileManager.default.currentDirectoryPath
        let folders = try Folders(environment: environment, currentFolder: folder)
        return Surroundings(environment: environment, currentFolder: folder, folders: folders)
    }

    /// The configuration files that count here, from the strongest to the weakest.
    var configurationFiles: [String] { folders.configurationFiles(project: nil) }

    func settings(_ flags: [SettingFlag?] = []) throws -> Settings {
        try Settings(flags: flags.compactMap(\.self), environment: environment, files: configurationFiles)
    }

    /// What Drydock knows here: what is built in, and the user's own files.
    func warehouse() throws -> Warehouse {
        Warehouse(layers: [.builtIn, .user(folder: folders.configuration)])
    }

    /// `path` as an absolute one, seen from the folder in which the command was called.
    func absolute(_ path: String) -> String {
        let whole = path.hasPrefix("/") ? path : currentFolder + "/" + path
        var parts: [Substring] = []
        for part in whole.split(separator: "/") where part != "." {
            if part == ".." {
                _ = parts.popLast()
            } else {
                parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
