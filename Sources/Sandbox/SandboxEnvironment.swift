internal import Core

/// The variables that a command gets: a few fixed ones, those of its toolchain, its own; none of Drydock's.
struct SandboxEnvironment {
    /// The user that commands seem to run as.
    static let userName = "drydock"

    /// Variables about proxies and certificates, which fetching may need and which nothing else gets.
    static let networkVariables = [
        "http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY",
        "ALL_PROXY", "NO_PROXY",
    ]

    /// Those of them that name a file or a folder.
    static let certificateVariables = [
        "SSL_CERT_FILE", "SSL_CERT_DIR", "NIX_SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE",
        "NODE_EXTRA_CA_CERTS", "CARGO_HTTP_CAINFO", "GIT_SSL_CAINFO", "PIP_CERT",
    ]

    /// Variables that follow from the sandbox and that no toolchain may set.
    private static let fixed: Set<String> = ["HOME", "USER", "LOGNAME", "TMPDIR", "SHELL", "PWD", "OLDPWD"]

    private let host: [String: String]

    /// - Parameter host: Drydock's own environment.
    init(host: [String: String]) {
        self.host = host
    }

    /// The whole environment of a command whose temporary files go to `temporary`.
    func variables(for command: Command, in site: BuildSite, temporary: String) -> [String: String] {
        var variables = [
            "HOME": site.home, "USER": Self.userName, "LOGNAME": Self.userName, "SHELL": "/bin/sh",
            "TMPDIR": temporary, "LANG": "C.UTF-8", "TERM": "dumb",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
        ]
        if site.hasNetwork(for: command) {
            variables.merge(network) { own, _ in own }
        }
        variables.merge(site.toolchain.environment.filter { !Self.fixed.contains($0.key) }) { _, tools in tools }
        variables.merge(command.environment) { _, own in own }
        return variables
    }

    private var network: [String: String] {
        let names = Set(Self.networkVariables + Self.certificateVariables)
        return host.filter { names.contains($0.key) && !$0.value.isEmpty }
    }

    /// The files and folders of certificates that fetching has to see.
    var certificatePaths: [String] {
        Self.certificateVariables.compactMap { host[$0] }.filter { $0.hasPrefix("/") }
    }
}
