import Core
import Foundation
import GitKit
import Glibc
import TestSupport
import Testing
import Workspace

@Suite("A workspace on a full disk", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(1)))
struct DiskFullTests {
    @Test(
        "says so, keeps its last commit, and goes on when there is room",
        .enabled(if: geteuid() == 0, "only root can make a small disk"),
        arguments: [0, 4, 8, 12, 16, 24, 32, 40, 60, 80, 100, 200]
    )
    func full(spare: Int) async throws {
        let disk = TemporaryDirectory.current.path + "/disk"
        try FileManager.default.createDirectory(atPath: disk, withIntermediateDirectories: true)
        try shell("mount -t tmpfs -o size=2m none '\(disk)'", in: "/")
        defer { try? shell("umount -l '\(disk)'", in: "/") }
        let workspace = try await Workspace.create(at: disk + "/project", clock: FixedClock())
        let tree = workspace.tree
        try await tree.put("kept", "1")
        let commit = try #require(try await tree.save().commit)
        let size = try used(on: disk) + spare
        try shell("mount -o remount,size=\(size)k '\(disk)'", in: "/")
        let thrown = await #expect(throws: (any Error).self) {
            for round in 0..<500 {
                for file in 0..<5 { try await tree.put("d\(round % 7)/\(file)", "\(round)-\(file)") }
                try await tree.save()
            }
        }
        let error = try #require(thrown as? any ReportableError)
        #expect(error.kind == .diskFull, "\(error.description)")
        #expect(error.hint == "free some disk space")
        try shell("mount -o remount,size=4m '\(disk)'", in: "/")
        let head = try #require(try await tree.head())
        try await tree.reset(to: head)
        #expect(try tree.opinion() == "")
        #expect(try await tree.log(limit: 1_000).contains { $0.id == commit.id })
        try await tree.put("after", "1")
        #expect(try await tree.save().commit != nil)
    }

    /// What a file system holds, in kibibytes.
    private func used(on disk: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfFileSystem(forPath: disk)
        let size = try #require(attributes[.systemSize] as? NSNumber)
        let free = try #require(attributes[.systemFreeSize] as? NSNumber)
        return (size.intValue - free.intValue) / 1_024
    }
}
