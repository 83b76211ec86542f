import Foundation
import ProcessKit
import Sandbox
import TestSupport
import Testing

@Suite("A known escape", .tags(.medium), .temporaryDirectory, .timeLimit(.minutes(2)))
struct EscapeTests {
    static let usable = Escape.all.filter { geteuid() == 0 || !$0.onlyAsRoot }

    init() {
        unsafe setenv("DRYDOCK_TEST_SECRET", "x", 1)
    }

    @Test("is stopped, and works without the layer that stops it", arguments: usable)
    func escape(escape: Escape) async throws {
        let place = try EscapePlace(folder: TemporaryDirectory.current)
        defer { place.host.end() }
        #expect(try await !place.works(escape, withoutLayer: false))
        let fresh = try EscapePlace(folder: TemporaryDirectory.current.appending(path: "again"))
        defer { fresh.host.end() }
        #expect(try await fresh.works(escape, withoutLayer: true))
    }

    /// The body of an exit test is a program of its own, which can become another user for good.
    @Test("is stopped for an ordinary user too", .enabled(if: geteuid() == 0))
    func ordinaryUser() async {
        await #expect(processExitsWith: .success) {
            let folder = FileManager.default.temporaryDirectory.appending(path: "drydock-user-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let nobody: uid_t = 65_534
            let owned = unsafe chown(folder.path, nobody, nobody)
            let alone = setgroups(0, nil)
            #expect(owned == 0 && alone == 0 && setgid(nobody) == 0 && setuid(nobody) == 0)
            unsafe setenv("HOME", folder.path, 1)
            for (number, escape) in Escape.all.filter({ !$0.onlyAsRoot }).enumerated() {
                let place = try EscapePlace(folder: folder.appending(path: "on-\(number)"))
                defer { place.host.end() }
                #expect(try await !place.works(escape, withoutLayer: false), "\(escape.name)")
                let fresh = try EscapePlace(folder: folder.appending(path: "off-\(number)"))
                defer { fresh.host.end() }
                #expect(try await fresh.works(escape, withoutLayer: true), "\(escape.name)")
            }
        }
    }
}
