import Core
import Foundation
import GitKit
import Glibc
import TestSupport
import Testing
import Workspace

@Suite("A large tree", .tags(.medium), .temporaryDirectory)
struct LargeTreeTests {
    @Test("is not read again when nothing in it has changed")
    func unchanged() async throws {
        let tree = try await makeWorkspace().tree
        try shell(
            "i=0; while [ $i -lt 50 ]; do mkdir d$i; i=$((i+1)); done; "
                + "i=0; while [ $i -lt 1500 ]; do echo $i > d$((i % 50))/f$i; i=$((i+1)); done",
            in: tree.path
        )
        try await tree.save()
        // Files as old as the index itself have to be compared by content; now they are older.
        try shell("sleep 0.05; touch -d '1 minute ago' d*/f*", in: tree.path)
        #expect(try await tree.save().commit == nil)
        let watch = try ReadWatch(folders: (0..<50).map { tree.path + "/d\($0)" })
        #expect(try await tree.save().commit == nil)
        #expect(try await tree.status().isEmpty)
        #expect(!watch.hasSeenRead)
        try await tree.put("d1/f1", "changed")
        #expect(try await tree.status().map(\.path.description) == ["d1/f1"])
        #expect(watch.hasSeenRead)
        #expect(try tree.opinion() == " M d1/f1\n")
    }
}

/// Notices when a file of some folders is read by anybody.
private final class ReadWatch {
    private let descriptor: Int32

    init(folders: [String]) throws {
        descriptor = inotify_init1(Int32(O_NONBLOCK | O_CLOEXEC))
        for folder in folders {
            guard unsafe inotify_add_watch(descriptor, folder, UInt32(IN_ACCESS)) >= 0 else {
                throw POSIXError(.init(rawValue: errno) ?? .EIO)
            }
        }
    }

    deinit { close(descriptor) }

    /// Whether there was a read of a file; listing a folder counts as one of the folder alone.
    var hasSeenRead: Bool {
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        let count = unsafe read(descriptor, &bytes, bytes.count)
        var offset = 0
        while offset + 16 <= count {
            let mask = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + 4 + $1]) << (8 * UInt32($1)) }
            let length = (0..<4).reduce(0) { $0 | Int(bytes[offset + 12 + $1]) << (8 * $1) }
            if mask & UInt32(IN_ISDIR) == 0 { return true }
            offset += 16 + length
        }
        return false
    }
}
