import Foundation
import TestSupport

/// A server of OpenSSL's own program, with a certificate that nobody vouches for.
struct SelfSignedServer {
    let port: Int
    private let program: ChildProgram

    /// Waits until it listens; needs the trait `.temporaryDirectory`.
    init() async throws {
        let folder = TemporaryDirectory.current
        let (key, certificate) = (folder.appending(path: "key.pem").path, folder.appending(path: "cert.pem").path)
        let make = try Self.start(
            [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
                "-out", certificate, "-days", "2", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1",
            ],
            named: "req"
        )
        guard await make.status() == 0 else { throw POSIXError(.EIO) }
        program = try Self.start(
            ["s_server", "-accept", "127.0.0.1:0", "-key", key, "-cert", certificate, "-www"],
            named: "server"
        )
        let output = folder.appending(path: "server.out")
        var port: Int?
        for _ in 0..<1_000 where port == nil {
            let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
            port = lines.first { $0.hasPrefix("ACCEPT") }?.split(separator: ":").last.flatMap { Int($0) }
            if port == nil { try await Task.sleep(for: .milliseconds(10)) }
        }
        guard let port else { throw POSIXError(.ETIMEDOUT) }
        self.port = port
    }

    func stop() async {
        program.send(SIGKILL)
        _ = await program.status()
    }

    private static func start(_ arguments: [String], named name: String) throws -> ChildProgram {
        let folder = TemporaryDirectory.current
        let (output, errors) = (folder.appending(path: name + ".out"), folder.appending(path: name + ".err"))
        for file in [output, errors] { try Data().write(to: file) }
        return try ChildProgram(
            "/usr/bin/openssl",
            arguments,
            environment: ["PATH": "/usr/bin:/bin"],
            folder: folder.path,
            streams: (input: "/dev/null", output: output.path, errors: errors.path)
        )
    }
}
