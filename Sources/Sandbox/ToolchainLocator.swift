internal import FoundationEssentials
internal import ProcessKit

/// Finds the machine's tools: the real ones behind links and shims, and what they need to be visible.
struct ToolchainLocator: Sendable {
    /// The environment of the person who runs Drydock.
    let environment: [String: String]
    /// How long a version manager may take to say where a tool is.
    let shimLimit: Duration

    private var userHome: String { environment["HOME"] ?? "/nonexistent" }

    /// Everything that can be found of `names`; what cannot is in `missing`.
    func locate(_ names: [String]) async throws -> HostTools {
        var host = HostTools()
        for name in names where !host.names.contains(name) {
            host.names.append(name)
            guard let place = try await place(of: name) else {
                host.missing.append(name)
                continue
            }
            add(place, to: &host)
        }
        try await addJavaHome(for: names, to: &host)
        if FileManager.default.fileExists(atPath: "/etc/alternatives") {
            host.folders.append("/etc/alternatives")
        }
        host.folders = Self.withoutCovered(host.folders)
        return host
    }

    /// What the answer follows from: the folders that are looked through, the files found, the managers' settings.
    func stamps(for host: HostTools) -> [ToolchainStamp] {
        let rustup = environment["RUSTUP_HOME"] ?? userHome + "/.rustup"
        let pyenv = environment["PYENV_ROOT"] ?? userHome + "/.pyenv"
        let settings = [
            rustup + "/settings.toml", pyenv + "/version", userHome + "/.tool-versions",
            userHome + "/.config/mise/config.toml", nvmVersions,
        ]
        let files = host.tools.map(\.path) + host.variables.values.sorted()
        return (searchFolders + settings + files).map(ToolchainStamp.init(of:))
    }

    /// The variables that can change the answer.
    var relevantEnvironment: [String: String] {
        let prefixes = [
            "RUSTUP_", "PYENV_", "ASDF_", "MISE_", "NODENV_", "GOENV_", "JENV_", "RBENV_", "SWIFTLY_", "NVM_",
        ]
        return environment.filter { name, _ in
            name == "PATH" || name == "HOME" || prefixes.contains { name.hasPrefix($0) }
        }
    }

