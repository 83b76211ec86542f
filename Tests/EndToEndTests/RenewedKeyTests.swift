import Core
import Foundation
import Models
import TestSupport
import Testing

/// A run of the real binary whose provider takes another key than the one that the run began with.
@Suite("A key that is renewed amid a run", .tags(.large), .temporaryDirectory)
struct RenewedKeyTests {
    private static let old = "sk-before-0123456789abcdef"
    private static let halves = ["sk-renewed-0123", "456789abcdef"]
    private static let new = halves.joined()
    private let program: Program

    init() throws { program = try Program(below: TemporaryDirectory.current) }

    /// A provider that takes the new key alone, and writes a test that prints it: no half of it is a secret.
    private func vendor() throws -> ScriptedVendor {
        try ScriptedVendor(key: Self.new) { question in
            let text = (try? ScriptedProject.text(question.contract, question.input)) ?? "{}"
            // A sum of constants would be made when the test is compiled, and the file refused that holds it.
            let printing = "print(''.join([" + Self.halves.map { "'\($0)'" }.joined(separator: ", ") + "]))"
            return VendorAnswer(text.replacing(#"import unittest\n"#, with: #"import unittest\n\#(printing)\n"#))
        }
    }

    /// Has a program say the old key at first, and then the new one.
    private func configure(_ vendor: ScriptedVendor) throws {
        let (script, mark) = (program.home.path + "-key.sh", program.home.path + "-asked")
        let text = "if [ -e \(mark) ]; then echo \(Self.new); else touch \(mark); echo \(Self.old); fi\n"
        try Data(text.utf8).write(to: URL(filePath: script))
        let provider = "{url: '\(vendor.server.url)/v1', key: {command: [sh, '\(script)']}}"
        try program.configure("config.yaml", "model: scripted/scripted\nproviders: {scripted: \(provider)}\n")
    }

    @Test("is in no file, event or output, not even where a command of the run puts it together")
    func renewed() async throws {
        let vendor = try vendor()
        try configure(vendor)
        let outcome = try await program.run("new", ScriptedProject.description, "--into", "out", "--json")
        #expect(outcome.status == 0, "\(outcome.errors)\(outcome.output)")
        let keys = vendor.server.requests.filter { $0.method == "POST" }.map { $0.header("authorization") ?? "" }
        #expect(keys.first == "Bearer \(Self.old)" && keys.last == "Bearer \(Self.new)", "\(keys)")
        var shown = outcome.output + outcome.errors
        shown += try await program.run("watch", "latest", "--no-follow").output
        let report = try await program.run("show", "latest", "--json").json()
        let steps = report["steps"]?.array?.filter { $0["command"] != nil }.compactMap { $0["step"]?.string } ?? []
        for step in steps { shown += try await program.run("show", "latest", "--step", step).output }
        #expect(shown.contains("[redacted:scripted key]"), "the test printed it: \(shown)")
        for key in [Self.old, Self.new] {
            #expect(!shown.contains(key))
            for folder in [program.home, program.folder] { #expect(try files(below: folder, holding: key) == []) }
        }
    }

    private func files(below folder: URL, holding key: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { path in
            let data = try? Data(contentsOf: folder.appending(path: path))
            return data?.range(of: Data(key.utf8)) != nil
        }
    }
}
