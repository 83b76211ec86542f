import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

@Suite("What is ignored", .tags(.medium), .temporaryDirectory)
struct IgnoreTests {
    /// What git's own program would add, were it asked to.
    private func gitsChoice(in tree: WorkTree) throws -> Set<String> {
        let listed = try git("ls-files", "-z", "--others", "--exclude-standard", "--cached", in: tree.path)
        return Set(listed.split(separator: "\0").map(String.init))
    }

    private func ours(in tree: WorkTree) async throws -> Set<String> {
        Set(try await tree.paths().map(\.description))
    }

    @Test("is left out of what was made")
    func detection() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put(".gitignore", "*.log\n")
        try await tree.save()
        for path in ["a.txt", "b/c.txt", "d.log"] { try await tree.put(path, "x") }
        #expect(try await tree.status().map(\.path.description) == ["a.txt", "b/c.txt"])
    }

    @Test(
        "is what git ignores",
        arguments: [
            "*.o\n", "/a\n", "a/\n", "a/b\n", "**/b\n", "a/**\n", "a/**/c\n", "a/*\n!a/b\n", "*\n!*/\n!*.c\n", "b\\ \n",
            "#b\n\\#b\n\\!b\n", "[ab]\n", "[!ab]\n", "a[a-c]c\n", "?\n", "a?\n", " \n\nb \n", "b\r\n", "\\*\n", "**\n",
            "a/b/\n!a/b/c\n", "*.*\n!.gitignore\n", "[[:alpha:]]\n", "a**b\n", "x/**/y/**/z\n", "/**/a\n", "a/**/\n",
            "[]a]\n", "[a\n", "[a-\n", "\\\n", "a\\\n", "!a\n", "/\n", "//a\n", "***/c\n", "[[:bad:]]\n", "[^a]b\n",
            "\u{feff}b\n", "a*b*c\n", "*a*\n", "/*/b\n", "b/../a\n", "./a\n", "[\\]]\n", "[a/b]\n", "a[/]b\n",
        ]
    )
    func patterns(rules: String) async throws {
        let tree = try await makeWorkspace().tree
        let paths = [
            "a/b/c", "a/b/d.c", "a/x.o", "b", "c/a", "c/b/a", "x/y/z", "x/1/y/2/3/z", "x/z", "#b", "!b", "b ", "*", "]",
            "ab", "aXb", "abc", "aac", "m.c", "n/m.c", "n/m.o", "[a", "\\x".replacing("\\", with: "-"),
        ]
        for path in paths { try await tree.put(path, "1") }
        try await tree.put(".gitignore", rules)
        #expect(try await ours(in: tree) == gitsChoice(in: tree))
    }

    @Test("follows the nearest file, and spares what was committed before")
    func nearest() async throws {
        let tree = try await makeWorkspace().tree
        for path in ["kept/in/it.log", "old.log"] { try await tree.put(path, "1") }
        try await tree.save()
        try await tree.put(".gitignore", "*.log\nkept/\n")
        try await tree.put("sub/.gitignore", "!*.log\n/own\n")
        for path in ["sub/a.log", "sub/own", "sub/deep/own", "a.log", "kept/in/new", "kept/new"] {
            try await tree.put(path, "1")
        }
        #expect(try await ours(in: tree) == gitsChoice(in: tree))
        try await tree.put("old.log", "2")
        #expect(try await tree.status().contains { $0.path.description == "old.log" })
        try await tree.save()
        #expect(try tree.opinion() == "")
    }

    @Test("is found quickly, whatever the pattern", .timeLimit(.minutes(1)))
    func hostilePattern() async throws {
        let tree = try await makeWorkspace().tree
        let pattern = String(repeating: "*a", count: 100) + "b\n" + String(repeating: "**/a*", count: 40) + "b\n"
        try await tree.put(".gitignore", pattern)
        try await tree.put(String(repeating: "a", count: 200), "1")
        let began = ContinuousClock.now
        #expect(try await tree.paths().count == 2)
        #expect(ContinuousClock.now - began < .seconds(5))
    }
}
