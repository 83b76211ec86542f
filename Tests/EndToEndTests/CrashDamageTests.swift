import Core
import Foundation
import TestSupport
import Testing

/// What is kept, with a bit flipped, cut short or made by a newer version.
@Suite("What is kept", .tags(.large), .temporaryDirectory)
struct CrashDamageTests {
    private let root: URL
    private let program: Program

    init() throws {
        root = TemporaryDirectory.current
        program = try Program(below: root)
    }

    private var journal: URL { program.home.appending(path: "state/journal.sqlite") }

    /// A store with two runs that are done; nothing has it open.
    private func fill() async throws {
        try program.addGuide()
        for folder in ["first", "second"] {
            let outcome = try await program.run(program.harbourCall(into: folder))
            #expect(outcome.status == 0, "\(outcome.errors)")
        }
        #expect(try await program.run("verify").status == 0)
    }

    /// A bit somewhere, and what has to be named when it is wrong.
    private struct Flip {
        let file: URL
        let offset: Int
        let bit: Int
        let owner: String
    }

    private func snapshotFiles() throws -> [(file: URL, owner: String)] {
        let folder = program.home.appending(path: "snapshots")
        return try FileManager.default.subpathsOfDirectory(atPath: folder.path).sorted().compactMap { path in
            let file = folder.appending(path: path)
            let isFile = try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true
            guard isFile, path.contains("/"), let owner = path.split(separator: "/").first
            else { return nil }
            return (file, String(owner))
        }
    }

    /// Where in the journal's file the values lie that are no longer than a page.
    private func blobPlaces() throws -> [Range<Int>] {
        let script = """
            import sqlite3, sys
            rows = sqlite3.connect('file:' + sys.argv[1] + '?mode=ro', uri=True).execute('select data from blob').fetchall()
            text = open(sys.argv[1], 'rb').read()
            for (data,) in rows:
                at = text.find(data)
                if len(data) >= 16 and at >= 0 and text.find(data, at + 1) < 0:
                    print(at, at + len(data))
            """
        let outcome = try ChildProgram.run("/usr/bin/python3", ["-c", script, journal.path])
        try #require(outcome.status == 0, "\(outcome.errors)")
        return outcome.output.split(separator: "\n").compactMap { line in
            let numbers = line.split(separator: " ").compactMap { Int($0) }
            return numbers.count == 2 ? numbers[0]..<numbers[1] : nil
        }
    }

    private func flips(_ count: Int) async throws -> [Flip] {
        let files = try snapshotFiles()
        let blobs = try blobPlaces()
        let runs = try await program.runNames()
        try #require(files.count >= 6 && blobs.count >= 10 && runs.count == 2)
        return try (0..<count).map { number in
            let bit = Int.random(in: 0..<8)
            if number % 2 == 0 {
                let (file, owner) = files[number / 2 % files.count]
                let size = try Data(contentsOf: file).count
                return Flip(file: file, offset: Int.random(in: 0..<size), bit: bit, owner: owner)
            }
            let place = blobs[number / 2 % blobs.count]
            return Flip(file: journal, offset: Int.random(in: place), bit: bit, owner: "")
        }
    }

    @Test("is checked to the last bit: each of 200 flipped ones is found, and the snapshot or the run is named")
    func flippedBits() async throws {
        try await fill()
        let runs = try await program.runNames()
        for flip in try await flips(200) {
            let right = try Data(contentsOf: flip.file)
            var wrong = right
            wrong[flip.offset] ^= 1 << UInt8(flip.bit)
            try wrong.write(to: flip.file)
            let outcome = try await program.run("verify", "--json")
            try right.write(to: flip.file)
            let place = "\(flip.file.lastPathComponent) \(flip.offset).\(flip.bit)"
            #expect(outcome.status == 9, "\(place) \(outcome.output) \(outcome.errors)")
            let findings = try outcome.json().array ?? []
            #expect(!findings.isEmpty, "\(place)")
            for finding in findings {
                if flip.owner.isEmpty {
                    #expect(finding["run"]?.string.map(runs.contains) == true, "\(place) \(finding.text)")
                } else {
                    #expect(finding["snapshot"]?.string == flip.owner, "\(place) \(finding.text)")
                }
            }
        }
        #expect(try await program.run("verify").status == 0)
    }

    @Test("as a snapshot that is cut short or altered is refused by restore with 9, which names it")
    func restoreOfDamage() async throws {
        try await fill()
        // The list of sums is for a person with `sha256sum`; what is given back is compared with the manifest.
        for (file, owner) in try snapshotFiles() where file.lastPathComponent != "SHA256SUMS" {
            let right = try Data(contentsOf: file)
            var altered = right
            altered[right.count / 2] ^= 0x10
            for wrong in [right.prefix(right.count / 2), Data(), altered] {
                try wrong.write(to: file)
                let outcome = try await program.run("restore", owner, "again", "--json")
                #expect(outcome.status == 9, "\(file.lastPathComponent): \(outcome.errors)")
                #expect(outcome.errors.contains(owner), "\(outcome.errors)")
                #expect(!FileManager.default.fileExists(atPath: program.path("again").path))
            }
            try right.write(to: file)
        }
        let taken = try await program.run("restore", try #require(snapshotFiles().first?.owner), "first", "--json")
        #expect(taken.status == 2)
        #expect(try taken.error()["message"]?.string?.contains("exists and is not empty") == true)
    }

    @Test("as a snapshot gives back the same tree, again and again, with its history")
    func restore() async throws {
        try await fill()
        let names = try await program.run("snapshots", "--names").output.split(separator: "\n").map(String.init)
        for (name, folder) in zip(names, ["second", "first"]) {
            let outcome = try await program.run("restore", name, "again-\(folder)")
            #expect(outcome.status == 0, "\(outcome.errors)")
            #expect(try FolderContents(of: program.path("again-\(folder)")) == FolderContents(of: program.path(folder)))
            try await Tool.checkRepository(program.path("again-\(folder)"))
        }
    }

    @Test("by a newer version is left alone, with 9", arguments: [["runs"], ["new", "x"], ["resume", "latest"]])
    func newer(words: [String]) async throws {
        try program.addGuide()
        #expect(try await program.run(program.harbourCall()).status == 0)
        let script =
            "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('pragma user_version=99'); c.close()"
        try await Tool.run(["python3", "-c", script, journal.path])
        let before = try Data(contentsOf: journal)
        let error = try await program.run(words + ["--json"]).error()
        #expect(error["exitCode"] == 9)
        #expect(error["message"]?.string?.contains(journal.path) == true)
        #expect(error["message"]?.string?.contains("99") == true)
        #expect(error["hint"]?.string?.contains("newer Drydock") == true)
        #expect(try Data(contentsOf: journal) == before)
    }
}
