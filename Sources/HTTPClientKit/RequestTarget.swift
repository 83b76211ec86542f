internal import Core

/// Where a request goes, read from its URL just far enough to refuse what may not be reached.
struct RequestTarget: Sendable, Equatable {
    /// Scheme, host, port and path, for messages.
    let place: String
    /// Scheme, host and port: transfers with the same one share connections.
    let server: String
    let host: String
    let isSecure: Bool

    /// Reads an absolute `http` or `https` URL in visible ASCII.
    init(_ url: String) throws(HTTPFault) {
        let place = String(url.prefix { $0 != "?" && $0 != "#" })
        func refusal(_ detail: String) -> HTTPFault {
            HTTPFault(.badURL, place: url.contains("@") ? "…" : place.printable, detail: detail)
        }
        guard url.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw refusal("it has characters that have to be escaped")
        }
        let scheme = place.prefix { $0 != ":" }.lowercased()
        guard scheme == "http" || scheme == "https", place.dropFirst(scheme.count).hasPrefix("://") else {
            throw refusal("it begins with neither http:// nor https://")
        }
        let authority = place.dropFirst(scheme.count + 3).prefix { $0 != "/" && $0 != "\\" }.lowercased()
        guard !authority.contains("@") else { throw refusal("it has a user's name") }
        let host = authority.hasPrefix("[") ? authority.prefix { $0 != "]" } + "]" : authority.prefix { $0 != ":" }
        guard !host.isEmpty else { throw refusal("it has no host") }
        let port = authority.dropFirst(host.count)
        guard port.isEmpty || port.hasPrefix(":") && UInt16(port.dropFirst()) != nil else {
            throw refusal("its port is no number up to 65535")
        }
        self.place = place
        self.host = String(host)
        isSecure = scheme == "https"
        server = "\(scheme)://\(authority)"
    }

    /// Says whether the host is this machine by its very name, without asking anyone.
    var isLoopback: Bool {
        if host == "localhost" || host.hasSuffix(".localhost") || host == "[::1]" {
            return true
        }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }
}
