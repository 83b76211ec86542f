/// Writes a deterministic `.tar.zst`: equal entries in an equal order give equal bytes.
///
/// The tar stream is cut into chunks of a fixed size, which the machine's cores compress side by side; the frames
/// reach the sink in order, on the thread that adds the entries. Not to be shared between threads.
package final class ArchiveWriter {
    /// How many bytes of the tar stream make one frame.
    package static let chunkSize = 2 << 20

    private let output: FrameOutput
    private let encoder: TarEncoder
    private var buffer = [UInt8](repeating: 0, count: 256 << 10)

    /// A writer that compresses on so many cores; `sink` takes the archive's bytes in order, and ends it by throwing.
    package init(cores: Int, sink: @escaping ([UInt8]) throws -> Void) throws {
        let output = FrameOutput(width: cores * 2, sink: sink)
        self.output = output
        encoder = try unsafe TarEncoder { unsafe try output.append($0) }
    }

    /// Adds a file, which is read once: `observer` sees each piece of it on its way into the archive.
    ///
    /// - Throws: ``ArchiveError/entry(path:_:)`` when the file has become shorter meanwhile.
    package func add(
        _ file: borrowing InputFile,
        at path: [UInt8],
        observer: (Span<UInt8>) -> Void
    ) throws {
        let size = file.size
        try encoder.begin(ArchiveEntry(path: path, kind: .file, mode: file.isExecutable ? 0o755 : 0o644, size: size))
        var pieces: [UInt8] = []
        swap(&pieces, &buffer)
        defer { swap(&pieces, &buffer) }
        var rest = size
        while rest > 0 {
            let count = min(try file.read(into: &pieces), rest)
            guard count > 0 else {
                throw ArchiveError.entry(path: String(decoding: path, as: UTF8.self), "changed while it was read")
            }
            let piece = pieces.span.extracting(0..<count)
            observer(piece)
            try encoder.append(piece)
            rest -= count
        }
    }

    /// Adds a file from memory.
    package func add(_ contents: [UInt8], at path: [UInt8], isExecutable: Bool = false) throws {
        let mode: UInt32 = isExecutable ? 0o755 : 0o644
        try encoder.begin(ArchiveEntry(path: path, kind: .file, mode: mode, size: contents.count))
        try encoder.append(contents.span)
    }

    /// Adds a symbolic link.
    package func add(linkTo target: [UInt8], at path: [UInt8]) throws {
        try encoder.begin(ArchiveEntry(path: path, kind: .link(target: target), mode: 0o777, size: 0))
    }

    /// Adds a folder; folders that hold something need not be added.
    package func add(folderAt path: [UInt8]) throws {
        try encoder.begin(ArchiveEntry(path: path, kind: .folder, mode: 0o755, size: 0))
    }

    /// Ends the archive: the last frames and the table of frames go to the sink.
    package func finish() throws {
        try encoder.finish()
        try output.finish()
    }
}

/// Cuts a stream into chunks and has them compressed.
private final class FrameOutput {
    private let sink: ([UInt8]) throws -> Void
    private var chunk = Chunk(capacity: ArchiveWriter.chunkSize)
    private var work: OrderedWork<(frame: [UInt8], size: Int)>
    private var table = SeekTable()

    init(width: Int, sink: @escaping ([UInt8]) throws -> Void) {
        self.sink = sink
        work = OrderedWork(width: width)
    }

    func append(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = unsafe bytes
        while unsafe !rest.isEmpty {
            let taken = unsafe chunk.append(rest)
            unsafe rest = UnsafeRawBufferPointer(rebasing: rest[taken...])
            if chunk.isFull { try submit() }
        }
    }

    func finish() throws {
        if chunk.count > 0 { try submit() }
        while !work.isEmpty { try takeFirst() }
        try sink(table.encoded())
    }

    private func submit() throws {
        let full = chunk
        work.submit { () throws(ArchiveError) in (frame: try FrameCodec.compress(full), size: full.count) }
        chunk = Chunk(capacity: ArchiveWriter.chunkSize)
        while work.isFull || work.isFirstDone { try takeFirst() }
    }

    private func takeFirst() throws {
        guard let next = try work.takeFirst() else { return }
        table.frames.append(SeekTable.Frame(compressed: next.frame.count, size: next.size))
        try sink(next.frame)
    }
}
