import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

/// Another process swaps a folder for a link, and back, while the engine works in it.
@Suite("A tree in which folders turn into links", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct LinkRaceTests {
    private var root: String { TemporaryDirectory.current.path }
    private var outside: String { root + "/outside" }

    private func makeTree() async throws -> WorkTree {
        try FileManager.default.createDirectory(atPath: outside, withIntermediateDirectories: true)
        try "untouched".write(toFile: outside + "/victim", atomically: true, encoding: .utf8)
        let tree = try await makeWorkspace().tree
        try await tree.put("src/victim", "inside")
        return tree
    }

    private func victim() throws -> String { try String(contentsOfFile: outside + "/victim", encoding: .utf8) }

    /// Starts a program that exchanges `folder` and a link to the folder outside until it is ended.
    private func startSwapping(_ folder: String) throws -> ChildProgram {
        let script = """
            import ctypes, os, sys
            folder, link, outside = sys.argv[1:]
            exchange = lambda: ctypes.CDLL(None).renameat2(-100, folder.encode(), -100, link.encode(), 2)
            number = 0
            while True:
                if not os.path.islink(link):
                    if os.path.lexists(link):
                        number += 1
                        os.rename(link, link + str(number))
                    os.symlink(outside, link)
                exchange()
                exchange()
            """
        let nowhere = "/dev/null"
        return try ChildProgram(
            "/usr/bin/python3",
            ["-c", script, folder, root + "/swap", outside],
            streams: (nowhere, nowhere, nowhere)
        )
    }

    private func whileSwapping(_ tree: WorkTree, _ body: () async throws -> Void) async throws {
        let swapper = try startSwapping(tree.path + "/src")
        defer {
            swapper.send(SIGKILL)
            swapper.waitForStatus()
        }
        while !FileManager.default.fileExists(atPath: root + "/swap") { try await Task.sleep(for: .milliseconds(5)) }
        try await body()
    }

    @Test("lets no write, read, deletion, commit or reset through to what lies outside")
    func race() async throws {
        let tree = try await makeTree()
        let base = try #require(try await tree.save().commit)
        var outcomes: Set<Bool> = []
        try await whileSwapping(tree) {
            // Both have to be met, which takes longer where much else goes on.
            let (end, limit) = (ContinuousClock.now + .seconds(3), ContinuousClock.now + .seconds(40))
            while ContinuousClock.now < (outcomes.count < 2 ? limit : end) {
                outcomes.insert((try? await tree.put("src/victim", "inside, changed")) != nil)
                if let text = try? await tree.text("src/victim") { #expect(text.hasPrefix("inside")) }
                try? await tree.delete(ProjectPath("src/victim"))
                _ = try? await tree.save()
                try? await tree.reset(to: base.id)
                let now = try victim()
                #expect(now == "untouched")
            }
        }
        #expect(outcomes == [true, false], "the link was never met, or nothing else was")
        #expect(try FileManager.default.contentsOfDirectory(atPath: outside) == ["victim"])
        let content = try git("hash-object", outside + "/victim", in: tree.path).trimmingCharacters(in: .newlines)
        #expect(throws: ProgramError.self) { try git("cat-file", "-e", content, in: tree.path) }
    }

    @Test("lets a program through that opens files by their paths")
    func control() async throws {
        let tree = try await makeTree()
        try await whileSwapping(tree) {
            let end = ContinuousClock.now + .seconds(20)
            while try victim() == "untouched", ContinuousClock.now < end {
                try? Data("escaped".utf8).write(to: URL(filePath: tree.path + "/src/victim"))
            }
        }
        #expect(try victim() == "escaped")
    }
}
