import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

@Suite("A repository that nobody vouches for", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct HostileSourceTests {
    private var source: String { TemporaryDirectory.current.path + "/source" }
    private var target: String { TemporaryDirectory.current.path + "/target" }

    private func clone() async throws -> WorkTree {
        try await Workspace.clone(from: source, to: target, clock: FixedClock()).tree
    }

    private func makeSource() throws {
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "trunk", in: source)
        try shell("echo a > a; mkdir d; ln -s ../a d/link", in: source)
        try git("add", ".", in: source)
        try git("commit", "-q", "-m", "First", in: source)
    }

    /// Commits a tree with one file whose name git's own programs would not take.
    private func commitFile(named name: [UInt8]) throws {
        let blob = try git("rev-parse", "HEAD:a", in: source).dropLast()
        let bytes = try #require([UInt8](hex: blob))
        let content = Data(Array("100644 ".utf8) + name + [0] + bytes)
        let file = TemporaryDirectory.current.path + "/tree"
        try content.write(to: URL(filePath: file))
        let tree = try git("hash-object", "-t", "tree", "-w", "--literally", file, in: source).dropLast()
        let commit = try git("commit-tree", "-m", "Bad", String(tree), in: source).dropLast()
        try git("update-ref", "refs/heads/trunk", String(commit), in: source)
    }

    @Test("is copied with branches and links, without hooks, configuration and submodules")
    func copy() async throws {
        try makeSource()
        let ran = TemporaryDirectory.current.path + "/ran"
        for hook in ["post-checkout", "pre-upload-pack"] {
            let path = ".git/hooks/" + hook
            try shell("printf '#!/bin/sh\\ntouch \(ran)\\n' > \(path); chmod +x \(path)", in: source)
        }
        try await putSubmodule(ran: ran)
        for key in ["uploadpack.packObjectsHook", "filter.x.smudge", "core.fsmonitor"] {
            try git("config", key, "touch \(ran)", in: source)
        }
        let tree = try await clone()
        #expect(tree.branch == "trunk")
        #expect(!FileManager.default.fileExists(atPath: ran))
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: tree.path + "/d/link") == "../a")
        let config = try String(contentsOfFile: tree.path + "/.git/config", encoding: .utf8)
        #expect(!config.contains("touch"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: tree.path + "/s").isEmpty)
        #expect(try git("status", "--porcelain", in: tree.path) == "")
        try await tree.put("new", "n")
        try await tree.save()
        #expect(try git("ls-tree", "HEAD", "s", in: tree.path).hasPrefix("160000 commit"))
        #expect(try git("status", "--porcelain", in: tree.path) == "")
    }

    private func putSubmodule(ran: String) async throws {
        let modules = "[submodule \"s\"]\n\tpath = s\n\turl = ext::touch \(ran)\n"
        try modules.write(toFile: source + "/.gitmodules", atomically: true, encoding: .utf8)
        try "* filter=x\n".write(toFile: source + "/.gitattributes", atomically: true, encoding: .utf8)
        try git("add", ".", in: source)
        let head = try git("rev-parse", "HEAD", in: source).dropLast()
        try git("update-index", "--add", "--cacheinfo", "160000,\(head),s", in: source)
        try git("commit", "-q", "-m", "Second", in: source)
    }

    @Test(
        "is refused when its tree holds a name that no project can have",
        arguments: ["..", ".", ".git", ".GIT", "git~1", ".g\u{200c}it", "a\\b", "a/../../b"]
    )
    func names(name: String) async throws {
        try makeSource()
        try commitFile(named: Array(name.utf8))
        let error = await #expect(throws: TreeError.self) { try await clone() }
        #expect(error?.kind == .policy)
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(!FileManager.default.fileExists(atPath: target + ".partial"))
    }

    @Test("is refused when a link of it leads out", arguments: ["/etc/passwd", "../..", "x/../y"])
    func outwardLinks(linkTarget: String) async throws {
        try makeSource()
        try shell("ln -s '\(linkTarget)' d/out", in: source)
        try git("add", ".", in: source)
        try git("commit", "-q", "-m", "Second", in: source)
        let error = await #expect(throws: TreeError.self) { try await clone() }
        #expect(error?.description.contains("d/out") == true && error?.kind == .policy)
        #expect(!FileManager.default.fileExists(atPath: target))
        #expect(!FileManager.default.fileExists(atPath: target + ".partial"))
    }

    @Test("is refused when a name is not UTF-8")
    func encoding() async throws {
        try makeSource()
        try commitFile(named: [0x61, 0xFF])
        let error = await #expect(throws: TreeError.self) { try await clone() }
        #expect(error == .unusableName(path: "a\\xff", reason: "it is not UTF-8"))
    }

    @Test(
        "is refused when its own folder is not plain",
        arguments: [
            "mkfifo .git/objects/pipe", "ln -s /etc/passwd .git/refs/heads/x",
            "echo /tmp > .git/objects/info/alternates", "mv .git/objects ../o; ln -s ../../o .git/objects",
            "echo ref: refs/heads/../../x > .git/HEAD", "rm .git/HEAD; mkfifo .git/HEAD",
        ]
    )
    func folder(line: String) async throws {
        try makeSource()
        try shell(line, in: source)
        await #expect(throws: (any Error).self) { try await clone() }
        #expect(!FileManager.default.fileExists(atPath: target))
    }

    @Test(
        "is not fetched from another machine or by a program",
        arguments: [
            "ext::sh -c touch%20x", "https://example.org/x.git", "git@example.org:x.git", "ssh://h/x", "", "file://h/x",
        ]
    )
    func addresses(address: String) async throws {
        await #expect(throws: WorkspaceError.unsupportedSource(address)) {
            try await Workspace.clone(from: address, to: target, clock: FixedClock())
        }
    }

    @Test("is not copied over something that is there, and an interrupted copy is begun anew")
    func occupied() async throws {
        try makeSource()
        try FileManager.default.createDirectory(atPath: target + ".partial/x", withIntermediateDirectories: true)
        #expect(try await clone().text("a") == "a\n")
        await #expect(throws: TreeError.self) { try await clone() }
        #expect(try String(contentsOfFile: target + "/a", encoding: .utf8) == "a\n")
    }

    @Test("is copied from a bare one, a packed one and an empty one")
    func shapes() async throws {
        try makeSource()
        try git("gc", "-q", in: source)
        #expect(try await clone().text("a") == "a\n")
        let folder = TemporaryDirectory.current.path
        try git("clone", "-q", "--bare", source, folder + "/bare.git", in: folder)
        let bare = try await Workspace.clone(from: folder + "/bare.git", to: folder + "/two", clock: FixedClock())
        #expect(try await bare.tree.text("a") == "a\n")
        try git("init", "-q", "-b", "dev", folder + "/empty", in: folder)
        let empty = try await Workspace.clone(from: folder + "/empty", to: folder + "/three", clock: FixedClock())
        #expect(try await empty.tree.head() == nil)
        try await empty.tree.put("a", "1")
        try await empty.tree.save()
        #expect(try empty.tree.opinion() == "")
    }
}
