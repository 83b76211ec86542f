/// One entry of an archive, without its contents.
package struct ArchiveEntry: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case file
        case folder
        case link(target: [UInt8])
        case hardLink
        /// A device, a FIFO or anything else that no project holds.
        case special
    }

    /// The bytes of the name as the archive spells it.
    package let path: [UInt8]
    package let kind: Kind
    /// The permissions with the set-uid, set-gid and sticky bits.
    package let mode: UInt32
    /// How many bytes of contents the archive announces.
    package let size: Int

    package init(path: [UInt8], kind: Kind, mode: UInt32, size: Int) {
        self.path = path
        self.kind = kind
        self.mode = mode
        self.size = size
    }
}

/// The type bits of a mode; the C library's own macros cannot be told apart from libarchive's.
enum TypeBits {
    static let all: UInt32 = 0o170_000
    static let file: UInt32 = 0o100_000
    static let folder: UInt32 = 0o040_000
    static let link: UInt32 = 0o120_000
}
