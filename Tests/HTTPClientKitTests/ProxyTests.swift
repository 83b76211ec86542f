import HTTPClientKit
import TestSupport
import Testing

@Suite("A proxy from an environment", .tags(.medium))
struct ProxyTests {
    private func client(_ environment: [String: String]) -> HTTPClientConfiguration {
        HTTPClientConfiguration(proxies: HTTPProxies(environment: environment))
    }

    @Test("is asked for what is elsewhere, by whole URL", arguments: ["http_proxy", "all_proxy", "ALL_PROXY"])
    func plain(name: String) async throws {
        let proxy = try ScriptedServer { ScriptedAnswer("proxied \($0.path) for \($0.header("host") ?? "")") }
        try await withClient(client([name: proxy.url])) { client in
            let text = try await client.text(HTTPRequest(.get, "http://models.example/a?b=c"))
            #expect(text == "proxied http://models.example/a?b=c for models.example")
        }
    }

    @Test("is asked for a tunnel when TLS is wanted, and its refusal is told", arguments: [403, 407, 502])
    func tunnel(status: Int) async throws {
        let proxy = try ScriptedServer { _ in ScriptedAnswer("no", status: status) }
        try await withClient(client(["https_proxy": proxy.url, "http_proxy": "http://127.0.0.1:9"])) { client in
            let request = HTTPRequest(.get, "https://models.example/", headers: ["Authorization": "Bearer key"])
            let fault = try #require(await client.fault(request))
            #expect(fault.reason == .connect)
            #expect("\(fault)".contains("the proxy answered with status \(status)"))
        }
        let seen = try #require(proxy.requests.first)
        #expect(seen.method == "CONNECT")
        #expect(seen.path == "models.example:443")
        #expect(seen.header("authorization") == nil)
    }

    @Test(
        "is not asked for its exceptions, nor for this machine",
        arguments: ["", "127.0.0.1", "*", "example.org, 127.0.0.0/8"]
    )
    func exceptions(named: String) async throws {
        let proxy = try ScriptedServer { _ in ScriptedAnswer("proxied") }
        let server = try ScriptedServer { _ in ScriptedAnswer("direct") }
        try await withClient(client(["http_proxy": proxy.url, "NO_PROXY": named])) { client in
            let text = try await client.text(HTTPRequest(.get, server.url))
            #expect(text == "direct")
        }
        #expect(proxy.acceptedConnections == 0)
    }

    @Test("is not asked for a named domain and all below it")
    func domain() async throws {
        let proxy = try ScriptedServer { _ in ScriptedAnswer("proxied") }
        try await withClient(client(["http_proxy": proxy.url, "no_proxy": "invalid"])) { client in
            let request = HTTPRequest(.get, "http://models.invalid/")
            #expect(await client.reason(request) == .resolve)
            let text = try await client.text(HTTPRequest(.get, "http://models.example/"))
            #expect(text == "proxied")
        }
        #expect(proxy.requests.count == 1)
    }

    @Test("that does not answer is told as such")
    func missing() async throws {
        try await withClient(client(["http_proxy": "http://127.0.0.1:9"])) { client in
            #expect(await client.reason(HTTPRequest(.get, "http://models.example/")) == .connect)
        }
    }

    @Test("is read as curl reads it")
    func environment() {
        let capitals = HTTPProxies(environment: ["HTTP_PROXY": "http://a", "HTTPS_PROXY": "http://b"])
        #expect(capitals.http.isEmpty)
        #expect(capitals.https == "http://b")
        let both = HTTPProxies(environment: ["https_proxy": "http://c", "HTTPS_PROXY": "http://b", "no_proxy": "x"])
        #expect(both.https == "http://c")
        #expect(both.exceptions == "x,localhost,127.0.0.0/8,::1")
        #expect(HTTPProxies.none.http.isEmpty)
    }
}

@Suite("A client that is bound to this machine", .tags(.medium))
struct LoopbackTests {
    private let configuration = HTTPClientConfiguration(loopbackOnly: true)

    @Test("reaches this machine by its names")
    func names() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer("here") }
        try await withClient(configuration) { client in
            for host in ["127.0.0.1", "localhost", "LOCALHOST", "models.localhost"] {
                let text = try await client.text(HTTPRequest(.get, "http://\(host):\(server.port)/"))
                #expect(text == "here")
            }
        }
    }

    @Test(
        "sends nothing to any other, and asks no name server",
        arguments: [
            "192.0.2.1", "10.0.0.1", "[2001:db8::1]", "models.example", "localhost.example", "0.0.0.0", "127.1",
            "127.0.0.1.example", "0x7f.0.0.1", "127.0.0.256", "[::]", "2130706433", "localhost.",
        ]
    )
    func others(host: String) async throws {
        try await withClient(configuration) { client in
            #expect(await client.reason(HTTPRequest(.get, "http://\(host)/")) == .notLoopback)
            #expect(client.counters == HTTPCounters())
        }
    }

    @Test("uses no proxy, which could reach further")
    func proxy() async throws {
        let proxy = try ScriptedServer { _ in ScriptedAnswer("proxied") }
        let server = try ScriptedServer { _ in ScriptedAnswer("direct") }
        var configuration = configuration
        configuration.proxies = HTTPProxies(environment: ["http_proxy": proxy.url])
        try await withClient(configuration) { client in
            let text = try await client.text(HTTPRequest(.get, "http://models.localhost:\(server.port)/"))
            #expect(text == "direct")
        }
        #expect(proxy.acceptedConnections == 0)
    }
}
