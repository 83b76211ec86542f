import Foundation
import HTTPClientKit
import TestSupport
import Testing

@Suite("A connection with TLS", .tags(.medium), .temporaryDirectory)
struct SecurityTests {
    @Test("is not made when nobody known vouches for the server")
    func unknown() async throws {
        let server = try await SecureServer.openssl(in: TemporaryDirectory.current)
        try await withClient { client in
            let fault = try #require(await client.fault(HTTPRequest(.get, server.url + "/?key=secret")))
            #expect(fault.reason == .tls)
            #expect("\(fault)".contains("certificate"))
            #expect(!"\(fault)".contains("secret"))
        }
        await server.stop()
    }

    @Test("is made when the authority of the server is named, but not to another name of the server")
    func known() async throws {
        let server = try await SecureServer.openssl(in: TemporaryDirectory.current)
        try await withClient(HTTPClientConfiguration(authorities: server.authority)) { client in
            let response = try await client.send(HTTPRequest(.get, server.url))
            #expect(response.status == 200)
            let other = server.url.replacingOccurrences(of: "localhost", with: "other.localhost")
            #expect(await client.reason(HTTPRequest(.get, other)) == .tls)
        }
        await server.stop()
    }

    @Test("is not made when the file of authorities is missing")
    func missing() async throws {
        let server = try await SecureServer.openssl(in: TemporaryDirectory.current)
        try await withClient(HTTPClientConfiguration(authorities: "/missing.pem")) { client in
            let fault = try #require(await client.fault(HTTPRequest(.get, server.url)))
            #expect(fault.reason == .tls)
            #expect("\(fault)".contains("/missing.pem"))
        }
        await server.stop()
    }

    @Test("is not made with a server that speaks no TLS")
    func plain() async throws {
        let server = try ScriptedServer { _ in ScriptedAnswer() }
        let garbage = try ScriptedServer { _ in .fault(.closeBeforeHead) }
        try await withClient { client in
            for port in [server.port, garbage.port] {
                let limits = HTTPLimits(connect: .milliseconds(500))
                let reason = await client.reason(HTTPRequest(.get, "https://127.0.0.1:\(port)/", limits: limits))
                // A server that waits for the end of a head waits here, too.
                #expect(reason == .tls || reason == .timeout(.connect))
            }
        }
    }

    @Test("carries many requests at once by HTTP/2", .enabled(if: SecureServer.hasNginx, "nginx is not installed"))
    func multiplexed() async throws {
        let server = try await SecureServer.nginx(in: TemporaryDirectory.current)
        try await withClient(HTTPClientConfiguration(authorities: server.authority)) { client in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<60 {
                    group.addTask {
                        let request = HTTPRequest(.post, "\(server.url)/echo/\(number)", body: [1, 2, 3])
                        let response = try await client.send(request)
                        #expect(response.version == "2")
                        #expect(response.body.text == "/echo/\(number)")
                    }
                }
                try await group.waitForAll()
            }
            #expect(client.counters.openedConnections == 1)
            let limits = HTTPLimits(bodyBytes: 1 << 30)
            let first = try await client.stream(HTTPRequest(.get, server.url + "/large", limits: limits)) { _, body in
                try await body.next()
            }
            #expect(first?.isEmpty == false)
            // A stream that is left ends alone: its connection stays for the others.
            let text = try await client.text(HTTPRequest(.get, server.url + "/echo/after"))
            #expect(text == "/echo/after")
            #expect(client.counters.openedConnections == 1)
        }
        await server.stop()
    }
}

/// A server with TLS, as a program of its own, whose certificate for `localhost` a private authority has signed.
private final class SecureServer: Sendable {
    static let hasNginx = FileManager.default.isExecutableFile(atPath: "/usr/sbin/nginx")

    let url: String
    let authority: String
    private let program: ChildProgram

    private init(_ program: ChildProgram, port: Int, authority: String) {
        self.program = program
        url = "https://localhost:\(port)"
        self.authority = authority
    }

    deinit {
        program.send(SIGKILL)
    }

    func stop() async {
        program.send(SIGTERM)
        _ = await program.status()
    }

    /// `openssl s_server`, which answers every GET with a page.
    static func openssl(in folder: URL) async throws -> SecureServer {
        try await makeCertificates(in: folder)
        let arguments = ["s_server", "-accept", "127.0.0.1:0", "-cert", "server.pem", "-key", "server.key", "-www"]
        let program = try start("/usr/bin/openssl", arguments, in: folder)
        var port: Int?
        try await eventually {
            let text = (try? String(contentsOf: folder.appending(path: "output"), encoding: .utf8)) ?? ""
            port = text.split(separator: "\n").first { $0.hasPrefix("ACCEPT") }
                .flatMap { $0.split(separator: ":").last }.flatMap { Int($0) }
            return port != nil
        }
        let authority = folder.appending(path: "authority.pem").path
        return SecureServer(program, port: try #require(port), authority: authority)
    }

    /// nginx with HTTP/2, which answers `/echo` with the path and `/large` with 8 MB.
    static func nginx(in folder: URL) async throws -> SecureServer {
        try await makeCertificates(in: folder)
        let port = try freePort()
        try Data(repeating: 120, count: 8 << 20).write(to: folder.appending(path: "large"))
        let places = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map { "\($0)_temp_path \(folder.path)/\($0);" }.joined(separator: " ")
        let text = """
            daemon off; master_process off; pid \(folder.path)/pid; error_log \(folder.path)/log;
            events { worker_connections 256; }
            http {
              access_log off; \(places)
              server {
                listen 127.0.0.1:\(port) ssl http2;
                ssl_certificate server.pem; ssl_certificate_key server.key;
                root \(folder.path);
                location /echo { return 200 $uri; }
              }
            }
            """
        try Data(text.utf8).write(to: folder.appending(path: "nginx.conf"))
        let arguments = ["-p", folder.path, "-c", folder.appending(path: "nginx.conf").path]
        let program = try start("/usr/sbin/nginx", arguments, in: folder)
        let server = SecureServer(program, port: port, authority: folder.appending(path: "authority.pem").path)
        let client = HTTPClient(HTTPClientConfiguration(authorities: server.authority))
        while await client.fault(HTTPRequest(.get, server.url + "/echo")) != nil {
            try await Task.sleep(for: .milliseconds(10))
        }
        await client.shutdown()
        return server
    }

    /// A port that was free a moment ago.
    private static func freePort() throws -> Int {
        let server = try ScriptedServer { _ in ScriptedAnswer() }
        defer { server.stop() }
        return server.port
    }

    private static func makeCertificates(in folder: URL) async throws {
        let script = """
            set -e
            key="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
            openssl req -x509 $key -keyout authority.key -out authority.pem -days 2 -subj '/CN=Test authority'
            openssl req $key -keyout server.key -out request.pem -subj '/CN=localhost'
            echo 'subjectAltName=DNS:localhost' > names
            openssl x509 -req -in request.pem -CA authority.pem -CAkey authority.key -CAcreateserial \
                -out server.pem -days 2 -extfile names
            """
        let status = try await start("/bin/sh", ["-c", script], in: folder).status()
        try #require(status == 0)
    }

    private static func start(_ path: String, _ arguments: [String], in folder: URL) throws -> ChildProgram {
        let (output, errors) = (folder.appending(path: "output"), folder.appending(path: "errors"))
        for file in [output, errors] {
            try Data().write(to: file)
        }
        return try ChildProgram(
            path,
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path,
            streams: ("/dev/null", output.path, errors.path)
        )
    }
}
