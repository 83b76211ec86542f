import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

@Suite("A workspace", .tags(.medium), .temporaryDirectory)
struct WorkspaceTests {
    @Test("begins with one empty commit of the bot on main")
    func creation() async throws {
        let tree = try await makeWorkspace().tree
        let log = try git("log", "--format=%an <%ae> %ct %D|%s", in: tree.path)
        #expect(log == "Drydock <drydock@localhost> 1700000000 HEAD -> main|Begin an empty project\n")
        #expect(try tree.opinion() == "")
        #expect(try git("ls-tree", "-r", "HEAD", in: tree.path) == "")
    }

    @Test("is completed when its making was interrupted, and refused when it has a history")
    func creationTwice() async throws {
        let path = TemporaryDirectory.current.path + "/project"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        try git("init", "-q", "-b", "main", in: path)
        let workspace = try await makeWorkspace()
        let first = try await workspace.tree.head()
        #expect(try await makeWorkspace().tree.head() == first)
        try await workspace.tree.put("a.txt", "a")
        try await workspace.tree.save()
        await #expect(throws: WorkspaceError.exists(path: path)) { try await makeWorkspace() }
    }

    @Test("commits what changed, with its trailers, and nothing when nothing did")
    func commit() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put("src/main.rs", "fn main() {}\n")
        try await tree.put("run.sh", "#!/bin/sh\n", executable: true)
        #expect(try await tree.status().map { "\($0.kind) \($0.path)" } == ["added run.sh", "added src/main.rs"])
        let commit = try #require(try await tree.save("Add a program\n\nIt does nothing yet.").commit)
        #expect(commit.message == "Add a program\n\nIt does nothing yet.")
        #expect(try tree.opinion() == "")
        #expect(
            try git("ls-tree", "-r", "--format=%(objectmode) %(path)", "HEAD", in: tree.path)
                == "100755 run.sh\n100644 src/main.rs\n"
        )
        #expect(
            try git("log", "-1", "--format=%(trailers)", in: tree.path)
                == "Drydock-Run: r1\nDrydock-Step: step\n\n"
        )
        #expect(try await tree.status().isEmpty)
        #expect(try await tree.save().commit == nil)
        #expect(try await tree.head() == commit.id)
    }

    @Test("merges branches, and gives conflicts as data with the tree untouched")
    func merge() async throws {
        let workspace = try await makeWorkspace()
        let main = workspace.tree
        try await main.put("shared.txt", "one\ntwo\nthree\n")
        let base = try #require(try await main.save().commit).id
        let folder = TemporaryDirectory.current.path
        let left = try await workspace.addWorktree(named: "left", branch: "manager-left", from: base, at: folder + "/l")
        let right = try await workspace.addWorktree(
            named: "right",
            branch: "manager-right",
            from: base,
            at: folder + "/r"
        )
        try await left.put("shared.txt", "ONE\ntwo\nthree\n")
        try await right.put("shared.txt", "one\ntwo\nTHREE\n")
        try await right.put("only/right.txt", "r")
        let leftCommit = try #require(try await left.save().commit).id
        let rightCommit = try #require(try await right.save().commit).id
        guard case .merged = try await main.merge(leftCommit, message: "Merge left", trailers: []),
            case .merged(let merged) = try await main.merge(
                rightCommit,
                message: "Merge right",
                trailers: [Trailer(Trailer.step, "merge/right")]
            )
        else {
            Issue.record("both merge without conflict")
            return
        }
        #expect(try await main.text("shared.txt") == "ONE\ntwo\nTHREE\n")
        #expect(try await main.text("only/right.txt") == "r")
        #expect(try main.opinion() == "")
        #expect(try await main.find(trailer: Trailer.step, value: "merge/right") == merged)
        #expect(try await main.merge(rightCommit, message: "Again", trailers: []) == .upToDate)
        try await left.put("shared.txt", "uno\ntwo\nthree\n")
        let clash = try #require(try await left.save().commit).id
        try await main.put("shared.txt", "eins\ntwo\nTHREE\n")
        let head = try #require(try await main.save().commit).id
        let outcome = try await main.merge(clash, message: "Merge again", trailers: [])
        #expect(outcome == .conflicted([try ProjectPath("shared.txt")]))
        #expect(try await main.head() == head)
        #expect(try await main.text("shared.txt") == "eins\ntwo\nTHREE\n")
        #expect(try main.opinion() == "")
    }

    @Test("copies a repository from a path or a URL", arguments: [false, true])
    func clone(byURL: Bool) async throws {
        let source = try await makeWorkspace("source").tree
        try await source.put("a b/é.txt", "text\r\n")
        try await source.save()
        try git("branch", "other", in: source.path)
        let target = TemporaryDirectory.current.path + "/copy"
        let address = byURL ? "file://" + source.path : source.path
        let copy = try await Workspace.clone(from: address, to: target, clock: FixedClock())
        #expect(try await copy.tree.head() == source.head())
        #expect(try await copy.tree.text("a b/é.txt") == "text\r\n")
        #expect(try copy.tree.opinion() == "")
        #expect(try git("branch", "--format=%(refname:short)", in: target) == "main\nother\n")
    }

    @Test("resets files and branch to a commit, and leaves what is ignored")
    func reset() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put(".gitignore", "/target/\n")
        try await tree.put("a.txt", "one")
        try await tree.put("deep/er/b.txt", "b")
        let good = try #require(try await tree.save().commit).id
        try await tree.put("target/out", "kept")
        try await tree.put("a.txt", "two")
        try await tree.put("new/c.txt", "c")
        try await tree.delete(ProjectPath("deep/er/b.txt"))
        try await tree.save()
        try await tree.put(".gitignore", "*\n")
        try await tree.put("hidden.txt", "h")
        try await tree.reset(to: good)
        #expect(try await tree.head() == good)
        #expect(try await tree.paths().map(\.description) == [".gitignore", "a.txt", "deep/er/b.txt"])
        #expect(try await tree.text("a.txt") == "one")
        #expect(try await tree.text("target/out") == "kept")
        #expect(try await tree.text("hidden.txt") == nil)
        #expect(try tree.opinion() == "")
    }
}
