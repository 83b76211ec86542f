import Core
import Foundation
import Models
import TestSupport
import Testing

@Suite("A provider's key", .tags(.medium), .temporaryDirectory)
struct ProviderKeyTests {
    private static let environment = ["EMPTY": "", "SECOND": " sk-second ", "PATH": "/usr/bin:/bin"]

    private func value(_ source: KeySource) async throws -> String? {
        try await ProviderKey(source, environment: Self.environment).value()
    }

    @Test("comes from the environment, a file or a command, its first line without blanks")
    func sources() async throws {
        let file = TemporaryDirectory.current.appending(path: "key")
        try "  sk-file\r\nmore\n".write(to: file, atomically: true, encoding: .utf8)
        #expect(try await value(.none) == nil)
        #expect(try await value(.environment(["MISSING", "EMPTY", "SECOND"])) == "sk-second")
        #expect(try await value(.file(file.path)) == "sk-file")
        #expect(try await value(.command(["printf", "%s\\n", "sk-$HOME;"])) == "sk-$HOME;")
    }

    @Test("that is missing says which place to look at, and nothing that was found there")
    func missing() async throws {
        let file = TemporaryDirectory.current.appending(path: "key")
        try "sk-naïve".write(to: file, atomically: true, encoding: .utf8)
        let sources: [(KeySource, String)] = [
            (.environment(["MISSING", "EMPTY"]), "MISSING or EMPTY"), (.file("/no/such/file"), "'/no/such/file'"),
            (.file(file.path), file.path), (.command(["sh", "-c", "echo sk-part; exit 3"]), "3"),
            (.command(["no-such-program"]), "no-such-program"), (.command(["true"]), "'true' is empty"),
        ]
        for (source, words) in sources {
            let fault = await #expect(throws: ProviderFault.self) { try await value(source) }
            #expect(fault?.reason == .keyMissing && fault?.stopsRun == true)
            #expect(fault?.message.contains(words) == true, "\(fault?.message ?? "")")
            #expect(fault?.message.contains("sk-") == false || source.name.contains("sk-"))
        }
    }

    @Test("runs its command once however many ask at once, and again when it was not accepted")
    func once() async throws {
        let file = TemporaryDirectory.current.appending(path: "count").path
        let key = ProviderKey(
            .command(["sh", "-c", "echo x >> \(file); sleep 0.1; echo sk-command"]),
            environment: Self.environment
        )
        try await withThrowingTaskGroup { group in
            for _ in 0..<50 { group.addTask { try await key.value() } }
            for try await value in group { #expect(value == "sk-command") }
        }
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "x\n")
        await key.forget("sk-another")
        #expect(try await key.value() == "sk-command")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "x\n", "whoever forgets late loses no new key")
        await key.forget("sk-command")
        #expect(try await key.value() == "sk-command")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "x\nx\n")
    }

    @Test("is known to whoever keeps it out of texts, with those that it was before")
    func renewed() async throws {
        let file = TemporaryDirectory.current.appending(path: "key")
        let secrets = SecretBook()
        let redactor = Redactor(secrets: ["TOKEN": "abcdefgh"]).sharing(secrets).adding(["OTHER": "12345678"])
        let key = ProviderKey(.file(file.path), environment: [:], name: "mine key", secrets: secrets)
        #expect(redactor.redacting("sk-first-key") == "sk-first-key")
        for value in ["sk-first-key", "sk-second-key"] {
            try value.write(to: file, atomically: true, encoding: .utf8)
            #expect(try await key.value() == value)
            await key.forget(value)
        }
        let text = "sk-first-key sk-second-key abcdefgh 12345678"
        let redacted = "[redacted:mine key] [redacted:mine key] [redacted:TOKEN] [redacted:OTHER]"
        #expect(redactor.redacting(text) == redacted)
        #expect(redactor.redacting(.object([text: .string(text)])) == .object([redacted: .string(redacted)]))
        #expect(redactor.secretName(in: Array("x sk-second-key".utf8)) == "mine key")
        #expect(redactor.mayFindSecret(inJSON: Array(#""sk-second-key""#.utf8)))
    }
}
