import Foundation
import ProcessKit
import Sandbox
import SeccompKit
import TestSupport
import Testing

@Suite("The prepared /etc", .tags(.medium), .temporaryDirectory)
struct SystemFilesTests {
    private let etc: String
    private let cache: String

    init() throws {
        let folder = TemporaryDirectory.current.path
        etc = folder + "/etc"
        cache = folder + "/cache"
        try FileManager.default.createDirectory(atPath: etc + "/alternatives/deep", withIntermediateDirectories: true)
        try FileManager.default.createDirectory(atPath: etc + "/ssl/private", withIntermediateDirectories: true)
        for name in ["shadow", "ld.so.cache", "ssl/openssl.cnf", "ssl/private/key", "alternatives/deep/note", "hosts"] {
            try write(name, to: name)
        }
        try FileManager.default.createSymbolicLink(
            atPath: etc + "/alternatives/cc",
            withDestinationPath: "/usr/bin/gcc"
        )
        try FileManager.default.createSymbolicLink(
            atPath: etc + "/localtime",
            withDestinationPath: "/usr/share/zoneinfo/UTC"
        )
    }

    private func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: URL(filePath: etc + "/" + name))
    }

    private func prepare(network: Bool = false, entryLimit: Int = 1_000) throws -> SystemFiles {
        let list = SystemFileList(network: network, source: etc, entryLimit: entryLimit)
        return try SystemFiles.prepare(cache: cache, list: list)
    }

    private func text(_ name: String, in files: SystemFiles) -> String? { SmallFile.text(files.folder + "/" + name) }

    @Test("holds what is listed and nothing else")
    func content() throws {
        let files = try prepare()
        #expect(text("ssl/openssl.cnf", in: files) == "ssl/openssl.cnf")
        #expect(text("alternatives/deep/note", in: files) == "alternatives/deep/note")
        #expect(RealPath.link(files.folder + "/alternatives/cc") == "/usr/bin/gcc")
        #expect(RealPath.link(files.folder + "/passwd") == "../run/passwd")
        #expect(FolderListing.names(files.folder + "/ssl") == ["openssl.cnf"])
        #expect(
            Set(FolderListing.names(files.folder)).subtracting(["localtime"]) == [
                "alternatives", "group", "hosts", "ld.so.cache", "nsswitch.conf", "passwd", "ssl",
            ]
        )
        #expect(FileStamp(of: cache)?.mode == 0o700)
    }

    @Test("keeps a time zone's name", .enabled(if: FileManager.default.fileExists(atPath: "/usr/share/zoneinfo/UTC")))
    func timeZone() throws {
        #expect(RealPath.link(try prepare().folder + "/localtime")?.hasPrefix("/usr/share/zoneinfo/") == true)
    }

    @Test("knows the machine's names only with a network")
    func network() throws {
        #expect(text("hosts", in: try prepare())?.contains("localhost drydock") == true)
        #expect(text("hosts", in: try prepare(network: true)) == "hosts")
    }

    @Test("is made once for each state of the machine")
    func reuse() throws {
        let first = try prepare()
        let inode = FileStamp(of: first.folder)?.inode
        #expect(try prepare().folder == first.folder)
        #expect(FileStamp(of: first.folder)?.inode == inode)
        try write("longer than before", to: "alternatives/deep/note")
        let second = try prepare()
        #expect(second.folder != first.folder)
        #expect(text("alternatives/deep/note", in: second) == "longer than before")
        try write("changed", to: "ld.so.cache")
        #expect(text("ld.so.cache", in: try prepare()) == "changed")
    }

    @Test("is whole for each of many that want it at once, and leaves no half of one")
    func race() async throws {
        let folders = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 {
                group.addTask {
                    let files = try prepare()
                    #expect(text("alternatives/deep/note", in: files) == "alternatives/deep/note")
                    return files.folder
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(folders.count == 1)
        #expect(FolderListing.names(cache + "/etc").count == 1)
    }

    @Test("makes way after a week without use, as does what a killed process left")
    func removal() throws {
        let old = Date().addingTimeInterval(-8 * 24 * 3_600)
        for name in ["old", ".new-7", "young"] {
            let path = cache + "/etc/" + name + "/inside"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            guard name != "young" else { continue }
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: cache + "/etc/" + name)
        }
        let files = try prepare()
        #expect(
            Set(FolderListing.names(cache + "/etc").map { cache + "/etc/" + $0 }) == [
                files.folder, cache + "/etc/young",
            ]
        )
    }

    @Test("mounts a folder that is too large to be copied")
    func large() throws {
        #expect(try prepare().mounted.isEmpty)
        let files = try prepare(entryLimit: 2)
        #expect(files.mounted.map(\.real) == [etc + "/alternatives"])
        #expect(files.mounted.map(\.path) == ["/etc/alternatives"])
        #expect(FolderListing.names(files.folder + "/alternatives").isEmpty)
    }

    @Test("does not wait at a pipe")
    func pipe() throws {
        let made = unsafe mkfifo(etc + "/alternatives/pipe", 0o600)
        #expect(made == 0)
        #expect(!FolderListing.names(try prepare().folder + "/alternatives").contains("pipe"))
    }

    @Test("says which folder it cannot be made in")
    func unwritable() throws {
        try Data().write(to: URL(filePath: cache))
        let error = #expect(throws: ToolchainError.self) { try prepare() }
        #expect(error?.description.contains(cache) == true)
    }
}

@Suite("The filter of sockets", .tags(.small))
struct SocketFilterTests {
    private func refused(_ family: UInt64, _ networkProtocol: UInt64, sharesNetwork: Bool) -> Bool {
        SyscallFilter(sharesNetwork: sharesNetwork).rules.contains { rule in
            rule.name == "socket"
                && rule.conditions.allSatisfy { condition in
                    let argument = condition.argument == 0 ? family : networkProtocol
                    return argument & condition.mask == condition.value
                }
        }
    }

    @Test("refuses every family but a few", arguments: [false, true])
    func families(sharesNetwork: Bool) {
        let allowed: Set<UInt64> = sharesNetwork ? [2, 10, 16] : [1, 2, 10, 16]
        for family in UInt64(0)..<64 {
            #expect(refused(family, 0, sharesNetwork: sharesNetwork) == !allowed.contains(family), "\(family)")
            let dirty = family | 0x77 << 32
            #expect(refused(dirty, 0, sharesNetwork: sharesNetwork) == !allowed.contains(family), "\(family)")
        }
    }

    @Test("lets a command ask the kernel for its interfaces and for nothing else")
    func netlink() {
        for networkProtocol in UInt64(0)..<32 {
            #expect(refused(16, networkProtocol, sharesNetwork: false) == (networkProtocol != 0))
            #expect(!refused(2, networkProtocol, sharesNetwork: false))
        }
    }
}
