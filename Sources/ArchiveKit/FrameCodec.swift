internal import CArchive

/// One zstd frame from bytes and bytes from one frame, each call for itself, so that cores can share the work.
package enum FrameCodec {
    /// zstd's effort: on source code level 3 takes half as much time again and saves 3 % of the size.
    static let level = "2"

    /// Compresses `bytes` to one frame; equal bytes give an equal frame.
    package static func compress(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        let chunk = Chunk(capacity: max(bytes.count, 1))
        _ = unsafe bytes.withUnsafeBytes { unsafe chunk.append($0) }
        return try compress(chunk)
    }

    static func compress(_ chunk: Chunk) throws(ArchiveError) -> [UInt8] {
        try ArchiveLibrary.prepare()
        guard let archive = libarchive.write_new() else {
            throw .library(operation: "written", message: "out of memory")
        }
        defer { _ = unsafe libarchive.write_free(archive) }
        let output = ByteBox(capacity: chunk.count / 2 + 1_024)
        defer { extendLifetime(output) }
        _ = unsafe libarchive.write_set_format_raw(archive)
        _ = unsafe libarchive.write_add_filter_zstd(archive)
        _ = unsafe libarchive.write_set_filter_option(archive, "zstd", "compression-level", level)
        _ = unsafe libarchive.write_set_bytes_per_block(archive, 0)
        let context = unsafe Unmanaged.passUnretained(output).toOpaque()
        try unsafe check(libarchive.write_open(archive, context, nil, collect, nil), archive)
        guard let entry = libarchive.entry_new() else {
            throw .library(operation: "written", message: "out of memory")
        }
        defer { unsafe libarchive.entry_free(entry) }
        unsafe libarchive.entry_set_filetype(entry, TypeBits.file)
        try unsafe check(libarchive.write_header(archive, entry), archive)
        let bytes = unsafe chunk.bytes
        guard unsafe libarchive.write_data(archive, bytes.baseAddress, bytes.count) == bytes.count else {
            throw unsafe .last("written", archive)
        }
        try unsafe check(libarchive.write_close(archive), archive)
        return output.bytes
    }

    private static func check(_ code: Int32, _ archive: OpaquePointer) throws(ArchiveError) {
        guard code == ARCHIVE_OK else { throw unsafe .last("written", archive) }
    }

    /// The bytes of a frame that holds exactly `count` of them.
    ///
    /// - Throws: ``ArchiveError/frame(index:_:)`` when it holds more or fewer, or is no frame; never makes more than `count`.
    package static func decompress(_ frame: [UInt8], count: Int, index: Int = 0) throws(ArchiveError) -> [UInt8] {
        let chunk = try decompress(frame, into: count, index: index)
        return unsafe [UInt8](chunk.bytes)
    }

    static func decompress(_ frame: [UInt8], into count: Int, index: Int) throws(ArchiveError) -> Chunk {
        try ArchiveLibrary.prepare()
        let chunk = Chunk(capacity: count)
        var failure: ArchiveError?
        unsafe frame.withUnsafeBytes { bytes in
            failure = unsafe decompress(bytes, into: chunk, index: index)
        }
        if let failure { throw failure }
        return chunk
    }

    private static func decompress(_ frame: UnsafeRawBufferPointer, into chunk: Chunk, index: Int) -> ArchiveError? {
        guard let archive = libarchive.read_new() else {
            return .library(operation: "read", message: "out of memory")
        }
        defer { _ = unsafe libarchive.read_free(archive) }
        _ = unsafe libarchive.read_support_filter_zstd(archive)
        _ = unsafe libarchive.read_support_format_raw(archive)
        var entry: OpaquePointer?
        guard
            unsafe libarchive.read_open_memory(archive, frame.baseAddress, frame.count) == ARCHIVE_OK,
            unsafe libarchive.read_next_header(archive, &entry) == ARCHIVE_OK
        else {
            return .frame(index: index, "cannot be read: \(unsafe ArchiveError.last("read", archive).reason)")
        }
        while !chunk.isFull {
            let added = unsafe chunk.fill { rest in
                let count = unsafe libarchive.read_data(archive, rest.baseAddress, rest.count)
                return count < 0 ? nil : count
            }
            guard let added else {
                return .frame(index: index, "is damaged: \(unsafe ArchiveError.last("read", archive).reason)")
            }
            if added == 0 { return .frame(index: index, "holds less than it should") }
        }
        var extra: UInt8 = 0
        let more = unsafe libarchive.read_data(archive, &extra, 1)
        guard more == 0 else {
            return .frame(index: index, more > 0 ? "holds more than it should" : "is damaged at its end")
        }
        return nil
    }
}

/// Collects what the library writes.
@safe
private final class ByteBox {
    var bytes: [UInt8] = []

    init(capacity: Int) {
        bytes.reserveCapacity(capacity)
    }
}

private func collect(
    _ archive: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ buffer: UnsafeRawPointer?,
    _ count: Int
) -> Int {
    guard let context = unsafe context, let buffer = unsafe buffer else { return 0 }
    let box = unsafe Unmanaged<ByteBox>.fromOpaque(context).takeUnretainedValue()
    unsafe box.bytes.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: count))
    return count
}
