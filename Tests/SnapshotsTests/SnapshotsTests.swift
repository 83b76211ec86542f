import Core
import Foundation
import GitKit
import Snapshots
import TestSupport
import Testing

@Suite("A snapshot of a tree", .tags(.medium), .temporaryDirectory)
struct ArchiveSnapshotTests {
    @Test("comes back as it was: contents, modes, links")
    func roundTrip() async throws {
        let scene = try Scene()
        let record = try await scene.store.create(from: scene.tree, repository: false, title: "A title")
        #expect(record.files == 6)
        try await scene.store.restore(record.id, to: scene.path("back"))
        #expect(try scene.describe("back") == scene.describe("tree").filter { !$0.hasPrefix("dir empty") })
        #expect(try await scene.store.verify().isEmpty)
        #expect(try await scene.store.list() == [record])
    }
}
