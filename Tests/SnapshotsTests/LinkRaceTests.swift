import Core
import Foundation
import Snapshots
import TestSupport
import Testing

/// Another process swaps a folder for a link to one outside, and back, while snapshots are made and given back.
@Suite("Snapshots of a tree in which a folder turns into a link", .tags(.medium), .temporaryDirectory)
struct LinkRaceTests {
    let scene: Scene

    init() throws {
        scene = try Scene()
        try scene.write("tree/src/file", "inside")
        try scene.write("outside/file", "untouched")
    }

    /// Starts a program that exchanges `folder` and a link to the folder outside until it is ended.
    ///
    /// It rests with the folder in its place, longer and longer: so at last some look at it is undisturbed, however busy
    /// the machine is.
    private func startSwapping(_ folder: String) throws -> ChildProgram {
        let script = """
            import ctypes, os, sys, time
            folder, link, outside = sys.argv[1:]
            exchange = lambda: ctypes.CDLL(None).renameat2(-100, folder.encode(), -100, link.encode(), 2)
            rest = 0.001
            while True:
                for _ in range(500):
                    if not os.path.lexists(link):
                        os.symlink(outside, link)
                    exchange()
                if not os.path.islink(folder):
                    time.sleep(rest)
                    rest = min(1, rest * 1.2)
            """
        let nowhere = "/dev/null"
        let words = ["-c", script, folder, scene.path("swap"), scene.path("outside")]
        return try ChildProgram("/usr/bin/python3", words, streams: (nowhere, nowhere, nowhere))
    }

    private func whileSwapping(_ folder: String, _ body: () async throws -> Void) async throws {
        let swapper = try startSwapping(folder)
        defer {
            swapper.send(SIGKILL)
            swapper.waitForStatus()
        }
        while !FileManager.default.fileExists(atPath: scene.path("swap")) {
            try await Task.sleep(for: .milliseconds(5))
        }
        try await body()
    }

    @Test("hold nothing of what lies outside")
    func reading() async throws {
        var made: Set<String> = []
        try await whileSwapping(scene.path("tree/src")) {
            let (end, limit) = (ContinuousClock.now + .seconds(3), ContinuousClock.now + .seconds(60))
            while ContinuousClock.now < (made.isEmpty ? limit : end) {
                let record = try? await scene.store.create(from: scene.tree, repository: false, title: "")
                if let record { made.insert(record.id) }
            }
        }
        try #require(!made.isEmpty)
        for (number, id) in made.sorted().enumerated() {
            try await scene.store.restore(id, to: scene.path("again-\(number)"))
            let file = scene.path("again-\(number)/src/file")
            if let text = try? String(contentsOfFile: file, encoding: .utf8) { #expect(text == "inside") }
        }
    }

    @Test("are given back to a place that turns into a link without a change to anything that was there")
    func writing() async throws {
        let record = try await scene.store.create(from: scene.tree, repository: false, title: "")
        try scene.write("place/kept", "")
        try await whileSwapping(scene.path("place")) {
            for number in 0..<40 {
                _ = try? await scene.store.restore(record.id, to: scene.path("place/file"))
                _ = try? await scene.store.restore(record.id, to: scene.path("place/again-\(number)"))
            }
        }
        let text = try String(contentsOfFile: scene.path("outside/file"), encoding: .utf8)
        #expect(text == "untouched")
        for folder in ["outside", "place", "swap"] {
            let names = try FileManager.default.contentsOfDirectory(atPath: scene.path(folder))
            #expect(!names.contains { $0.hasPrefix(".") }, "\(names)")
        }
    }

    @Test("would hold it when made by a program that opens files by their paths")
    func control() async throws {
        var found = false
        try await whileSwapping(scene.path("tree/src")) {
            let end = ContinuousClock.now + .seconds(20)
            while !found, ContinuousClock.now < end {
                let text = try? String(contentsOfFile: scene.path("tree/src/file"), encoding: .utf8)
                found = text == "untouched"
            }
        }
        #expect(found)
    }
}
