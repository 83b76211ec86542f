internal import FoundationEssentials

/// Where Drydock keeps its files: absolute paths.
///
/// `DRYDOCK_HOME` puts everything below one folder. Without it the folders of the XDG base directory
/// specification hold: configuration, data (snapshots), state (journal and runs) and cache.
package struct Folders: Equatable, Sendable {
    package let configuration: String
    package let state: String
    package let cache: String
    package let snapshots: String
    /// The work trees of runs.
    package let runs: String
    /// The configuration of all users.
    package let systemConfiguration: String

    /// - Throws: ``SettingsError/noHome`` when the environment names no place.
    package init(
        environment: [String: String],
        currentFolder: String = FileManager.default.currentDirectoryPath
    ) throws(SettingsError) {
        systemConfiguration = "/etc/drydock"
        if let home = environment["DRYDOCK_HOME"], !home.isEmpty {
            let root = home.hasPrefix("/") ? Self.withoutSlash(home) : currentFolder + "/" + Self.withoutSlash(home)
            configuration = root + "/config"
            state = root + "/state"
            cache = root + "/cache"
            snapshots = root + "/snapshots"
            runs = root + "/runs"
            return
        }
        configuration = try Self.folder("XDG_CONFIG_HOME", ".config", environment)
        state = try Self.folder("XDG_STATE_HOME", ".local/state", environment)
        cache = try Self.folder("XDG_CACHE_HOME", ".cache", environment)
        snapshots = try Self.folder("XDG_DATA_HOME", ".local/share", environment) + "/snapshots"
        runs = state + "/runs"
    }

    /// As the specification says, a relative path in one of its variables counts for nothing.
    private static func folder(
        _ variable: String,
        _ fallback: String,
        _ environment: [String: String]
    ) throws(SettingsError) -> String {
        if let path = environment[variable], path.hasPrefix("/") {
            return withoutSlash(path) + "/drydock"
        }
        guard let home = environment["HOME"], home.hasPrefix("/") else { throw .noHome }
        return withoutSlash(home) + "/\(fallback)/drydock"
    }

    private static func withoutSlash(_ path: String) -> String {
        path.count > 1 && path.hasSuffix("/") ? withoutSlash(String(path.dropLast())) : path
    }

    /// The journal's file.
    package var journal: String { state + "/journal.sqlite" }

    /// The configuration files from the strongest to the weakest; `project` is a folder whose `.drydock/` is trusted.
    package func configurationFiles(project: String?) -> [String] {
        let own = [configuration + "/config.yaml", systemConfiguration + "/config.yaml"]
        return (project.map { [Self.configurationFile(ofProject: $0)] } ?? []) + own
    }

    package static func configurationFile(ofProject project: String) -> String { project + "/.drydock/config.yaml" }
}
