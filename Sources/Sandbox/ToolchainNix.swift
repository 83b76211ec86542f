internal import Core
internal import FoundationEssentials
internal import ProcessKit

/// The `nix` program of this machine.
struct ToolchainNix: Codable, Equatable, Sendable {
    /// The absolute path.
    let program: String
    /// Such as `2.8.0`.
    let version: String
    /// Tells whether `program` is still the one that gave this version.
    let stamp: ToolchainStamp

    /// How long `nix --version` may take.
    private static let versionLimit = Duration.seconds(5)

    /// Whether this version knows flakes.
    var knowsFlakes: Bool {
        let numbers = version.split { !$0.isNumber }.prefix(2).compactMap { Int($0) }
        guard let major = numbers.first else { return false }
        return major > 2 || (major == 2 && (numbers.count > 1 ? numbers[1] : 0) >= 4)
    }

    /// Finds Nix on `PATH` or where its installers put it; its version is asked for once.
    ///
    /// - Returns: `nil` when there is none, or none that answers.
    static func find(environment: [String: String], cache: ToolchainCache) async throws -> ToolchainNix? {
        guard let program = path(environment: environment) else { return nil }
        if let known: ToolchainNix = cache.value("nix.json"), known.program == program, known.stamp.isCurrent {
            return known
        }
        let output = try await Subprocess.run(
            [program, "--version"],
            environment: ["PATH": "/usr/bin:/bin", "HOME": "/nonexistent"],
            directory: "/",
            limits: Subprocess.Limits(time: versionLimit, output: 4_096)
        )
        let words = output.text.split(whereSeparator: \.isWhitespace)
        guard output.succeeded, let version = words.last, words.first == "nix" else { return nil }
        let nix = ToolchainNix(program: program, version: String(version), stamp: ToolchainStamp(of: program))
        try cache.store(nix, as: "nix.json")
        return nix
    }

    static func path(environment: [String: String]) -> String? {
        let home = environment["HOME"] ?? "/nonexistent"
        let usual = [home + "/.nix-profile/bin", "/nix/var/nix/profiles/default/bin", "/run/current-system/sw/bin"]
        let path = [environment["PATH"] ?? ""] + usual + ExecutableSearch.usualFolders
        return ExecutableSearch.find("nix", path: path.joined(separator: ":"))
    }

    // MARK: Its environment

    /// What Nix may see of our environment: where its files and its proxy are.
    private static let passed: Set = [
        "NIX_REMOTE", "NIX_CONF_DIR", "NIX_USER_CONF_FILES", "NIX_STATE_DIR", "NIX_STORE_DIR", "NIX_LOG_DIR",
        "NIX_LOCALSTATE_DIR", "NIX_DAEMON_SOCKET_PATH", "NIX_DATA_DIR", "NIX_SSL_CERT_FILE", "SSL_CERT_FILE",
        "CURL_CA_BUNDLE", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_DIRS",
        "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy",
        "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY",
    ]

    /// Makes the environment to start Nix with.
    ///
    /// - Parameters:
    ///   - ours: The environment of the person who runs Drydock.
    ///   - settings: Lines of configuration, which come after the person's own.
    ///   - scratch: A folder for Nix's temporary files, and its home when there is no other.
    /// - Returns: All the variables of Nix.
    static func environment(from ours: [String: String], settings: [String], scratch: String) -> [String: String] {
        var environment = ours.filter { passed.contains($0.key) }
        let home = ours["HOME"].flatMap { FileStamp(of: $0)?.kind == .folder ? $0 : nil }
        environment["HOME"] = home ?? scratch
        environment["PATH"] = "/usr/bin:/bin:/run/current-system/sw/bin"
        environment["TMPDIR"] = scratch
        environment["LC_ALL"] = "C.UTF-8"
        let lines = [ours["NIX_CONFIG"] ?? ""] + always + settings
        environment["NIX_CONFIG"] = lines.filter { !$0.isEmpty }.joined(separator: "\n")
        return environment
    }

    private static var always: [String] {
        let lines = [
            "extra-experimental-features = nix-command flakes", "accept-flake-config = false", "warn-dirty = false",
            "connect-timeout = 5",
        ]
        return lines + (lacksBuildUsers ? ["build-users-group ="] : [])
    }

    /// Root builds as the users of the group `nixbld`, where an installer has made any; else as itself.
    private static var lacksBuildUsers: Bool {
        let groups = FileManager.default.contents(atPath: "/etc/group") ?? Data()
        let lines = String(decoding: groups, as: UTF8.self).split(separator: "\n")
        return !lines.contains { $0.hasPrefix("nixbld:") && !$0.hasSuffix(":") }
    }

    /// The part of Nix's complaint that says what is wrong.
    static func complaint(_ text: String) -> String {
        let lines = text.split(separator: "\n").map(String.init)
        let first = lines.firstIndex { $0.hasPrefix("error:") } ?? max(0, lines.count - 3)
        let shown = lines.dropFirst(first).prefix(6).map { $0.trimmingPrefix { $0 == " " } }
        let message = shown.filter { !$0.isEmpty }.joined(separator: " ").prefix(400)
        return message.isEmpty ? "no message" : String(message).printable
    }
}
