import Core
import Foundation
import GitKit
import Glibc
import TestSupport
import Testing
import Workspace

@Suite("A workspace whose process is killed", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(2)))
struct KillTests {
    @Test("is whole again after a reset, at whatever moment it happened", arguments: 0..<8)
    func kill(attempt: Int) async throws {
        let path = try await makeWorkspace().tree.path
        let delay = UInt32.random(in: 20_000...400_000)
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String, delay = delay as UInt32] in
            let workspace = try await Workspace.open(at: path, clock: FixedClock(), asOwner: true)
            Thread.detachNewThread {
                usleep(delay)
                raise(SIGKILL)
            }
            for round in 0... { try await KillTests.work(workspace, round) }
        }
        let workspace = try await Workspace.open(at: path, clock: FixedClock(), asOwner: true)
        let tree = workspace.tree
        let head = try #require(try await tree.head(), "killed after \(delay) µs")
        try await tree.reset(to: head)
        #expect(try tree.opinion() == "", "killed after \(delay) µs")
        try await workspace.removeWorktree(named: "crew")
        try await KillTests.work(workspace, 1_000_000)
        #expect(try await tree.text("shared") == "1000000")
        #expect(try tree.opinion() == "", "killed after \(delay) µs")
    }

    /// A crew's round: a linked tree, a commit, its merge, a commit on main, and a step back and forth.
    private static func work(_ workspace: Workspace, _ round: Int) async throws {
        let tree = workspace.tree
        let head = try #require(try await tree.head())
        let crew = try await workspace.addWorktree(named: "crew", branch: "crew", from: head, at: tree.path + "-crew")
        for file in 0..<10 { try await crew.put("crew/\(file)", "\(round)") }
        let commit = try #require(try await crew.save("Crew \(round)").commit)
        _ = try await tree.merge(commit.id, message: "Merge \(round)", trailers: [])
        try await workspace.removeWorktree(named: "crew", andBranch: "crew")
        try await tree.put("shared", "\(round)")
        try await tree.save("Main \(round)")
        let last = try #require(try await tree.head())
        try await tree.reset(to: head)
        try await tree.reset(to: last)
    }
}
