import Core
import Foundation
import HashKit
import TestSupport
import Testing

@Suite("SHA-256", .tags(.small), .temporaryDirectory)
struct SHA256Tests {
    /// From FIPS 180-4's examples, and the hash of nothing.
    private static let known = [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ]

    @Test("gives the published values, in one piece and in many", arguments: known)
    func published(text: String, hex: String) {
        #expect(Digest.sha256(of: text).hex == hex)
        #expect(Digest.sha256(of: Array(text.utf8)).hex == hex)
        var hasher = SHA256()
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            hasher.update(rest.prefix(997))
            rest = rest.dropFirst(997)
        }
        #expect(hasher.finalize().hex == hex)
    }

    @Test("takes sequences that have no storage")
    func lazySequence() {
        let bytes = (0..<1_000).lazy.map { UInt8($0 % 256) }
        #expect(Digest.sha256(of: bytes) == Digest.sha256(of: Array(bytes)))
    }

    @Test("of a file is that of its bytes", arguments: [0, 1, 262_143, 262_144, 262_145, 1_000_000])
    func file(size: Int) throws {
        let data = Data((0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31) })
        let url = TemporaryDirectory.current.appending(path: "file")
        try data.write(to: url)
        let handle = try FileHandle(forReadingFrom: url)
        let result = try Digest.sha256(ofDescriptor: handle.fileDescriptor)
        #expect(result.digest == Digest.sha256(of: data))
        #expect(result.bytes == size)
    }

    @Test("of what cannot be read is an error that says why")
    func unreadable() {
        let error = #expect(throws: FileHashError.self) { try Digest.sha256(ofDescriptor: -1) }
        #expect(error?.errno == EBADF)
        #expect(error?.description == "a file could not be read while it was hashed: Bad file descriptor")
    }
}
