import Core
import Foundation
import Models
import TestSupport
import Testing

/// Runs of the real binary with a model that is scripted, behind real sockets.
@Suite("A run with a model", .tags(.large), .temporaryDirectory)
struct ModelRunTests {
    private static let key = "sk-planted-0123456789abcdef"
    private let program: Program

    init() throws {
        var program = try Program(below: TemporaryDirectory.current)
        program.environment["VENDOR_KEY"] = Self.key
        self.program = program
    }

    /// Configures the provider `scripted` and returns what to call `new` with.
    private func configure(_ vendor: ScriptedVendor, _ format: VendorFormat, more: String = "") throws {
        let profile = vendor.profile(format)
        try program.configure(
            "config.yaml",
            """
            model: scripted/scripted
            providers:
              scripted:
                format: \(format.rawValue)
                url: \(profile.baseURL)
                key: {env: VENDOR_KEY}
            \(more)
            """
        )
    }

    private func new(into folder: String, _ more: String...) async throws -> Program.Outcome {
        try await program.run(["new", ScriptedProject.description, "--into", folder, "--json"] + more)
    }

    @Test("makes what was described, the same through each wire format")
    func formats() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        var trees: [String: FolderContents] = [:]
        for format in VendorFormat.allCases {
            try configure(vendor, format)
            let outcome = try await new(into: format.rawValue)
            #expect(outcome.status == 0, "\(format): \(outcome.errors)\(outcome.output)")
            let report = try outcome.json()
            #expect(report["scope"] == "described" && report["verified"] == true)
            #expect(report["model"] == ["provider": "scripted", "name": "scripted"])
            #expect(report["usage"]?["calls"]?.integer ?? 0 >= 7 && report["usage"]?["outputTokens"] != 0)
            trees[format.rawValue] = try FolderContents(of: program.path(format.rawValue))
        }
        #expect(Set(trees.values.map(\.description)).count == 1 && trees.values.allSatisfy { $0 == trees["openai"] })
        #expect(trees["openai"]?.paths.contains("roman/__init__.py") == true)
        #expect(try await program.run("replay", "latest").status == 0)
        #expect(try filesWithKey() == [])
    }

    /// The files below Drydock's home that hold the planted key.
    private func filesWithKey() throws -> [String] {
        let key = Data(Self.key.utf8)
        return try FileManager.default.subpathsOfDirectory(atPath: program.home.path).filter { path in
            let data = try? Data(contentsOf: program.home.appending(path: path))
            return data?.range(of: key) != nil
        }
    }

    @Test("waits when its budget is used up, and goes on with a larger one")
    func budget() async throws {
        let vendor = try ScriptedVendor(key: Self.key, ScriptedProject.answer)
        try configure(vendor, .openai)
        let stopped = try await new(into: "out", "--max-calls", "3")
        #expect(stopped.status == 7, "\(stopped.errors)\(stopped.output)")
        let report = try stopped.json()
        #expect(report["state"] == "parked" && report["usage"]?["calls"] == 3)
        #expect(report["failure"]?["message"]?.string?.hasPrefix("the budget of 3 calls") == true)
        // The call of the worker that was still admitted is ended with the run, before or after it was sent.
        let asked = vendor.questions.count
        #expect((2...3).contains(asked))
        let run = try #require(report["run"]?.string)
        let again = try await program.run("resume", run, "--json")
        #expect(again.status == 7 && vendor.questions.count == asked)
        let resumed = try await program.run("resume", run, "--max-calls", "50", "--json")
        #expect(resumed.status == 0, "\(resumed.errors)")
        let calls = try resumed.json()["usage"]?["calls"]
        #expect(calls == .integer(Int64(vendor.questions.count + 3 - asked)))
        #expect(try await program.run("runs", "--json").json()[0]?["usage"]?["calls"] == calls)
    }
}
