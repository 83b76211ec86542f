package import Core
internal import HashKit

/// A value and its hash, which is the value's name in a journal: hashed once, where it is made.
package struct NamedValue: Sendable {
    package let digest: Digest
    package let bytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        digest = .sha256(of: bytes)
        self.bytes = bytes
    }
}
