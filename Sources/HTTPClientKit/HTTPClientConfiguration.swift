/// How a client reaches servers; nothing is read from the process's own environment.
package struct HTTPClientConfiguration: Sendable {
    /// Transfers at a time; others wait for a place, and their total limit runs.
    package var transfers: Int
    /// Transfers at a time to one host and port.
    package var transfersPerHost: Int
    package var proxies: HTTPProxies
    /// A file of certificates, in PEM, that are trusted in place of the machine's.
    package var authorities: String?
    package var userAgent: String
    /// Refuses everything that is not on this machine: without a question to a name server, and without a proxy.
    package var loopbackOnly: Bool

    package init(
        transfers: Int = 1_024,
        transfersPerHost: Int = 1_024,
        proxies: HTTPProxies = .none,
        authorities: String? = nil,
        userAgent: String = "drydock",
        loopbackOnly: Bool = false
    ) {
        self.transfers = transfers
        self.transfersPerHost = transfersPerHost
        self.proxies = proxies
        self.authorities = authorities
        self.userAgent = userAgent
        self.loopbackOnly = loopbackOnly
    }
}

/// The proxies that an environment names, in the manner of curl.
package struct HTTPProxies: Sendable, Equatable {
    /// The proxy for `http` URLs; empty for none.
    package let http: String
    /// The proxy for `https` URLs; empty for none.
    package let https: String
    /// Hosts, domains and networks that are reached without, separated by commas; `*` for all.
    package let exceptions: String

    package static let none = HTTPProxies(environment: [:])

    /// This machine is never asked for through another one.
    private static let loopback = "localhost,127.0.0.0/8,::1"

    /// Reads `http_proxy`, `https_proxy`, `all_proxy` and `no_proxy`, of which all but the first may be in capitals.
    ///
    /// `HTTP_PROXY` does not count: to a CGI program a visitor can set it by a header.
    package init(environment: [String: String]) {
        func value(_ names: String...) -> String {
            names.lazy.compactMap { environment[$0] }.first { !$0.isEmpty } ?? ""
        }
        let all = value("all_proxy", "ALL_PROXY")
        let plain = value("http_proxy")
        let secure = value("https_proxy", "HTTPS_PROXY")
        let named = value("no_proxy", "NO_PROXY")
        http = plain.isEmpty ? all : plain
        https = secure.isEmpty ? all : secure
        exceptions = named == "*" ? named : named.isEmpty ? Self.loopback : "\(named),\(Self.loopback)"
    }
}

/// What a client has opened and not closed; shows that nothing leaks.
package struct HTTPCounters: Sendable, Equatable {
    /// Sockets opened since the start.
    package var openedConnections = 0
    /// Sockets that are open, kept ones included.
    package var openConnections = 0
    /// Transfers that libcurl works on.
    package var runningTransfers = 0
    /// Transfers that wait for a place.
    package var waitingTransfers = 0
    /// Wakes of the client's thread.
    package var wakes = 0

    package init() {}
}
