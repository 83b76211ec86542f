import ArchiveKit
import Foundation
import TestSupport
import Testing

@Suite("An archive", .tags(.medium), .temporaryDirectory)
struct ArchiveTests {
    /// An archive of one file of that many bytes, and what a reader makes of it.
    func roundTrip(_ contents: [UInt8], cores: Int) throws -> (archive: [UInt8], entry: ArchiveEntry?, read: [UInt8]) {
        var archive: [UInt8] = []
        let writer = try ArchiveWriter(cores: cores) { archive += $0 }
        try writer.add(contents, at: Array("ü/file".utf8), isExecutable: true)
        try writer.finish()
        let file = TemporaryDirectory.current.appending(path: "archive")
        try Data(archive).write(to: file)
        let reader = try ArchiveReader(reading: InputFile(opening: file.path), cores: cores)
        let entry = try reader.next()
        var read: [UInt8] = []
        try reader.readContents { piece in
            for index in piece.indices { read.append(piece[index]) }
        }
        #expect(try reader.next() == nil)
        return (archive, entry, read)
    }

    @Test("gives back what was put in", arguments: [0, 1, 511, 512, 513, ArchiveWriter.chunkSize * 2 + 7])
    func sizes(count: Int) throws {
        let contents = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 >> 3) }
        let result = try roundTrip(contents, cores: 2)
        #expect(result.read == contents)
        #expect(
            result.entry == ArchiveEntry(path: Array("ü/file".utf8), kind: .file, mode: 0o755, size: count)
        )
    }

    @Test("is the same whatever the number of cores")
    func cores() throws {
        let contents = (0..<(ArchiveWriter.chunkSize * 3)).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 4) }
        #expect(try roundTrip(contents, cores: 1).archive == roundTrip(contents, cores: 3).archive)
    }

    @Test("is refused when it is cut off anywhere", arguments: [0, 5, 17, 40, 100])
    func truncation(missing: Int) throws {
        let archive = try roundTrip([1, 2, 3], cores: 1).archive
        let file = TemporaryDirectory.current.appending(path: "cut")
        try Data(archive.dropLast(missing == 0 ? archive.count : missing)).write(to: file)
        #expect(throws: ArchiveError.self) {
            try ArchiveReader(reading: InputFile(opening: file.path), cores: 1).next()
        }
    }

    @Test("has frames of exactly the size that is expected")
    func frames() throws {
        let frame = try FrameCodec.compress(Array("hello".utf8))
        #expect(try FrameCodec.decompress(frame, count: 5) == Array("hello".utf8))
        #expect(throws: ArchiveError.self) { try FrameCodec.decompress(frame, count: 4) }
        #expect(throws: ArchiveError.self) { try FrameCodec.decompress(frame, count: 6) }
        #expect(throws: ArchiveError.self) { try FrameCodec.decompress([1, 2, 3], count: 6) }
    }
}

@Suite("A folder", .tags(.medium), .temporaryDirectory)
struct FolderTests {
    let path = TemporaryDirectory.current.path

    @Test("follows no link and opens nothing but files")
    func links() throws {
        let folder = try Folder(opening: path)
        try folder.makeLink(named: "link", to: "/etc")
        try folder.makeLink(named: "file", to: "/etc/passwd")
        let result = unsafe mkfifo(path + "/pipe", 0o600)
        #expect(result == 0)
        #expect(throws: FileFault.self) { _ = try Folder(opening: path).folder(named: "link") }
        #expect(throws: FileFault.self) { _ = try Folder(opening: path).openFile(named: "file") }
        #expect(throws: FileFault.self) { _ = try Folder(opening: path).openFile(named: "pipe") }
        #expect(throws: FileFault.self) { _ = try Folder(opening: path).createFile(named: "file") }
        let stack = FolderStack(root: try Folder(opening: path), makesFolders: true)
        #expect(throws: FileFault.self) { try stack.withParent(of: Array("link/passwd".utf8)) { _, _ in } }
        try folder.removeTree(named: "link")
        #expect(FileManager.default.fileExists(atPath: "/etc/passwd"))
    }

    @Test("locks against a second handle until the first goes away")
    func locks() throws {
        let other = try Folder(opening: path)
        func holding() throws {
            let folder = try Folder(opening: path)
            let (mine, theirs) = (folder.tryLock(), other.tryLock())
            #expect(mine && !theirs)
        }
        try holding()
        let free = other.tryLock()
        #expect(free)
    }
}
