/// The sizes of an archive's frames, as the last frame of the file.
///
/// The layout is zstd's own seekable format: a skippable frame, which every reader of zstd passes over, with two
/// 32-bit little-endian numbers per frame, their count, a byte of flags that is 0, and a closing number.
package struct SeekTable: Equatable, Sendable {
    package struct Frame: Equatable, Sendable {
        package let compressed: Int
        package let size: Int

        package init(compressed: Int, size: Int) {
            self.compressed = compressed
            self.size = size
        }
    }

    /// The largest frame that a reader accepts, in bytes before compression.
    package static let frameLimit = 16 << 20
    static let footerSize = 9
    private static let skippable: UInt32 = 0x184D_2A5E
    private static let closing: UInt32 = 0x8F92_EAB1

    package var frames: [Frame] = []

    package init() {}

    /// The bytes of the table's frame.
    package func encoded() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: Self.skippable)
        bytes.append(number: UInt32(frames.count * 8 + Self.footerSize))
        for frame in frames {
            bytes.append(number: UInt32(frame.compressed))
            bytes.append(number: UInt32(frame.size))
        }
        bytes.append(number: UInt32(frames.count))
        bytes.append(0)
        bytes.append(number: Self.closing)
        return bytes
    }

    /// Reads the table at the end of a file, and checks that the frames fill the file up to it.
    package init(of file: borrowing InputFile) throws {
        let size = file.size
        guard size >= 8 + Self.footerSize else { throw ArchiveError.table("is missing") }
        let footer = try file.bytes(in: (size - Self.footerSize)..<size)
        guard footer.count == Self.footerSize, footer.number(at: 5) == Self.closing, footer[4] == 0 else {
            throw ArchiveError.table("is missing")
        }
        let count = Int(footer.number(at: 0))
        let length = 8 + count * 8 + Self.footerSize
        guard length <= size else { throw ArchiveError.table("is longer than the file") }
        let table = try file.bytes(in: (size - length)..<size)
        guard table.count == length, table.number(at: 0) == Self.skippable, Int(table.number(at: 4)) == length - 8
        else { throw ArchiveError.table("has a damaged head") }
        for index in 0..<count {
            let compressed = Int(table.number(at: 8 + index * 8))
            let plain = Int(table.number(at: 12 + index * 8))
            guard plain > 0, plain <= Self.frameLimit, compressed > 0, compressed <= 2 * Self.frameLimit else {
                throw ArchiveError.table("names a frame of an impossible size")
            }
            frames.append(Frame(compressed: compressed, size: plain))
        }
        guard frames.reduce(0, { $0 + $1.compressed }) == size - length else {
            throw ArchiveError.table("does not fit the file's size")
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(number: UInt32) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }

    fileprivate func number(at index: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(self[index + $1]) << (8 * UInt32($1)) }
    }
}
