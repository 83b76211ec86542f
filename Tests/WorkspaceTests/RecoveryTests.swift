import Core
import Foundation
import GitKit
import TestSupport
import Testing
import Workspace

@Suite("A workspace after an interruption", .tags(.medium), .temporaryDirectory)
struct RecoveryTests {
    private var folder: String { TemporaryDirectory.current.path }

    @Test("is free of the locks of a killed process when its owner opens it")
    func locks() async throws {
        let workspace = try await makeWorkspace()
        let tree = workspace.tree
        let head = try #require(try await tree.head())
        let linked = try await workspace.addWorktree(named: "w", branch: "crew/w", from: head, at: folder + "/w")
        try shell(
            "touch .git/index.lock .git/HEAD.lock .git/refs/heads/main.lock .git/packed-refs.lock "
                + ".git/worktrees/w/index.lock .git/refs/heads/crew/w.lock",
            in: tree.path
        )
        try await tree.put("a", "1")
        let error = await #expect(throws: GitError.self) { try await tree.save() }
        #expect(error?.kind == .busy)
        let watched = try await Workspace.open(at: tree.path, clock: FixedClock(), asOwner: false)
        await #expect(throws: GitError.self) { try await watched.tree.save() }
        let owned = try await Workspace.open(at: tree.path, clock: FixedClock(), asOwner: true)
        #expect(try await owned.tree.save().commit != nil)
        try await linked.put("b", "1")
        #expect(try await linked.save().commit != nil)
        #expect(try owned.tree.opinion() == "")
    }