    /// The folders in which tools are looked for, in this order, without repetition.
    var searchFolders: [String] {
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init).filter { $0.hasPrefix("/") }
        var seen: Set<String> = []
        return (path + usualFolders).filter { seen.insert($0).inserted }
    }

    /// Where tools lie on machines whose `PATH` does not say so, as in a service or a cron job.
    private var usualFolders: [String] {
        [
            userHome + "/.cargo/bin", "/usr/local/cargo/bin", userHome + "/.pyenv/shims", "/usr/local/go/bin",
            "/opt/swift/usr/bin", "/usr/local/swift/usr/bin", userHome + "/.local/share/swiftly/bin",
            "/usr/lib/jvm/default-java/bin",
        ] + nvmFolders + ExecutableSearch.usualFolders
    }

    /// The `bin` folders of the Node versions that nvm has installed, the newest first.
    private var nvmFolders: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: nvmVersions)) ?? []
        let numbers = { (name: String) in name.drop { $0 == "v" }.split(separator: ".").map { Int($0) ?? 0 } }
        return names.sorted { numbers($1).lexicographicallyPrecedes(numbers($0)) }.map { "\(nvmVersions)/\($0)/bin" }
    }

    private var nvmVersions: String { (environment["NVM_DIR"] ?? userHome + "/.nvm") + "/versions/node" }

    // MARK: One tool

    /// The first place of a tool from which it can be used.
    func place(of name: String) async throws -> ToolPlace? {
        guard !name.isEmpty, !name.contains("/") else { return nil }
        for folder in searchFolders {
            guard
                let file = ExecutableSearch.find(folder + "/" + name, path: nil),
                let real = ToolchainLinks.real(file)
            else { continue }
            if let shim = ToolchainShim(file: file, real: real, name: name) {
                guard let behind = try await shim.target(environment: environment, limit: shimLimit) else { continue }
                return Self.place(named: name, file: behind)
            }
            return Self.place(named: name, file: file)
        }
        return nil
    }

    /// Follows links as long as the name stays the same: the folder behind `mvn` is Maven's, not /usr/bin.
    static func place(named name: String, file: String) -> ToolPlace? {
        guard let real = ToolchainLinks.real(file) else { return nil }
        var current = file
        var folder = ToolchainLinks.real(ToolchainLinks.folder(of: file))
        for _ in 0..<40 {
            guard let within = ToolchainLinks.real(ToolchainLinks.folder(of: current)) else { break }
            let isNamed = ToolchainLinks.name(of: current) == name
            if isNamed, !ToolchainLinks.lies(within, in: "/etc") { folder = within }
            guard let next = ToolchainLinks.target(of: within + "/" + ToolchainLinks.name(of: current)) else { break }
            current = next
        }
        return folder.map { ToolPlace(name: name, folder: $0, realFile: real) }
    }

    private func add(_ place: ToolPlace, to host: inout HostTools) {
        host.tools.append(LocatedTool(name: place.name, path: place.folder + "/" + place.name))
        if !host.searchFolders.contains(place.folder) {
            host.searchFolders.append(place.folder)
        }
        let home = ToolPlace.home(of: place.folder, userHome: userHome)
        let fileHome = ToolPlace.home(of: ToolchainLinks.folder(of: place.realFile), userHome: userHome)
        for folder in [home, fileHome] where !ToolchainLinks.lies(folder, in: "/usr") {
            host.folders.append(folder)
        }
        host.folders += ToolchainSettings.folders(linkedFrom: home)
    }

    /// Java programs, Maven among them, find their virtual machine by a variable.
    private func addJavaHome(for names: [String], to host: inout HostTools) async throws {
        let wanted: Set = ["java", "javac", "mvn", "gradle"]
        guard !wanted.isDisjoint(with: names) else { return }
        let compiler = try await place(of: "javac")
        guard let place = if let compiler { compiler } else { try await place(of: "java") } else { return }
        let home = ToolPlace.home(of: place.folder, userHome: userHome)
        host.variables["JAVA_HOME"] = home
        host.folders += ToolchainSettings.folders(linkedFrom: home)
        if !ToolchainLinks.lies(home, in: "/usr") { host.folders.append(home) }
        if !host.searchFolders.contains(place.folder) { host.searchFolders.append(place.folder) }
    }

    /// The folders that are inside no other one of them, sorted.
    static func withoutCovered(_ folders: [String]) -> [String] {
        var kept: [String] = []
        for folder in Set(folders).sorted() where !kept.contains(where: { ToolchainLinks.lies(folder, in: $0) }) {
            kept.append(folder)
        }
        return kept
    }
}

/// The settings below /etc that a tool's own folder links to, such as /etc/maven.
enum ToolchainSettings {
    /// Folders and files of /etc behind the links in a tool's folder, three levels deep; only what everybody may read.
    ///
    /// In a folder that many tools share, such as /usr, nothing is looked for.
    static func folders(linkedFrom home: String) -> [String] {
        let shared: Set = ["/usr", "/usr/local", "/usr/bin", "/usr/local/bin", "/usr/sbin", "/bin", "/sbin", "/"]
        guard !shared.contains(home) else { return [] }
        var found: Set<String> = []
        collect(from: home, depth: 3, into: &found)
        return found.sorted()
    }

    private static func collect(from folder: String, depth: Int, into found: inout Set<String>) {
        guard depth > 0, let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        guard names.count <= 500 else { return }
        for name in names {
            let path = folder + "/" + name
            if let target = ToolchainLinks.target(of: path) {
                if let place = settings(behind: target) { found.insert(place) }
            } else if isFolder(path) {
                collect(from: path, depth: depth - 1, into: &found)
            }
        }
    }

    /// The entry of /etc that holds `target`, when it is a tool's and open to all.
    private static func settings(behind target: String) -> String? {
        let parts = target.split(separator: "/")
        guard parts.count >= 2, parts[0] == "etc" else { return nil }
        let place = parts[1] == "ssl" ? target : "/etc/\(parts[1])"
        guard let status = FileStamp(of: place), status.mode & 0o004 != 0 else { return nil }
        return place
    }

    private static func isFolder(_ path: String) -> Bool {
        FileStamp(of: path)?.kind == .folder
    }
}
