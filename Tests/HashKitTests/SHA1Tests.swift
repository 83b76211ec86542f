import Core
import HashKit
import TestSupport
import Testing

@Suite("SHA-1", .tags(.small))
struct SHA1Tests {
    /// From FIPS 180's examples, the hash of nothing, and git's name of an empty file.
    @Test(
        "gives the published values, in one piece and in many",
        arguments: [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"), ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            ("blob 0\0", "e69de29bb2d1d6434b8b29ae775ad8c2e48c5391"),
            (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ]
    )
    func published(text: String, hex: String) {
        let bytes = Array(text.utf8)
        var whole = SHA1()
        whole.update(bytes.span)
        #expect(whole.finalize().hex == hex)
        var pieces = SHA1()
        for start in stride(from: 0, to: bytes.count, by: 997) {
            pieces.update(bytes.span.extracting(start..<min(start + 997, bytes.count)))
        }
        #expect(pieces.finalize().hex == hex)
    }
}