    @Test("works with an index that is gone, and with one that is damaged after a reset")
    func index() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put("a", "1")
        let commit = try #require(try await tree.save().commit)
        try shell("rm .git/index; echo 2 > a; echo 3 > b", in: tree.path)
        #expect(try await tree.status().map { "\($0.kind) \($0.path)" } == ["modified a", "added b"])
        try await tree.reset(to: commit.id)
        #expect(try await tree.text("a") == "1")
        #expect(try tree.opinion() == "")
        try shell("head -c 50 .git/index > i; mv i .git/index", in: tree.path)
        try await tree.reset(to: commit.id)
        #expect(try tree.opinion() == "")
    }

    @Test("makes a linked tree anew when the making was interrupted")
    func linkedTree() async throws {
        let workspace = try await makeWorkspace()
        let head = try #require(try await workspace.tree.head())
        let admin = ".git/worktrees/w"
        try shell(
            "mkdir -p \(admin); echo ref: refs/heads/w > \(admin)/HEAD; mkdir ../w; touch ../w/x",
            in: workspace.tree.path
        )
        #expect(try await workspace.openWorktree(named: "w") == nil)
        let tree = try await workspace.addWorktree(named: "w", branch: "w", from: head, at: folder + "/w")
        #expect(try await tree.status().isEmpty)
        #expect(!FileManager.default.fileExists(atPath: folder + "/w/x"))
        await #expect(throws: WorkspaceError.exists(path: folder + "/w")) {
            try await workspace.addWorktree(named: "w", branch: "w", from: head, at: folder + "/w")
        }
        try await tree.put("a", "1")
        try await tree.save()
        let again = try #require(try await workspace.openWorktree(named: "w"))
        #expect([again.path, again.branch, again.commonDirectory] == [tree.path, "w", workspace.tree.gitDirectory])
        #expect(try await again.head() == tree.head())
        #expect(try git("worktree", "list", "--porcelain", in: tree.path).contains("branch refs/heads/w\n"))
        try await workspace.removeWorktree(named: "w", andBranch: "w")
        #expect(!FileManager.default.fileExists(atPath: folder + "/w"))
        #expect(try await workspace.openWorktree(named: "w") == nil)
        #expect(try await workspace.head(of: "w") == nil)
        #expect(try workspace.tree.opinion() == "")
    }

    @Test("finds the commit of a step by its trailers, and no other")
    func probe() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put("a", "1")
        let first = try #require(try await tree.save("One\n\nDrydock-Step: forged", step: "crew/a\nb/round-1").commit)
        try await tree.put("a", "2")
        try await tree.save("Two", step: "crew/a/round-2")
        #expect(try await tree.find(trailer: Trailer.step, value: "crew/a\nb/round-1") == first.id)
        #expect(try await tree.find(trailer: Trailer.step, value: "forged") == nil)
        #expect(try await tree.find([Trailer(Trailer.run, "other"), Trailer(Trailer.step, "crew/a/round-2")]) == nil)
        let log = try await tree.log(limit: 2)
        #expect(log.map { $0.trailer(Trailer.step) } == ["crew/a/round-2", "crew/a\\u{a}b/round-1"])
        #expect(log[1].message == "One\n\nDrydock-Step: forged")
        #expect(log[0].parents == [first.id])
    }

    @Test("refuses to merge over what is not committed")
    func uncommitted() async throws {
        let workspace = try await makeWorkspace()
        let base = try #require(try await workspace.tree.head())
        let other = try await workspace.addWorktree(named: "w", branch: "w", from: base, at: folder + "/w")
        try await other.put("a", "theirs")
        let commit = try #require(try await other.save().commit)
        try await workspace.tree.put("a", "mine")
        await #expect(throws: UncommittedChanges(paths: [try ProjectPath("a")])) {
            try await workspace.tree.merge(commit.id, message: "Merge", trailers: [])
        }
        #expect(try await workspace.tree.text("a") == "mine")
    }

    @Test("commits in several linked trees at once")
    func sideBySide() async throws {
        let workspace = try await makeWorkspace()
        let base = try #require(try await workspace.tree.head())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for crew in 0..<6 {
                group.addTask { [folder] in
                    let tree = try await workspace.addWorktree(
                        named: "c\(crew)",
                        branch: "crew/c\(crew)",
                        from: base,
                        at: folder + "/c\(crew)"
                    )
                    for round in 0..<5 {
                        try await tree.put("crew\(crew)/\(round)", "same")
                        try await tree.save()
                    }
                }
            }
            try await group.waitForAll()
        }
        for crew in 0..<6 {
            let head = try #require(try await workspace.head(of: "crew/c\(crew)"))
            let outcome = try await workspace.tree.merge(head, message: "Merge \(crew)", trailers: [])
            #expect(outcome != .upToDate)
        }
        #expect(try await workspace.tree.paths().count == 30)
        #expect(try workspace.tree.opinion() == "")
    }

    @Test("compares commits as git does")
    func diff() async throws {
        let tree = try await makeWorkspace().tree
        try await tree.put("a", "1\n2\n3\n")
        try await tree.put("gone", "x\n")
        let old = try #require(try await tree.save().commit)
        try await tree.put("a", "1\nB\n3\n4\n")
        try await tree.put("new/b", "1\n")
        try await tree.delete(ProjectPath("gone"))
        let new = try #require(try await tree.save().commit)
        let diff = try await tree.diff(from: old.id, to: new.id)
        #expect(diff.files.map { "\($0.kind) \($0.path)" } == ["modified a", "deleted gone", "added new/b"])
        #expect(diff.shortStatistics == "3 files, +3 -2")
        let shown = try git(
            "diff",
            "--shortstat",
            "--no-renames",
            old.id.description,
            new.id.description,
            in: tree.path
        )
        #expect(shown == " 3 files changed, 3 insertions(+), 2 deletions(-)\n")
        #expect(try await tree.diff(from: nil, to: old.id).files.count == 2)
    }

    @Test("reads no more than it is allowed to")
    func limits() async throws {
        let tree = try await makeWorkspace().tree
        for name in ["a", "b", "c"] { try await tree.put(name, String(repeating: name, count: 100)) }
        try await tree.put("sub/big", String(repeating: "x", count: 1_000))
        try shell("ln -s a link", in: tree.path)
        let few = try await tree.files(limits: ReadLimits(files: 2, bytes: 10_000, bytesPerFile: 500))
        #expect(few.files.map(\.path.description) == ["a", "b"])
        #expect(few.omitted.map { "\($0.path) \($0.bytes)" } == ["c 100", "sub/big 1000"])
        let small = try await tree.files(limits: ReadLimits(files: 9, bytes: 250, bytesPerFile: 2_000))
        #expect(small.files.map(\.path.description) == ["a", "b"])
        let sub = try await tree.files(under: ProjectPath("sub"), limits: .everything)
        #expect(sub.files.map(\.content.count) == [1_000])
        await #expect(throws: TreeError.tooLarge(path: "sub/big", bytes: 1_000, limit: 999)) {
            try await tree.read(ProjectPath("sub/big"), limit: 999)
        }
    }
}
