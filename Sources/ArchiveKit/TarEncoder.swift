internal import CArchive

/// Turns entries into the bytes of a pax archive in which time and owner are fixed.
///
/// The bytes come in pieces at the library's convenience and go to `sink` at once. Not to be shared between threads.
@safe
final class TarEncoder {
    private let archive: OpaquePointer
    private let entry: OpaquePointer
    private let drain: Drain

    init(sink: @escaping (UnsafeRawBufferPointer) throws -> Void) throws(ArchiveError) {
        try ArchiveLibrary.prepare()
        guard let archive = libarchive.write_new() else {
            throw .library(operation: "written", message: "out of memory")
        }
        guard let entry = libarchive.entry_new() else {
            _ = unsafe libarchive.write_free(archive)
            throw .library(operation: "written", message: "out of memory")
        }
        unsafe self.archive = archive
        unsafe self.entry = entry
        drain = unsafe Drain(sink)
        _ = unsafe libarchive.write_set_format_pax_restricted(archive)
        _ = unsafe libarchive.write_set_bytes_per_block(archive, 0)
        _ = unsafe libarchive.write_set_bytes_in_last_block(archive, 1)
        let context = unsafe Unmanaged.passUnretained(drain).toOpaque()
        guard unsafe libarchive.write_open(archive, context, nil, forwardBytes, nil) == ARCHIVE_OK else {
            throw unsafe .last("written", archive)
        }
    }

    deinit {
        // Freeing an archive that was not closed writes its end. (One that is told to have failed would not write, but
        // not free its buffer either.)
        drain.isOpen = false
        unsafe libarchive.entry_free(entry)
        _ = unsafe libarchive.write_free(archive)
    }

    func begin(_ new: ArchiveEntry) throws {
        _ = unsafe libarchive.entry_clear(entry)
        unsafe libarchive.entry_copy_pathname(entry, String(decoding: new.path, as: UTF8.self))
        unsafe libarchive.entry_set_perm(entry, mode_t(new.mode))
        unsafe libarchive.entry_set_mtime(entry, 0, 0)
        unsafe libarchive.entry_set_uid(entry, 0)
        unsafe libarchive.entry_set_gid(entry, 0)
        switch new.kind {
        case .file:
            unsafe libarchive.entry_set_filetype(entry, TypeBits.file)
            unsafe libarchive.entry_set_size(entry, Int64(new.size))
        case .folder:
            unsafe libarchive.entry_set_filetype(entry, TypeBits.folder)
        case .link(let target):
            unsafe libarchive.entry_set_filetype(entry, TypeBits.link)
            unsafe libarchive.entry_copy_symlink(entry, String(decoding: target, as: UTF8.self))
        case .hardLink, .special:
            preconditionFailure("only files, folders and links are archived")
        }
        try check(withUTF8Names { unsafe libarchive.write_header(archive, entry) })
    }

    func append(_ bytes: Span<UInt8>) throws {
        let written = unsafe bytes.withUnsafeBytes { unsafe libarchive.write_data(archive, $0.baseAddress, $0.count) }
        if let failure = drain.failure { throw failure }
        guard written == bytes.count else {
            throw unsafe ArchiveError.last("written", archive)
        }
    }

    /// Ends the archive; nothing may be added afterwards.
    func finish() throws {
        try check(unsafe libarchive.write_close(archive))
    }

    private func check(_ code: Int32) throws {
        if let failure = drain.failure { throw failure }
        guard code == ARCHIVE_OK else {
            throw unsafe ArchiveError.last("written", archive)
        }
    }
}

/// Where the library's bytes go.
///
/// The library does not hear of a failure: `failure` is to be looked at after each call.
@safe
private final class Drain {
    private let sink: (UnsafeRawBufferPointer) throws -> Void
    private(set) var failure: (any Error)?
    var isOpen = true

    init(_ sink: @escaping (UnsafeRawBufferPointer) throws -> Void) {
        unsafe self.sink = sink
    }

    /// Nothing after the first failure, nor after the end.
    func pass(_ bytes: UnsafeRawBufferPointer) {
        guard isOpen, failure == nil else { return }
        do {
            unsafe try sink(bytes)
        } catch {
            failure = error
        }
    }
}

private func forwardBytes(
    _ archive: OpaquePointer?,
    _ context: UnsafeMutableRawPointer?,
    _ buffer: UnsafeRawPointer?,
    _ count: Int
) -> Int {
    guard let context = unsafe context else { return -1 }
    let drain = unsafe Unmanaged<Drain>.fromOpaque(context).takeUnretainedValue()
    unsafe drain.pass(UnsafeRawBufferPointer(start: buffer, count: count))
    return count
}
