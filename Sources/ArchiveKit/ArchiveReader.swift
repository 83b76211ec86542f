internal import CArchive
internal import Glibc

/// Hands out the entries of an archive that ``ArchiveWriter`` made, one by one.
///
/// The frames are decompressed ahead, side by side. Nothing is believed: sizes are bounded by the table, and
/// the caller compares each entry with what it expects. Not to be shared between threads.
@safe
package final class ArchiveReader {
    private let archive: OpaquePointer
    private let input: FrameInput
    private var announced = 0

    package init(reading file: consuming InputFile, cores: Int) throws {
        try ArchiveLibrary.prepare()
        input = try FrameInput(reading: file, width: cores * 2)
        guard let archive = libarchive.read_new() else {
            throw ArchiveError.library(operation: "read", message: "out of memory")
        }
        unsafe self.archive = archive
        _ = unsafe libarchive.read_support_format_tar(archive)
        let context = unsafe Unmanaged.passUnretained(input).toOpaque()
        try unsafe check(libarchive.read_open(archive, context, nil, supply, nil))
    }

    deinit {
        _ = unsafe libarchive.read_free(archive)
    }

    /// The next entry, or `nil` at the end; contents of the one before that were not read are passed over.
    ///
    /// - Throws: ``ArchiveError`` for anything that is not a whole, well-formed archive.
    package func next() throws -> ArchiveEntry? {
        var found: OpaquePointer?
        let code = withUTF8Names { unsafe libarchive.read_next_header(archive, &found) }
        if code == ARCHIVE_EOF {
            try input.expectEnd()
            return nil
        }
        try check(code)
        guard let entry = unsafe found else { throw ArchiveError.library(operation: "read", message: "no entry") }
        let described = try withUTF8Names { unsafe try Self.describe(entry) }
        announced = described.size
        return described
    }

    private static func describe(_ entry: OpaquePointer) throws -> ArchiveEntry {
        guard let name = unsafe libarchive.entry_pathname(entry) else {
            throw ArchiveError.library(operation: "read", message: "an entry has no name that could be read")
        }
        let kind: ArchiveEntry.Kind
        if unsafe libarchive.entry_hardlink(entry) != nil {
            kind = .hardLink
        } else {
            switch unsafe UInt32(libarchive.entry_filetype(entry)) {
            case TypeBits.file: kind = .file
            case TypeBits.folder: kind = .folder
            case TypeBits.link:
                guard let target = unsafe libarchive.entry_symlink(entry) else {
                    kind = .special
                    break
                }
                kind = .link(target: unsafe bytes(of: target))
            default: kind = .special
            }
        }
        return ArchiveEntry(
            path: unsafe bytes(of: name),
            kind: kind,
            mode: unsafe UInt32(libarchive.entry_perm(entry)),
            size: unsafe Int(libarchive.entry_size(entry))
        )
    }

    private static func bytes(of text: UnsafePointer<CChar>) -> [UInt8] {
        unsafe [UInt8](UnsafeRawBufferPointer(start: text, count: strlen(text)))
    }

    /// Hands the contents of the entry that ``next()`` returned to `body`, piece by piece.
    ///
    /// - Throws: What `body` throws; ``ArchiveError`` when there is more or less than was announced.
    package func readContents(_ body: (Span<UInt8>) throws -> Void) throws {
        var filled = 0
        while true {
            var start: UnsafeRawPointer?
            var count = 0
            var offset: Int64 = 0
            let code = unsafe libarchive.read_data_block(archive, &start, &count, &offset)
            if code == ARCHIVE_EOF { break }
            try check(code)
            guard offset == filled, filled + count <= announced else {
                throw ArchiveError.library(operation: "read", message: "an entry has holes or is too long")
            }
            let bytes = unsafe UnsafeRawBufferPointer(start: start, count: count)
            try unsafe bytes.withMemoryRebound(to: UInt8.self) { unsafe try body($0.span) }
            filled += count
        }
        guard filled == announced else {
            throw ArchiveError.library(operation: "read", message: "an entry is too short")
        }
    }

    private func check(_ code: Int32) throws {
        guard code == ARCHIVE_OK else {
            if let failure = input.failure { throw failure }
            throw unsafe ArchiveError.last("read", archive)
        }
    }
}

/// Reads frames ahead and has them decompressed.
private final class FrameInput {
    private let file: InputFile
    private let table: SeekTable
    private var nextFrame = 0
    private var offset = 0
    private var work: OrderedWork<Chunk>
    /// What the library reads at the moment; it must stay until the library asks for more.
    private var current: Chunk?
    private(set) var failure: (any Error)?

    init(reading file: consuming InputFile, width: Int) throws {
        table = try SeekTable(of: file)
        self.file = file
        work = OrderedWork(width: width)
    }

    /// The next chunk, or `nil` at the end and after a failure.
    func next() -> Chunk? {
        do {
            current = nil
            try fill()
            current = try work.takeFirst()
        } catch {
            failure = error
        }
        return current
    }

    private func fill() throws {
        while nextFrame < table.frames.count, !work.isFull {
            let frame = table.frames[nextFrame]
            let index = nextFrame
            let bytes = try file.bytes(in: offset..<(offset + frame.compressed))
            guard bytes.count == frame.compressed else { throw ArchiveError.frame(index: index, "is cut off") }
            work.submit { () throws(ArchiveError) in
                try FrameCodec.decompress(bytes, into: frame.size, index: index)
            }
            offset += frame.compressed
            nextFrame += 1
        }
    }

    /// Checks that nothing but the padding of zeros follows the archive's end.
    func expectEnd() throws {
        while let chunk = next() {
            guard unsafe chunk.bytes.allSatisfy({ $0 == 0 }) else {
                throw ArchiveError.library(operation: "read", message: "there is something behind its end")
            }
        }
        if let failure { throw failure }
    }
}

private func supply(
    _ archive: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ buffer: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> Int {
    guard let context = unsafe context, let buffer = unsafe buffer else { return -1 }
    let input = unsafe Unmanaged<FrameInput>.fromOpaque(context).takeUnretainedValue()
    guard let chunk = input.next() else { return input.failure == nil ? 0 : -1 }
    unsafe buffer.pointee = chunk.bytes.baseAddress
    return chunk.count
}
