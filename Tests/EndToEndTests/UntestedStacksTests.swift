import Core
import Foundation
import TestSupport
import Testing

/// Projects of each stack whose test runner finds no test, and says that all is well.
@Suite("A project without a test", .tags(.large), .temporaryDirectory, .serialized)
struct UntestedStacksTests {
    private let program: Program

    init() throws {
        program = try Program(below: TemporaryDirectory.current)
    }

    /// How the tests of a guide's starter are made into something that still builds and that no runner takes for tests.
    struct Edit: Sendable, CustomTestStringConvertible {
        let guide: String
        let old: String
        let new: String
        /// In place of that of ``StacksTests``.
        var description: String?

        var testDescription: String { guide }
    }

    static let edits = [
        Edit(guide: "cargo", old: "#[test]\n", new: "#[allow(dead_code)]\n"),
        // A library: the service that its tests start would wait for them.
        Edit(
            guide: "npm",
            old: "test } from \"node:test\";",
            new: "test as real } from \"node:test\"; const test = () => {};",
            description: "a Node.js library for roman numerals"
        ),
        Edit(guide: "python", old: "def test_", new: "def check_"),
        Edit(guide: "maven", old: "    @Test\n", new: ""),
        Edit(guide: "cmake", old: "\nadd_test(", new: "\n# ("),
        Edit(guide: "swiftpm", old: "func test", new: "func check"),
        Edit(guide: "go", old: "func Test", new: "func check"),
        Edit(guide: "web", old: "def test_", new: "def check_"),
    ]

    private static let guides = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "guides")

    @Test("is not verified in any stack", arguments: edits)
    func unverified(edit: Edit) async throws {
        let text = try String(contentsOf: Self.guides.appending(path: edit.guide + ".md"), encoding: .utf8)
        var untested = text.replacing(edit.old, with: edit.new)
        try #require(untested != text)
        // CMake takes a property of a test that does not exist for a mistake.
        untested = untested.replacing("\nset_tests_properties(", with: "\n# (")
        try program.configure("guides/\(edit.guide).md", untested)
        let stack = try #require(StacksTests.stacks.first { $0.guide == edit.guide })
        let words = edit.description ?? stack.description
        let outcome = try await program.run("new", words, "--into", "out", "--toolchain", "host", "--json")
        #expect(outcome.status == 4, "\(outcome.output) \(outcome.errors)")
        let report = try outcome.json()
        #expect(report["verified"] == false)
        let said = try await program.run("show", "latest").output
        #expect(said.contains("no test ran") || said.contains("No tests were found"), "\(said)")
        #expect(!FileManager.default.fileExists(atPath: program.path("out").path))
    }

    @Test("has an edit here for each guide that is built in")
    func complete() async throws {
        let guides = try await program.run("guides", "list", "--json").json().array ?? []
        #expect(Set(guides.compactMap { $0["name"]?.string }) == Set(Self.edits.map(\.guide)))
    }
}
